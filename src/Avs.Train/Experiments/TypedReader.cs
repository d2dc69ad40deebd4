using Avs.Core;
using Avs.Core.Configuration;
using Avs.Train.Runs;
using Avs.Train.Training;

namespace Avs.Train.Experiments;

/// <summary>An experiment of one task, for what knows no other.</summary>
/// <param name="Run">What it says of its run.</param>
/// <param name="Task">What it says of the task: data, model, objective and evaluation.</param>
public sealed record TaskExperiment<TConfig>(RunConfig Run, TConfig Task) where TConfig : class
{
    /// <summary>Every key with its value; <see cref="TypedReader{TConfig}.Parse"/> reads it back to the same experiment.</summary>
    public string ToYaml() => RecordWriter.Write(Run) + RecordWriter.Write(Task);
}

/// <summary>Reads experiments of one task.</summary>
/// <typeparam name="TConfig">The record of the task's keys.</typeparam>
public sealed class TypedReader<TConfig>(TaskDefinition definition) where TConfig : class
{
    private readonly ExperimentReader reader = new([definition]);

    /// <summary>Reads one from a YAML file; see <see cref="ExperimentReader.Load"/>.</summary>
    /// <exception cref="UsageException">A key or a value is wrong, or the task is another.</exception>
    public TaskExperiment<TConfig> Load(string path, IEnumerable<string>? overrides = null, Action<string>? note = null) =>
        Typed(reader.Load(path, overrides, note));

    /// <summary>Reads one from a text; see <see cref="ExperimentReader.Parse"/>.</summary>
    /// <exception cref="UsageException">As <see cref="Load"/>.</exception>
    public TaskExperiment<TConfig> Parse(string yaml, string file = "config.yaml") => Typed(reader.Parse(yaml, file));

    /// <summary>Reads the one that a checkpoint came from.</summary>
    /// <exception cref="DataException">The checkpoint is missing or damaged, or does not say.</exception>
    /// <exception cref="UsageException">It is of another task.</exception>
    public TaskExperiment<TConfig> FromCheckpoint(string path)
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

    private static TaskExperiment<TConfig> Typed(Experiment experiment) => new(experiment.Run, (TConfig)experiment.Config);
}
