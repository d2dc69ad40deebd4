using Avs.Core;
using Avs.Core.Configuration;
using Avs.Train.Runs;
using Avs.Train.Training;

namespace Avs.Train.Experiments;

/// <summary>Reads experiments of one task.</summary>
/// <typeparam name="TConfig">The record of the task's keys.</typeparam>
internal sealed class TypedReader<TConfig>(TaskDefinition definition) where TConfig : class
{
    private readonly ExperimentReader reader = new([definition]);

    /// <summary>See <see cref="ExperimentReader.Load"/>.</summary>
    public (RunConfig Run, TConfig Config) Load(string path, IEnumerable<string>? overrides = null, Action<string>? note = null) =>
        Typed(reader.Load(path, overrides, note));

    /// <summary>See <see cref="ExperimentReader.Parse"/>.</summary>
    public (RunConfig Run, TConfig Config) Parse(string yaml, string file = "config.yaml") => Typed(reader.Parse(yaml, file));

    /// <summary>Reads the one that a checkpoint came from.</summary>
    /// <exception cref="DataException">The checkpoint is missing or damaged, or does not say.</exception>
    /// <exception cref="UsageException">It is of another task.</exception>
    public (RunConfig Run, TConfig Config) FromCheckpoint(string path)
    {
        var yaml = Checkpoint.ReadExperiment(path) ?? throw new DataException(
            $"'{path}' does not say which experiment it comes from: it has no metadata '{Checkpoint.ExperimentKey}'; "
            + $"name it in an experiment, model: {{name: …, weights: {path}}}, and give that YAML file instead");
        // Runs before there were tasks do not name theirs.
        var task = (ConfigSource.Parse(yaml, path)["task"] as ConfigScalar)?.Text ?? new RunConfig().Task;
        return task == definition.Name
            ? Parse(yaml, path)
            : throw new UsageException($"'{path}' comes from a run of the task '{task}', expected one of the task '{definition.Name}'");
    }

    private static (RunConfig Run, TConfig Config) Typed(Experiment experiment) => (experiment.Run, (TConfig)experiment.Config);
}
