using Avs.Core;
using Avs.Core.Configuration;

namespace Avs.Train.Ablation;

/// <summary>Values in a matrix; what is not what it should be is refused by file, line and key.</summary>
internal static class MatrixValues
{
    public static void RequireKeys(ConfigMap map, string path, string[] known)
    {
        if (map.Entries.FirstOrDefault(entry => !known.Contains(entry.Key)) is { Key: { } unknown, Value: var node })
            throw RecordReader.UnknownKey(node.Place, path, unknown, known);
    }

    public static ConfigScalar Scalar(ConfigNode node, string path, string expected) =>
        node is ConfigScalar { IsNull: false, Text.Length: > 0 } scalar ? scalar : throw RecordReader.Wrong(node, path, expected);

    public static IReadOnlyList<ConfigScalar> Scalars(ConfigNode node, string path, string expected) =>
        node is ConfigList { Items.Count: > 0 } list
            ? [.. list.Items.Select((item, i) => Scalar(item, $"{path}[{i}]", $"one of a list of {expected}"))]
            : throw RecordReader.Wrong(node, path, $"a list of {expected}");

    public static T Chosen<T>(ConfigNode node, string path) where T : struct, Enum
    {
        var names = Enum.GetValues<T>().ToDictionary(value => RecordReader.SnakeCase(value.ToString()));
        return names.TryGetValue((node as ConfigScalar)?.Text ?? "", out var found)
            ? found
            : throw RecordReader.Wrong(node, path, $"one of {string.Join(", ", names.Keys)}");
    }

    public static void RequireOnce(IEnumerable<string> texts, string path, ConfigNode node)
    {
        if (texts.GroupBy(text => text).FirstOrDefault(group => group.Count() > 1) is { Key: { } twice })
            throw new UsageException($"{node.Place}: {path}: found '{twice}' twice");
    }
}
