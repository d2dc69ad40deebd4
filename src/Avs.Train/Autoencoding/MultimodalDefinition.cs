using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.Images;
using Avs.Models.Vae;
using Avs.Models.Vae.Multimodal;
using Avs.Train.Experiments;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>Learning several modalities together, as a task of experiments.</summary>
public sealed class MultimodalDefinition : TaskDefinition<MultimodalTaskConfig, ExampleBatch>
{
    public static TypedReader<MultimodalTaskConfig> Reader { get; } = new(new MultimodalDefinition());

    public static NetworkFactory<MultimodalTaskConfig, MultimodalNetwork> Networks { get; } =
        new(Reader, config => config.Model.CreateNetwork());

    public override string Name => "multimodal";

    public override IReadOnlyList<string> DevRunChanges => ["evaluate.examples=20"];

    /// <summary>The task with a network whose weights follow from the seed.</summary>
    /// <param name="train">The examples to learn from; disposed with the task.</param>
    /// <param name="validation">The examples to choose the best checkpoint by; disposed with the task.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="UsageException">The examples do not fit the model.</exception>
    public static ExampleTask CreateTask(
        TaskExperiment<MultimodalTaskConfig> experiment, MultimodalTensors train, MultimodalTensors validation, Device device)
    {
        var fitted = experiment with { Task = Fit(RecordCheck.Require(experiment.Task), train) };
        return new ExampleTask(
            fitted.Run, new MultimodalModel(fitted.Task, Networks.Create(fitted, device), validation, device), train, validation);
    }

    public override ITrainingTask<ExampleBatch> Create(RunConfig run, MultimodalTaskConfig config, TaskContext context) => ExampleTask.Open(
        split => ExampleData.Open(config.Data, split, context.Log),
        (train, validation) => CreateTask(new(run, config), train, validation, context.Device));

    protected override MultimodalTaskConfig Complete(MultimodalTaskConfig config, ITrainingTask<ExampleBatch> task) =>
        ((MultimodalModel)((ExampleTask)task).Example).Config;

    public override IReadOnlyList<(string Key, IReadOnlyList<string> Names)> KnownNames { get; } =
        [("data.set", [.. MultimodalSets.All.Select(set => set.Name)])];

    protected override IReadOnlyList<(string Name, MultimodalTaskConfig Defaults)> Presets { get; } =
        [.. VaeRegistry.Multimodal.Select(preset => (preset.Name, new MultimodalTaskConfig().With(preset)))];

    protected override IEnumerable<IdleKeys> FindIdleKeys(MultimodalTaskConfig config)
    {
        var network = config.Model.Network;
        return NetworkIdleKeys.Find(network.Encoder, network.Decoder, network.Likelihood)
            .Concat(config.Objective.KlWeight == 0 ? [new IdleKeys("objective.kl_weight is 0", "objective.kl_annealing")] : []);
    }

    private static MultimodalTaskConfig Fit(MultimodalTaskConfig config, MultimodalTensors examples)
    {
        string[] found = [.. examples.Modalities.Select(modality => $"{modality.Name} {string.Join('x', modality.Values.shape[1..])}")];
        return config.Model.Modalities.Count == 0 ? config with { Model = config.Model with { Modalities = found } }
            : config.Model.Modalities.SequenceEqual(found) ? config
            : throw new UsageException($"model.modalities: found {string.Join(", ", config.Model.Modalities)}; expected those of "
                + $"{examples.Name}, {string.Join(", ", found)}; leave the key out, and they are the data's");
    }
}
