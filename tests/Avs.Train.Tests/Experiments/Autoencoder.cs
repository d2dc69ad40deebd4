using Avs.Core;
using Avs.Core.Configuration;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Experiments;

/// <summary>The keys of <see cref="AutoencoderDefinition"/>.</summary>
public sealed record AutoencoderConfig
{
    public PictureConfig Pictures { get; init; } = new();

    /// <summary>Numbers of the code in the middle.</summary>
    [AtLeast(1)] public int CodeSize { get; init; } = 3;
}

public sealed record PictureConfig
{
    [MultipleOf(2)] public int Side { get; init; } = 6;

    [AtLeast(1)] public int Batch { get; init; } = 8;
}

/// <summary>Another task than segmentation: a linear autoencoder of random pictures, told to remove the noise on them.</summary>
internal sealed class AutoencoderDefinition : TaskDefinition<AutoencoderConfig, Pictures>
{
    public override string Name => "autoencoder";

    public override ITrainingTask<Pictures> Create(RunConfig run, AutoencoderConfig config, TaskContext context) =>
        new Autoencoder(run.Seed, RecordCheck.Require(config));

    protected override IReadOnlyList<(string Name, AutoencoderConfig Defaults)> Presets { get; } = [("linear", new())];
}

internal sealed record Pictures(Tensor Pixels) : IDisposable
{
    public void Dispose() => Pixels.Dispose();
}

internal sealed class Autoencoder : ITrainingTask<Pictures>
{
    private readonly AutoencoderConfig config;
    private readonly long seed;
    private readonly Sequential model;
    private readonly Generator noise;
    private readonly Pictures validation;

    public Autoencoder(long seed, AutoencoderConfig config)
    {
        this.seed = seed;
        this.config = config;
        manual_seed(seed);
        var pixels = config.Pictures.Side * config.Pictures.Side;
        model = nn.Sequential(("encoder", nn.Linear(pixels, config.CodeSize)), ("decoder", nn.Linear(config.CodeSize, pixels)));
        noise = From("noise");
        validation = Draw("validation");
    }

    public nn.Module Model => model;

    public IReadOnlyList<(string Name, Parameter Parameter)> LearnedParameters =>
        [.. model.named_parameters().Select(entry => (entry.name, entry.parameter))];

    public int BatchesPerEpoch => 5;

    public string Unit => "pictures";

    public string Description => "a linear autoencoder";

    public IReadOnlyList<(string Name, Generator Generator)> Generators => [("noise", noise)];

    public IReadOnlyList<RunPlot> Plots => [new("loss", ["total", "val_error"])];

    public IEnumerable<Pictures> Batches(long from)
    {
        for (var number = from; ; number++)
            yield return Draw($"batch {number}");
    }

    public StepResult Backward(Pictures batch, double progress)
    {
        var noisy = batch.Pixels + 0.1 * randn(batch.Pixels.shape, generator: noise);
        var loss = Error(noisy, batch.Pixels);
        loss.backward();
        return new StepResult(loss.ToDouble(), [("total", loss.ToDouble())], config.Pictures.Batch);
    }

    public IEnumerable<string> NamesOf(Pictures batch) => [];

    public Validation Validate()
    {
        var error = Error(validation.Pixels, validation.Pixels).ToDouble();
        return new Validation(-error, [("error", error)]);
    }

    public void Dispose()
    {
        model.Dispose();
        noise.Dispose();
        validation.Dispose();
    }

    private Tensor Error(Tensor seen, Tensor wanted) => (model.call(seen) - wanted).square().mean();

    private Generator From(string name) => new(new NamedRandom(seed, name).NextUInt64() >> 1);

    // [N, pixels]: brighter or darker as a whole, which one number of the code can hold.
    private Pictures Draw(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = From(name);
        var brightness = rand([config.Pictures.Batch, 1], generator: generator);
        var pixels = brightness + 0.1 * rand([config.Pictures.Batch, config.Pictures.Side * config.Pictures.Side], generator: generator);
        return new Pictures(pixels.MoveToOuterDisposeScope());
    }
}
