using Avs.Core.Configuration;
using Avs.Train.Training;

namespace Avs.Train.Experiments;

/// <summary>Everything that decides the outcome of a training run. A YAML file says what differs from the defaults.</summary>
/// <param name="Run">What it says of its run.</param>
/// <param name="Task">What is trained.</param>
/// <param name="Config">What it says of the task, as the task's own record.</param>
public sealed record Experiment(RunConfig Run, TaskDefinition Task, object Config)
{
    /// <summary>
    /// Every key with its value, but those that the data have yet to say; <see cref="ExperimentReader.Parse"/> reads it back to the same
    /// experiment.
    /// </summary>
    public string ToYaml() => RecordWriter.Write(Run) + RecordWriter.Write(Config);
}
