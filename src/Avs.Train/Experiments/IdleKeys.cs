using Avs.Core.Configuration;

namespace Avs.Train.Experiments;

/// <summary>Keys whose values change nothing, for the value of another decides so.</summary>
/// <param name="Why">What that is: `train.schedule.name is cosine`.</param>
/// <param name="Keys">Dotted names; that of a section stands for every key in it.</param>
public sealed record IdleKeys(string Why, params IReadOnlyList<string> Keys)
{
    public bool Contains(string key) => Keys.Any(idle => key == idle || key.StartsWith($"{idle}.", StringComparison.Ordinal));
}

/// <summary>Finds what an experiment says in vain.</summary>
internal static class IdleValues
{
    /// <summary>A sentence on each value that a file or an override gives, that is not the usual one, and that changes nothing.</summary>
    /// <param name="usual">The values of what is not said.</param>
    /// <param name="given">What is.</param>
    public static IEnumerable<string> Describe(Experiment experiment, Experiment usual, ConfigMap given)
    {
        var unsaid = usual.Lines.ToDictionary(line => line.Key, line => RecordWriter.Value(line.Value));
        IdleKeys[] idle = [.. experiment.FindIdleKeys()];
        foreach (var line in experiment.Lines)
        {
            var value = RecordWriter.Value(line.Value);
            if (given.At(line.Key) is { } node && unsaid.GetValueOrDefault(line.Key) != value
                && idle.FirstOrDefault(keys => keys.Contains(line.Key)) is { Why: { } why })
                yield return $"note: {node.Place}: {line.Key}: {value} changes nothing here, for {why}";
        }
    }

    /// <summary>All values of an experiment but those that change nothing, as one text.</summary>
    public static string Without(Experiment experiment)
    {
        IdleKeys[] idle = [.. experiment.FindIdleKeys()];
        return string.Join('\n', experiment.Lines.Where(line => !idle.Any(keys => keys.Contains(line.Key)))
            .Select(line => $"{line.Key}: {RecordWriter.Value(line.Value)}"));
    }
}
