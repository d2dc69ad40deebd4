using Avs.Core.Configuration;
using Avs.Train.Distribution;
using Avs.Train.Runs;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Experiments;

/// <summary>
/// Something that experiments can train, by the name that their `task` key gives. Write one as a
/// <see cref="TaskDefinition{TConfig, TBatch}"/> and add it to <see cref="TrainingTasks"/>.
/// </summary>
public abstract class TaskDefinition
{
    internal const string PresetKey = "model.name";

    private protected TaskDefinition() { }

    public abstract string Name { get; }

    /// <summary>Keys of former versions of this task.</summary>
    public virtual MovedKeys MovedKeys { get; } = new();

    /// <summary>Whether `train.replicas` may be more than 1.</summary>
    public virtual bool HasReplicas => false;

    /// <summary>Whether several processes may train one model together.</summary>
    public virtual bool IsDistributed => HasReplicas;

    /// <summary>Whether `train.precision` may be bf16.</summary>
    public virtual bool HasBf16 => false;

    /// <summary>Whether its models have a backbone, so that `train.optimizer.backbone_rate` means something.</summary>
    public virtual bool HasBackbone => false;

    /// <summary>Whether its models compute activations again in backward, so that `train.recompute` means something.</summary>
    public virtual bool HasRecomputation => false;

    /// <summary>
    /// Changes of an experiment that make its validations small and keep it from writing outside its run, for `avs train --fast-dev-run`.
    /// </summary>
    public virtual IReadOnlyList<string> DevRunChanges => [];

    /// <summary>The first key of training that means nothing for this task, with what is expected there; null: all do.</summary>
    internal (string Key, string Expected)? FindMisfit(TrainConfig train)
    {
        if (train.Replicas > 1 && !HasReplicas)
            return ("train.replicas", $"1, for {Name} does not share its batches between copies of the model");
        if (train.Precision != Precision.Fp32 && !HasBf16)
            return ("train.precision", $"fp32, for {Name} knows no other");
        if (train.Optimizer.BackboneRate != 1 && !HasBackbone)
            return ("train.optimizer.backbone_rate", $"1, for the models of {Name} have no backbone");
        if (!train.Recompute && !HasRecomputation)
            return ("train.recompute", $"true, for the models of {Name} compute nothing again");
        return null;
    }

    /// <summary>The keys that change nothing because of the values of others.</summary>
    internal IEnumerable<IdleKeys> FindIdleKeys(TrainConfig train, object config)
    {
        var (schedule, optimizer) = (train.Schedule, train.Optimizer);
        if (train.Epochs is { } epochs)
            yield return new($"train.epochs is {epochs}", "train.steps");
        if (train.EarlyStopping.Patience is null)
            yield return new("train.early_stopping.patience is null", "train.early_stopping.least");
        foreach (var (name, keys) in ScheduleKeys.Where(entry => entry.Name != schedule.Name))
            yield return new($"train.schedule.name is {RecordReader.SnakeCase(schedule.Name.ToString())}", keys);
        if (train.Epochs is null && schedule.WarmUpSteps >= train.Steps)
        {
            yield return new($"the warm-up of {schedule.WarmUpSteps} steps lasts to the end of the run",
                ["train.schedule.name", .. ScheduleKeys.SelectMany(entry => entry.Keys)]);
        }
        if (optimizer.Name == OptimizerName.Sgd)
            yield return new("train.optimizer.name is sgd", "train.optimizer.beta2", "train.optimizer.epsilon");
        if (optimizer.WeightDecay == 0)
            yield return new("train.optimizer.weight_decay is 0", "train.optimizer.decay_matrices_only");
        foreach (var keys in FindIdleKeys(config))
            yield return keys;
    }

    private static readonly (ScheduleName Name, string[] Keys)[] ScheduleKeys =
    [
        (ScheduleName.Cosine, ["train.schedule.final"]),
        (ScheduleName.Step, ["train.schedule.step_size", "train.schedule.gamma"]),
        (ScheduleName.Poly, ["train.schedule.power"]),
    ];

    /// <summary>The keys whose values are names of a list, such as that of the backbones, and the names.</summary>
    public virtual IReadOnlyList<(string Key, IReadOnlyList<string> Names)> KnownNames => [];

    /// <summary>The record of its keys: all of the experiment's but those of <see cref="RunConfig"/>.</summary>
    internal abstract Type ConfigType { get; }

    /// <summary>The presets that <see cref="PresetKey"/> may name, the usual one first, as records of the task's keys.</summary>
    internal abstract IReadOnlyList<(string Name, object Config)> PresetRecords { get; }

    internal abstract object DefaultsFor(ConfigMap file);

    internal abstract (string Key, string Expected)? FindConflict(object config);

    private protected abstract IEnumerable<IdleKeys> FindIdleKeys(object config);

    internal abstract IOpenTask Open(Experiment experiment, TaskContext context);
}

/// <summary>Something that experiments can train.</summary>
/// <typeparam name="TConfig">The record of its keys: all of the experiment's but those of <see cref="RunConfig"/>.</typeparam>
/// <typeparam name="TBatch">One step's data.</typeparam>
public abstract class TaskDefinition<TConfig, TBatch> : TaskDefinition where TConfig : class where TBatch : IDisposable
{
    /// <summary>
    /// The presets that the key `model.name` may name, the usual one first: what holds of the keys that a file does not name. A task
    /// without presets has one record of defaults, under any name.
    /// </summary>
    protected abstract IReadOnlyList<(string Name, TConfig Defaults)> Presets { get; }

    /// <summary>What holds of the keys that a file does not name.</summary>
    /// <param name="preset">The defaults of the file's preset.</param>
    protected virtual TConfig Defaults(TConfig preset, ConfigMap file) => preset;

    /// <summary>The first key whose value does not fit those of other sections, with what is expected there; null: all do.</summary>
    protected virtual (string Key, string Expected)? FindConflict(TConfig config) => null;

    /// <summary>The task's keys that change nothing because of the values of others.</summary>
    protected virtual IEnumerable<IdleKeys> FindIdleKeys(TConfig config) => [];

    /// <summary>Opens the data and builds the model. Whatever is wrong is said here, before a run's folder is made.</summary>
    public abstract ITrainingTask<TBatch> Create(RunConfig run, TConfig config, TaskContext context);

    /// <summary>The configuration with what only the opened data could say, such as the size of its images.</summary>
    protected virtual TConfig Complete(TConfig config, ITrainingTask<TBatch> task) => config;

    internal sealed override Type ConfigType => typeof(TConfig);

    internal sealed override IReadOnlyList<(string Name, object Config)> PresetRecords =>
        [.. Presets.Select(preset => (preset.Name, (object)preset.Defaults))];

    internal sealed override (string Key, string Expected)? FindConflict(object config) => FindConflict((TConfig)config);

    private protected sealed override IEnumerable<IdleKeys> FindIdleKeys(object config) => FindIdleKeys((TConfig)config);

    internal sealed override object DefaultsFor(ConfigMap file)
    {
        string[] presets = [.. Presets.Select(preset => preset.Name)];
        if (presets.Length > 1)
            RequireKnown(file, PresetKey, presets);
        foreach (var (key, names) in KnownNames)
            RequireKnown(file, key, names);
        var name = presets.Length > 1 && file.At(PresetKey) is ConfigScalar named ? named.Text : presets[0];
        return Defaults(Presets.First(preset => preset.Name == name).Defaults, file);
    }

    internal sealed override IOpenTask Open(Experiment experiment, TaskContext context)
    {
        var config = (TConfig)experiment.Config;
        var task = Create(experiment.Run, config, context);
        return new OpenTask<TBatch>(experiment with { Config = Complete(config, task) }, task, context.Workers);
    }

    // Refuses a value that is not one of the known ones, by key, file and line.
    private static void RequireKnown(ConfigMap file, string key, IReadOnlyList<string> known)
    {
        if (file.At(key) is { } named && !known.Contains((named as ConfigScalar)?.Text))
            throw RecordReader.UnknownName(named, key, known);
    }
}

/// <summary>Where and for whom a task is opened.</summary>
/// <param name="Device">Where to compute.</param>
/// <param name="Log">Takes a line for the log, where opening takes long.</param>
/// <param name="Stop">Ends it.</param>
/// <param name="SavedState">
/// The saved state of the run that is continued, whose weights come in place of any that are named; null for a new run.
/// </param>
public sealed record TaskContext(Device Device, Action<string> Log, CancellationToken Stop = default, string? SavedState = null)
{
    /// <summary>The processes that train together.</summary>
    public ICommunicator Workers { get; init; } = SingleProcess.Instance;
}

/// <summary>A task that is ready to be trained, whatever its batches are.</summary>
internal interface IOpenTask : IDisposable
{
    /// <summary>What is trained, with every value that there is.</summary>
    Experiment Experiment { get; }

    TrainingEnd Train(RunFolder run, bool continued, ITrainingListener listener, CancellationToken stop);
}
