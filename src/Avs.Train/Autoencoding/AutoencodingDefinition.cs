using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.Images;
using Avs.Models.Vae;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Networks;
using Avs.Train.Experiments;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>Learning to encode and decode images, as a task of experiments.</summary>
public sealed class AutoencodingDefinition : TaskDefinition<AutoencodingConfig, ExampleBatch>
{
    public static TypedReader<AutoencodingConfig> Reader { get; } = new(new AutoencodingDefinition());

    public static NetworkFactory<AutoencodingConfig, AutoencoderNetwork> Networks { get; } =
        new(Reader, config => config.Model.CreateNetwork());

    public override string Name => "autoencoding";

    public override IReadOnlyList<string> DevRunChanges => ["evaluate.images=20"];

    /// <summary>The task with a network whose weights follow from the seed.</summary>
    /// <param name="train">The images to learn from; disposed with the task.</param>
    /// <param name="validation">The images to choose the best checkpoint by; disposed with the task.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="UsageException">The images do not fit the model.</exception>
    public static ExampleTask CreateTask(
        TaskExperiment<AutoencodingConfig> experiment, ImageTensors train, ImageTensors validation, Device device)
    {
        var fitted = experiment with { Task = Fit(RecordCheck.Require(experiment.Task), train) };
        return new ExampleTask(
            fitted.Run, new ImageModel(fitted, Networks.Create(fitted, device), validation, device), train, validation);
    }

    public override ITrainingTask<ExampleBatch> Create(RunConfig run, AutoencodingConfig config, TaskContext context) => ExampleTask.Open(
        split => ExampleData.Open(config.Data, split, context.Log),
        (train, validation) => CreateTask(new(run, config), train, validation, context.Device));

    protected override AutoencodingConfig Complete(AutoencodingConfig config, ITrainingTask<ExampleBatch> task) =>
        ((ImageModel)((ExampleTask)task).Example).Config;

    public override IReadOnlyList<(string Key, IReadOnlyList<string> Names)> KnownNames { get; } =
        [("data.set", [.. ImageSets.All.Select(set => set.Name)])];

    protected override IReadOnlyList<(string Name, AutoencodingConfig Defaults)> Presets { get; } =
        [.. VaeRegistry.Autoencoders.Select(preset => (preset.Name, new AutoencodingConfig().With(preset)))];

    protected override AutoencodingConfig Defaults(AutoencodingConfig preset, ConfigMap file) =>
        preset with { Model = preset.Model with { ImageIsTheDatas = file.At("model.network.image") is null } };

    protected override IEnumerable<IdleKeys> FindIdleKeys(AutoencodingConfig config)
    {
        var network = config.Model.Network;
        return NetworkIdleKeys.Find(network.Encoder, network.Decoder, network.Likelihood)
            .Concat(config.Objective is VaeObjective { KlWeight: 0 }
                ? [new IdleKeys("objective.kl_weight is 0", "objective.kl_annealing", "objective.free_bits")] : []);
    }

    private static AutoencodingConfig Fit(AutoencodingConfig config, ImageTensors images)
    {
        var shape = new ImageShape { Channels = images.Channels, Height = images.Height, Width = images.Width };
        var network = config.Model.Network;
        if (network.Image != shape && !config.Model.ImageIsTheDatas)
            throw new UsageException($"model.network.image: found {network.Image}, expected {shape}, the shape of {images.Name} with "
                + $"data.pad: {config.Data.Pad}; leave the key out, and it is the data's");
        return config with { Model = config.Model with { Network = network with { Image = shape }, ImageIsTheDatas = false } };
    }
}
