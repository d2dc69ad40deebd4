using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Segmentation;
using Avs.Train.Tests.Segmentation;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Experiments;

/// <summary>Every file under experiments/ trains: two steps, narrow and on a few clips in memory, otherwise as it says.</summary>
public sealed class ShippedExperimentTests : IDisposable
{
    private static readonly string Folder = Repository.At("experiments");

    // What makes an experiment small, by its task.
    private static readonly Dictionary<string, string[]> Narrow = new()
    {
        ["segmentation"] =
        [
            "model.network.backbone=small_residual", "model.network.image_size=32", "model.network.channels=8", "model.audio=small",
            "model.weights=null", "model.backbone_weights=null", "model.audio_weights=null", "data.batch_clips=8", "evaluate.clips=1",
        ],
    };

    private readonly DirectoryInfo runs = Directory.CreateTempSubdirectory("avs-shipped-");

    public void Dispose() => runs.Delete(recursive: true);

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void It_trains_two_steps(string file)
    {
        var (path, reader) = (Path.Combine(Folder, file), new ExperimentReader(TrainingTasks.All));
        var task = reader.Load(path).Run.Task;
        Assert.True(Narrow.ContainsKey(task), $"{file} is not covered: this test does not know how to make the task {task} small");
        string[] two = ["train.steps=2", "train.epochs=null", "train.validate_every=2", "train.log_every=1"];
        var experiment = reader.Load(path, [.. Narrow[task], .. two]);
        var run = RunFolder.Create(runs.FullName, experiment.Run.Name, "one", experiment.ToYaml(), DateTime.UnixEpoch);

        Assert.Equal(Path.GetFileNameWithoutExtension(file), experiment.Run.Name);
        Assert.Equal(2, Train(experiment, run).Progress.Step);
        Assert.Equal(2, MetricsFile.Read(run.MetricsPath, "total").Count);
        Assert.Equal(experiment.ToYaml(), Checkpoint.ReadExperiment(run.BestPath));
    }

    private static TrainingEnd Train(Experiment experiment, RunFolder run)
    {
        var segmentation = new SegmentationExperiment(experiment.Run, Assert.IsType<SegmentationConfig>(experiment.Config));
        using var task = new SegmentationTask(segmentation, new Blinking(4, Split.Train), new Blinking(1, Split.Val), CPU);
        using var loop = new TrainingLoop<AvsBatch>(task, experiment.Run.Train, run, experiment.ToYaml(), new SilentListener());
        return loop.Run(RunProgress.None, CancellationToken.None);
    }
}
