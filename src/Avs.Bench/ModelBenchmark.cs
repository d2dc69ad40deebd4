using System.Diagnostics;
using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Models;
using Avs.Models.Audio;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using Avs.Train.Segmentation;
using Avs.Train.Training;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bench;

/// <summary>How a model's cost is measured.</summary>
/// <param name="Model">A preset's name; see <see cref="ModelRegistry"/>.</param>
/// <param name="Device">Where to compute.</param>
public sealed record ModelBenchmarkOptions(string Model, Device Device)
{
    /// <summary>Clips in a batch.</summary>
    public int Clips { get; init; } = 1;

    /// <summary>Frames in a clip, T.</summary>
    public int Frames { get; init; } = 5;

    /// <summary>Threads that an operator may use.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Measurements; the median counts.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Whether CUDA may compute float32 products in TF32.</summary>
    public bool Tf32 { get; init; }

    /// <summary>Number format of the forward and backward pass, and of the roof.</summary>
    public Precision Precision { get; init; } = Precision.Fp32;

    /// <summary>Gets a line about each measurement.</summary>
    public Action<string>? Report { get; init; }
}

/// <summary>What inference, a training step or the audio network costs.</summary>
/// <param name="Seconds">Median of the rounds, of a whole batch.</param>
/// <param name="Gflop">10^9 floating-point operations of its convolutions and matrix products; null where they cannot be counted.</param>
/// <param name="RoofShare">Its operations a second as a share of the report's RoofGflops; null where they cannot be counted.</param>
/// <param name="PeakGigabytes">The most memory that the process held meanwhile; null on CUDA, where it says nothing.</param>
public sealed record WorkCost(double Seconds, double? Gflop, double? RoofShare, double? PeakGigabytes)
{
    /// <summary>Operations a second, in 10^9.</summary>
    public double? GflopPerSecond => Gflop / Seconds;
}

/// <param name="Model">The preset's name.</param>
/// <param name="Parameters">Without those of a frozen audio network.</param>
/// <param name="AudioNetwork">A frozen audio network, whose embeddings a cache keeps; null without one. Not part of the other two.</param>
/// <param name="Inference">From frames and audio embeddings to logits, with BatchNorms folded.</param>
/// <param name="TrainStep">Forward, every loss, backward, optimizer step.</param>
/// <param name="RoofGflops">The best of a plain convolution and a matrix product between the rounds, in 10^9 operations a second.</param>
public sealed record ModelBenchmarkReport(
    string Model, long Parameters, WorkCost? AudioNetwork, WorkCost Inference, WorkCost TrainStep, double RoofGflops)
{
    /// <summary>The smaller of the two shares of the roof.</summary>
    public double? RoofShare =>
        Inference.RoofShare is { } inference && TrainStep.RoofShare is { } training ? Math.Min(inference, training) : null;
}

/// <summary>
/// Measures what a registered model costs: time, operations, memory, and how near it comes to what plain convolutions and matrix products
/// reach on the machine. Those are measured between the rounds, so that whatever else the machine is doing disturbs both alike.
/// </summary>
public static class ModelBenchmark
{
    private const int Seed = 1;

    /// <summary>Measures a model with random weights on random frames and sounds.</summary>
    /// <exception cref="UsageException">There is no model of that name, or the precision is not available here.</exception>
    public static ModelBenchmarkReport Run(ModelBenchmarkOptions options)
    {
        MixedPrecision.Require(options.Precision, options.Device, "--bf16");
        var threads = get_num_threads();
        set_num_threads(options.Threads);
        Switches.FlushDenormals();
        var tf32 = (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32);
        (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = (options.Tf32, options.Tf32);
        try
        {
            using var scope = NewDisposeScope();
            return Measure(options);
        }
        finally
        {
            set_num_threads(threads);
            (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = tf32;
        }
    }

    private static ModelBenchmarkReport Measure(ModelBenchmarkOptions options)
    {
        var preset = Preset(options.Model);
        options.Report?.Invoke($"building {preset.Name}");
        manual_seed(Seed);
        var roof = new Roof(options.Device, options.Precision);
        var audioIsFrozen = IsAudioFrozen(preset.Config);
        using var model = new AudioVisualSegmenter(audioIsFrozen ? WithSmallAudio(preset.Config) : preset.Config);
        model.to(options.Device);
        var input = Input(model, options);
        var inference = Inference(model, input, options, roof);
        var step = TrainStep(model, preset, input, options, roof);
        // Last, so that its weights and activations are not in the peaks of the other two.
        var audio = audioIsFrozen ? AudioNetwork(preset.Config, options, roof) : null;
        return new ModelBenchmarkReport(
            preset.Name, preset.Parameters, audio is null ? null : WithShare(audio), WithShare(inference), WithShare(step), roof.Gflops);

        WorkCost WithShare(WorkCost cost) => cost with { RoofShare = cost.GflopPerSecond / roof.Gflops };
    }

    private static bool IsAudioFrozen(SegmenterConfig config) =>
        config.Network.UsesSound && (config.FreezeAudio ?? AudioRegistry.Find(config.Audio).Frozen);

    // A frozen audio network does not run where its embeddings are given, so a small one can take its place.
    private static SegmenterConfig WithSmallAudio(SegmenterConfig config) => config with { Audio = "small", FreezeAudio = true };

    private static WorkCost AudioNetwork(SegmenterConfig config, ModelBenchmarkOptions options, Roof roof)
    {
        using var audio = AudioRegistry.Create(config.Audio, config.Network.AudioChannels);
        audio.to(options.Device);
        audio.eval();
        var logMel = LogMel(options);
        return Cost("audio network", options, roof, () =>
        {
            using var inference = inference_mode();
            using var autocast = MixedPrecision.Begin(options.Precision, options.Device);
            audio.call(logMel);
        });
    }

    private static ModelPreset Preset(string name)
    {
        try
        {
            return ModelRegistry.Find(name);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    private static AvsInput Input(AudioVisualSegmenter model, ModelBenchmarkOptions options)
    {
        var (rows, network) = (options.Clips * options.Frames, model.Config.Network);
        using var generator = new Generator(Seed);
        var masks = rand([rows, 1, network.ImageSize, network.ImageSize], generator: generator).gt(0.5).to(ScalarType.Float32);
        var images = randn([rows, 3, network.ImageSize, network.ImageSize], generator: generator);
        return new AvsInput(images.to(options.Device), LogMel(options), options.Frames, masks.to(options.Device))
        {
            AudioEmbedding = rand([rows, network.AudioChannels], generator: generator).to(options.Device),
        };
    }

    private static Tensor LogMel(ModelBenchmarkOptions options)
    {
        using var generator = new Generator(Seed);
        return randn([options.Clips * options.Frames, 1, 96, 64], generator: generator).to(options.Device);
    }

    private static WorkCost Inference(AudioVisualSegmenter model, AvsInput input, ModelBenchmarkOptions options, Roof roof)
    {
        model.eval();
        using var folded = new FoldedNorms(model);
        var (latent, noise) = (new LatentAtTest(LatentMode.Mean, 1), new ZeroNoise());
        return Cost("inference", options, roof, () =>
        {
            using var inference = inference_mode();
            using var autocast = MixedPrecision.Begin(options.Precision, options.Device);
            model.Predict(input, latent, noise);
        });
    }

    private static WorkCost TrainStep(
        AudioVisualSegmenter model, ModelPreset preset, AvsInput input, ModelBenchmarkOptions options, Roof roof)
    {
        var learned = model.LearnedParameters().ToArray();
        using var optimizer = Optimizers.Create(new OptimizerConfig { Name = OptimizerName.Adam }, learned);
        var optimizerStep = new OptimizerStep(optimizer, [.. learned.Select(entry => entry.Parameter)]);
        using var generator = new Generator(Seed);
        input = input with { Noise = new GeneratorNoise(generator) };
        var objective = preset.Objective.WithEveryTerm();
        model.train();
        return Cost("training step", options, roof, () => optimizerStep.Take(
            () => Backpropagation.Run(objective.Compute(SegmenterForward.Run(model, input, options.Precision), input).Total)));
    }

    private static WorkCost Cost(string what, ModelBenchmarkOptions options, Roof roof, Action body)
    {
        var onCpu = options.Device.type == DeviceType.CPU;
        void Once()
        {
            using var scope = NewDisposeScope();
            body();
            if (!onCpu)
                cuda.synchronize(options.Device);
        }
        // The first call creates the optimizer's state and fills the caches.
        options.Report?.Invoke($"{what}: warming up");
        Once();
        GC.Collect();
        PeakMemory.Reset();
        var seconds = new List<double>();
        for (var round = 0; round < options.Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            Once();
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            options.Report?.Invoke($"{what}: round {round + 1} of {options.Rounds}: {1000 * seconds[^1] / options.Clips:0} ms a clip");
            roof.Measure();
        }
        double? peak = onCpu ? PeakMemory.Gigabytes() : null;
        seconds.Sort();
        return new WorkCost(seconds[seconds.Count / 2], CountedWork.CountFlop(Once) / 1e9, null, peak);
    }

    // What the machine reaches: a 3x3 convolution as in a decoder, or a square matrix product, whichever is better. The convolution is not
    // padded, so that it is computed directly, with every multiplication: models' operations are counted so too, though padded ones may
    // need fewer.
    private sealed class Roof(Device device, Precision precision)
    {
        private const int Frames = 5, Channels = 128, Side = 56, MatrixSide = 1024;
        private readonly Tensor map = randn([Frames, Channels, Side + 2, Side + 2], device: device);
        private readonly Tensor kernel = randn([Channels, Channels, 3, 3], device: device);
        private readonly Tensor matrix = randn([MatrixSide, MatrixSide], device: device);
        private readonly List<double> convolutions = [], products = [];

        public double Gflops => Math.Max(Median(convolutions), Median(products));

        public void Measure()
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            using var autocast = MixedPrecision.Begin(precision, device);
            convolutions.Add(2.0 * Frames * Side * Side * Channels * Channels * 9 / 1e9 / Time(() => F.conv2d(map, kernel)));
            products.Add(2.0 * MatrixSide * MatrixSide * MatrixSide / 1e9 / Time(() => matrix.matmul(matrix)));
        }

        // The best of a few: what the machine can do, not what disturbs it.
        private double Time(Func<Tensor> body)
        {
            var best = double.PositiveInfinity;
            for (var i = 0; i < 4; i++)
            {
                var started = Stopwatch.GetTimestamp();
                body();
                if (device.type != DeviceType.CPU)
                    cuda.synchronize(device);
                best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
            return best;
        }

        private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }
}
