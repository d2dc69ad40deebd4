using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Avs.Core.Configuration;
using Avs.Train.Experiments;

namespace Avs.Cli.Json;

/// <summary>What `avs config show EXPERIMENT --json` prints.</summary>
internal sealed record ConfigJson(string Experiment, string Task, IReadOnlyList<ConfigJson.Item> Values)
{
    public static ConfigJson From(string path, SourcedExperiment experiment) => new(path, experiment.Experiment.Run.Task,
        [.. experiment.Values.Select(value => new Item(value.Key, Node(value.Value), value.Source))]);

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        bool truth => truth,
        string text => text,
        Enum name => RecordWriter.Value(name),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Node)]),
        int or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture),
    };

    internal sealed record Item(string Key, JsonNode? Value, string Source);
}
