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

    /// <summary>Every key that is no section, with its value.</summary>
    internal IEnumerable<WrittenLine> Lines =>
        RecordWriter.Lines(Run).Concat(RecordWriter.Lines(Config)).Where(line => !line.IsHeading);

    /// <summary>The keys whose values differ in another experiment, with both values; null where one has no such key.</summary>
    public IEnumerable<(string Key, string? Here, string? There)> FindDifferences(Experiment other)
    {
        var (here, there) = (Values(this), Values(other));
        return here.Keys.Union(there.Keys).Select(key => (key, here.GetValueOrDefault(key), there.GetValueOrDefault(key)))
            .Where(value => value.Item2 != value.Item3);

        static Dictionary<string, string> Values(Experiment experiment) =>
            experiment.Lines.ToDictionary(line => line.Key, line => RecordWriter.Value(line.Value));
    }

    /// <summary>The keys that change nothing because of the values of others.</summary>
    public IEnumerable<IdleKeys> FindIdleKeys() => Task.FindIdleKeys(Run.Train, Config);
}
