using Avs.Core.Configuration;
using Avs.Train.Training;

namespace Avs.Train.Experiments;

/// <summary>An experiment that knows where each of its values comes from.</summary>
public sealed class SourcedExperiment
{
    private const int WidestColumn = 46;

    private readonly ConfigMap given;
    private readonly object defaults;
    private readonly IReadOnlyList<WrittenLine> lines;

    /// <param name="given">What files and overrides say, under today's names.</param>
    /// <param name="defaults">What holds of the task's keys that they leave out.</param>
    internal SourcedExperiment(Experiment experiment, ConfigMap given, object defaults)
    {
        Experiment = experiment;
        this.given = given;
        this.defaults = defaults;
        lines = [.. RecordWriter.Lines(experiment.Run), .. RecordWriter.Lines(experiment.Config)];
    }

    public Experiment Experiment { get; }

    /// <summary>Every value with its source.</summary>
    public IEnumerable<SourcedValue> Values =>
        lines.Where(line => !line.IsHeading).Select(line => new SourcedValue(line.Key, line.Value, FindSource(line.Key)));

    /// <summary>As <see cref="Experiment.ToYaml"/>, with the source of each value in a comment behind it.</summary>
    public string ToYaml()
    {
        var column = Math.Min(WidestColumn, lines.Where(line => !line.IsHeading).Max(line => line.Text.Length)) + 2;
        return string.Concat(lines.Select(line =>
            line.IsHeading ? $"{line.Text}\n" : $"{line.Text.PadRight(column - 2)}  # {FindSource(line.Key)}\n"));
    }

    private string FindSource(string key) =>
        given.At(key) is { } node ? node.Place.ToString()
        : key == RecordReader.SnakeCase(nameof(RunConfig.Name)) ? "the file's name"
        : IsPresets(key) ? $"preset {lines.First(line => line.Key == TaskDefinition.PresetKey).Value}"
        : "default";

    // A preset's is what differs from the records' own defaults.
    private bool IsPresets(string key)
    {
        var (value, usual) = ((object?)defaults, (object?)Activator.CreateInstance(defaults.GetType()));
        foreach (var name in key.Split('.'))
        {
            if (RecordReader.Keys(value!.GetType()).FirstOrDefault(entry => entry.Key == name).Property is not { } property)
                return false;
            value = property.GetValue(value);
            // Which record stands there, where it is one of a family, is the preset's choice; its defaults are its own.
            usual = RecordReader.IsFamily(property.PropertyType) ? Activator.CreateInstance(value!.GetType()) : property.GetValue(usual);
        }
        return RecordWriter.Value(value) != RecordWriter.Value(usual);
    }
}

/// <summary>A value of an experiment.</summary>
/// <param name="Key">With those that it lies in: `train.steps`.</param>
/// <param name="Source">`experiments/demo.yaml:14`, `--set`, `preset ecmvae_small` or `default`.</param>
public sealed record SourcedValue(string Key, object? Value, string Source);
