using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Train.Ablation;
using Avs.Train.Autoencoding;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Segmentation;
using Avs.Train.Tests.Segmentation;
using Avs.Train.Tests.Training;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Experiments;

/// <summary>Every file under experiments/ trains: two steps, narrow and on a few clips in memory, otherwise as it says.</summary>
public sealed class ShippedExperimentTests : IDisposable
{
    private static readonly string Folder = Repository.At("experiments");
    private static readonly ExperimentReader Reader = new(TrainingTasks.All);

    // What makes an experiment small, by its task.
    private static readonly Dictionary<string, string[]> Narrow = new()
    {
        ["segmentation"] =
        [
            "model.network.backbone=small_residual", "model.network.image_size=32", "model.network.channels=8", "model.audio=small",
            "model.weights=null", "model.backbone_weights=null", "model.audio_weights=null", "data.batch_clips=8", "evaluate.clips=1",
        ],
        ["autoencoding"] = ["data.batch_images=4"],
        ["multimodal"] = ["data.batch_examples=2"],
    };

    private readonly DirectoryInfo runs = Directory.CreateTempSubdirectory("avs-shipped-");

    public void Dispose() => runs.Delete(recursive: true);

    public static TheoryData<string> Files => [.. All.Where(file => !IsMatrix(file))];

    public static TheoryData<string> Matrices => [.. All.Where(IsMatrix)];

    internal static IEnumerable<string> All =>
        Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order();

    private static bool IsMatrix(string file) => file.StartsWith("ablation/", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Files))]
    public void It_trains_two_steps(string file)
    {
        TrainTwoSteps(file, Path.Combine(Folder, file), []);
    }

    [Theory]
    [MemberData(nameof(Matrices))]
    public void A_matrix_is_read_and_its_first_trial_trains_two_steps(string file)
    {
        var matrix = new MatrixReader(Reader).Load(Path.Combine(Folder, file));

        Assert.True(matrix.Trials.Count > 1);
        TrainTwoSteps(file, matrix.Trials[0].Base, matrix.Trials[0].Changes);
    }

    // What fits the clips with classes that are in memory.
    private static string[] Classes(Experiment experiment) =>
        experiment.Config is SegmentationConfig { Data.Subset: Subset.AVSS } ? ["model.network.classes=3"] : [];

    private void TrainTwoSteps(string file, string path, IReadOnlyList<string> changes)
    {
        var task = Reader.Load(path, changes).Run.Task;
        Assert.True(Narrow.ContainsKey(task), $"{file} is not covered: this test does not know how to make the task {task} small");
        string[] two = ["train.steps=2", "train.epochs=null", "train.validate_every=2", "train.log_every=1"];
        var experiment = Reader.Load(path, [.. changes, .. Narrow[task], .. Classes(Reader.Load(path, changes)), .. two]);
        var run = RunFolder.Create(runs.FullName, experiment.Run.Name, "one", experiment.ToYaml(), DateTime.UnixEpoch);

        Assert.Equal(Path.GetFileNameWithoutExtension(file), experiment.Run.Name);
        Assert.Equal(2, Train(experiment, run).Progress.Step);
        Assert.Equal(2, MetricsFile.Read(run.MetricsPath, "total").Count);
        Assert.Equal(experiment.ToYaml(), Checkpoint.ReadExperiment(run.BestPath));
    }

    private static TrainingEnd Train(Experiment experiment, RunFolder run) => experiment.Config switch
    {
        SegmentationConfig config => Train(
            new SegmentationTask(
                new SegmentationExperiment(experiment.Run, config), Clips(config, 4, Split.Train), Clips(config, 1, Split.Val), CPU),
            experiment, run),
        AutoencodingConfig config => Train(
            AutoencodingDefinition.CreateTask(new(experiment.Run, config), Images(config.Data), Images(config.Data), CPU),
            experiment, run),
        MultimodalTaskConfig config => Train(
            MultimodalDefinition.CreateTask(new(experiment.Run, config), Examples(), Examples(), CPU), experiment, run),
        var other => throw new NotSupportedException($"{other.GetType()}"),
    };

    private static TrainingEnd Train<TBatch>(ITrainingTask<TBatch> task, Experiment experiment, RunFolder run) where TBatch : IDisposable
    {
        using var owned = task;
        return TestRuns.Train(task, experiment.Run.Train, run, experiment.ToYaml());
    }

    private static IClipDataset Clips(SegmentationConfig config, int scenes, Split split) =>
        config.Data.Subset == Subset.AVSS ? new BlinkingClasses(scenes, split) : new Blinking(scenes, split);

    // Images of the size and colours that the set has.
    private static ImageTensors Images(ImageDataConfig data)
    {
        var (side, channels) = data.Set switch
        {
            "fashion_mnist" => (28, 1),
            "digits" => (20, 1),
            _ => (data.Side!.Value, 3),
        };
        return ImageTensors.Load(new Noise(8, channels, side), data.Pad);
    }

    private static MultimodalTensors Examples() => new(
        "noise", [.. Enumerable.Range(0, 5).Select(m => new ModalityTensor($"m{m}", rand(4, 3, 32, 32).DetachFromDisposeScope()))], []);

    private sealed record Noise(int Count, int Channels, int Height) : IImageDataset
    {
        public string Name => "noise";

        public int Width => Height;

        public IReadOnlyList<string> Classes => [];

        public IReadOnlyList<string> Attributes => [];

        public byte[] Pixels(int index)
        {
            var pixels = new byte[Height * Width * Channels];
            new Random(index).NextBytes(pixels);
            return pixels;
        }

        public int Label(int index) => -1;

        public IReadOnlyList<bool> AttributesOf(int index) => [];
    }
}
