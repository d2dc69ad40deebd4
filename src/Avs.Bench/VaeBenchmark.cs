using System.Diagnostics;
using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Data.Images;
using Avs.Models.Vae;
using Avs.Train.Autoencoding;
using Avs.Train.Experiments;
using Avs.Train.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Bench;

/// <param name="Threads">Threads that an operator may use.</param>
/// <param name="Rounds">Measurements of each model; the median counts.</param>
/// <param name="Seconds">How long one lasts.</param>
public sealed record VaeBenchmarkOptions(int Threads = 2, int Rounds = 7, double Seconds = 1)
{
    /// <summary>The Python to compare with; null: the first on this machine that has torch.</summary>
    public string? Python { get; init; }

    public bool ComparePython { get; init; } = true;

    /// <summary>Gets a line about each round.</summary>
    public Action<string>? Report { get; init; }
}

/// <summary>How fast an autoencoder is trained.</summary>
/// <param name="Name">The preset.</param>
/// <param name="Parameters">Trainable ones.</param>
/// <param name="Ours">Images a second.</param>
/// <param name="Python">The same of the same network, loss, optimizer, batch and threads in Python; null without one.</param>
public sealed record VaeRow(string Name, long Parameters, double Ours, double? Python)
{
    /// <summary>Above 1 where ours is faster: the median over the rounds of ours by Python's; null without Python.</summary>
    public double? Ratio { get; init; }
}

/// <summary>
/// Measures whole training steps of small autoencoders (a batch of 100 out of uint8 images in memory, forward, loss, backward, Adam, the
/// loss as a number), beside the same in Python, in turns, so that whatever else the machine is doing disturbs both alike.
/// </summary>
public static class VaeBenchmark
{
    /// <summary>Images in a batch.</summary>
    public const int Batch = 100;

    private const int WarmUpSteps = 10;

    private static readonly string[] Names = ["ae_conv", "vae_conv", "vae_mlp"];

    public static IReadOnlyList<VaeRow> Run(VaeBenchmarkOptions options)
    {
        var threads = get_num_threads();
        set_num_threads(options.Threads);
        Switches.FlushDenormals();
        try
        {
            using var peer = options.ComparePython ? StartPython(options) : null;
            return [.. Names.Select(name => Measure(name, peer, options))];
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static VaeRow Measure(string name, PythonPeer? peer, VaeBenchmarkOptions options)
    {
        var preset = VaeRegistry.Autoencoders.First(preset => preset.Name == name);
        using var training = new Training(preset);
        training.ImagesPerSecond(WarmUpSteps);
        peer?.Ask($"{WarmUpSteps} {name}");
        var steps = Math.Max(1, (int)(options.Seconds * training.ImagesPerSecond(WarmUpSteps) / Batch));
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            ours.Add(training.ImagesPerSecond(steps));
            if (peer is not null)
                theirs.Add(peer.Ask($"{steps} {name}"));
            options.Report?.Invoke(FormattableString.Invariant(
                $"{name}: round {round + 1} of {options.Rounds}: {ours[^1]:0} images/s{(peer is null ? "" : $", Python {theirs[^1]:0}")}"));
        }

        return new VaeRow(name, preset.Parameters, Median(ours), peer is null ? null : Median(theirs))
        {
            Ratio = peer is null ? null : Median([.. ours.Zip(theirs, (own, python) => own / python)]),
        };
    }

    private static PythonPeer? StartPython(VaeBenchmarkOptions options) =>
        PythonPeer.Start(options.Python is { } python ? [python] : PythonPeer.Interpreters, "autoencoders.py", options.Threads);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    // The task of an experiment with the steps that the training loop takes.
    private sealed class Training : IDisposable
    {
        private const int Images = 10_000;

        private readonly ExampleTask task;
        private readonly OptimizerHelper optimizer;
        private readonly OptimizerStep step;
        private readonly IEnumerator<ExampleBatch> batches;

        public Training(AutoencoderPreset preset)
        {
            var side = preset.Config.Image.Height;
            var config = new AutoencodingConfig { Data = new ImageDataConfig { BatchImages = Batch } }.With(preset);
            task = AutoencodingDefinition.CreateTask(
                new TaskExperiment<AutoencodingConfig>(new RunConfig(), config), ImageTensors.Load(new Noise(Images, side)),
                ImageTensors.Load(new Noise(1, side)), CPU);
            optimizer = Optimizers.Create(new OptimizerConfig { LearningRate = 1e-3 }, task.LearnedParameters);
            step = new OptimizerStep(optimizer, [.. task.LearnedParameters.Select(entry => entry.Parameter)]);
            batches = task.Batches(0).GetEnumerator();
            task.Model.train();
        }

        public double ImagesPerSecond(int steps)
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < steps; i++)
            {
                using var scope = NewDisposeScope();
                batches.MoveNext();
                using var batch = batches.Current;
                step.Take(() => task.Backward(batch, progress: 0));
            }
            return Batch * steps / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        public void Dispose()
        {
            batches.Dispose();
            optimizer.Dispose();
            task.Dispose();
        }
    }

    private sealed class Noise(int count, int side) : IImageDataset
    {
        private readonly byte[] pixels = MakePixels(count * side * side);

        public string Name => "noise";

        public int Count => count;

        public int Height => side;

        public int Width => side;

        public int Channels => 1;

        public IReadOnlyList<string> Classes => [];

        public IReadOnlyList<string> Attributes => [];

        public byte[] Pixels(int index) => pixels.AsSpan(index * side * side, side * side).ToArray();

        public int Label(int index) => -1;

        public IReadOnlyList<bool> AttributesOf(int index) => [];

        private static byte[] MakePixels(int count)
        {
            var random = new NamedRandom(1, "bench/vae");
            var made = new byte[count];
            for (var i = 0; i < made.Length; i++)
                made[i] = (byte)random.NextInt(256);
            return made;
        }
    }
}
