using System.Buffers;

namespace Avs.Core.Configuration;

/// <summary>
/// Reads a configuration from a YAML file, the files it names as its `base`, and the command line's overrides: later ones win, key by key.
/// </summary>
public static class ConfigSource
{
    private const string BaseKey = "base";
    private const string Override = "--set";

    // What YAML may not read as a part of a plain text.
    private static readonly SearchValues<char> Marks = SearchValues.Create(",[]{}#:&*!|>'\"%@`\n");

    /// <summary>
    /// Reads a file with everything it inherits, and overrides, in the order in which <see cref="Merge"/> merges them: inherited files from
    /// the farthest, the file itself, each override.
    /// </summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="overrides">Texts of the form `train.steps=200`.</param>
    /// <exception cref="UsageException">A file is missing, empty or not YAML, the files inherit in a circle, or an override has no
    /// `=`.</exception>
    public static IReadOnlyList<ConfigMap> LoadParts(string path, IEnumerable<string>? overrides = null) =>
        [.. LoadWithBases(path, null, []), .. (overrides ?? []).Select(ParseOverride)];

    /// <summary>Maps as one; later ones win, key by key.</summary>
    public static ConfigMap Merge(IReadOnlyList<ConfigMap> parts) => parts.Aggregate((merged, part) => merged.MergedWith(part));

    /// <summary>Reads one piece of YAML, which must be keys and values. `base` keys stay as they are.</summary>
    /// <param name="file">What to call the text in messages.</param>
    /// <exception cref="UsageException">The text is not YAML or not keys and values.</exception>
    public static ConfigMap Parse(string yaml, string file)
    {
        var root = YamlText.Parse(yaml, file);
        return root switch
        {
            ConfigMap map => map,
            ConfigScalar { IsNull: true } => new ConfigMap([], root.Place),
            ConfigList => throw new UsageException($"{root.Place}: found a list, expected keys and values such as 'seed: 1'"),
            _ => throw new UsageException(
                $"{root.Place}: found a single value, expected keys and values such as 'seed: 1' (with a space after the colon)"),
        };
    }

    /// <summary>Reads one file, whose `base`, if any, stays a key like others.</summary>
    /// <exception cref="UsageException">It is missing, empty or not YAML.</exception>
    public static ConfigMap LoadFile(string path)
    {
        var map = Parse(YamlText.Read(path), path);
        // A file of nothing but defaults is more likely one that was not saved, or not fetched.
        return map.Entries.Count > 0
            ? map
            : throw new UsageException($"{path} holds no keys and values, expected an experiment such as 'seed: 1'");
    }

    /// <summary>One override as a map; its values' place is `--set`.</summary>
    /// <param name="text">Of the form `train.steps=200`.</param>
    /// <exception cref="UsageException">It has no `=`, or its value is not YAML.</exception>
    public static ConfigMap ParseOverride(string text)
    {
        var at = text.IndexOf('=');
        var keys = at < 0 ? [] : text[..at].Split('.', StringSplitOptions.TrimEntries);
        if (keys.Length == 0 || keys.Any(key => key.Length == 0))
            throw new UsageException($"{Override}: found '{text}', expected KEY=VALUE such as train.steps=200");
        var place = new Place(Override, null);
        var value = Relocated(YamlText.Parse(text[(at + 1)..], Override, hasLines: false), place);
        return (ConfigMap)keys.Reverse().Aggregate(value, (inner, key) => new ConfigMap([KeyValuePair.Create(key, inner)], place));
    }

    /// <summary>The overrides that say the same as a map: <see cref="ParseOverride"/> reads them back.</summary>
    public static IEnumerable<string> ToOverrides(ConfigMap map, string path = "") => map.Entries.SelectMany(entry =>
    {
        var key = RecordReader.Join(path, entry.Key);
        return entry.Value is ConfigMap inner ? ToOverrides(inner, key) : [$"{key}={OnALine(entry.Value)}"];
    });

    /// <summary>A value as YAML writes it on a line.</summary>
    public static string OnALine(ConfigNode node) => node switch
    {
        ConfigScalar { IsNull: true } => "null",
        ConfigScalar scalar => scalar.Quoted || scalar.Text.AsSpan().ContainsAny(Marks) ? RecordWriter.Value(scalar.Text) : scalar.Text,
        ConfigList list => $"[{string.Join(", ", list.Items.Select(OnALine))}]",
        ConfigMap map => $"{{{string.Join(", ", map.Entries.Select(entry => $"{entry.Key}: {OnALine(entry.Value)}"))}}}",
        _ => throw new ArgumentOutOfRangeException(nameof(node), node.GetType().Name, "an unknown node"),
    };

    private static IReadOnlyList<ConfigMap> LoadWithBases(string path, Place? named, IReadOnlyList<string> heirs)
    {
        var full = Path.GetFullPath(path);
        var place = named is { } p ? $"{p}: {BaseKey}: " : "";
        if (heirs.Contains(full))
            throw new UsageException($"{place}'{path}' inherits from itself");
        if (!File.Exists(full) && !Directory.Exists(full))
            throw new UsageException($"{place}there is no configuration file '{path}'");

        var map = LoadFile(path);
        if (map[BaseKey] is not { } node)
            return [map];
        if (node is not ConfigScalar { IsNull: false } parent)
            throw new UsageException($"{node.Place}: {BaseKey}: expected the name of one YAML file, relative to this one");
        var parentPath = WithoutSteps(Path.Combine(Path.GetDirectoryName(path) ?? "", parent.Text));
        return [.. LoadWithBases(parentPath, node.Place, [.. heirs, full]), map.Without(BaseKey)];
    }

    // `a/b.yaml` for `a/c/../b.yaml`: as a user would name the file.
    private static string WithoutSteps(string path) =>
        Path.IsPathRooted(path) ? Path.GetFullPath(path) : Path.GetRelativePath(".", Path.GetFullPath(path));

    private static ConfigNode Relocated(ConfigNode node, Place place) => node switch
    {
        ConfigMap map => new ConfigMap([.. map.Entries.Select(e => KeyValuePair.Create(e.Key, Relocated(e.Value, place)))], place),
        ConfigList list => new ConfigList([.. list.Items.Select(item => Relocated(item, place))], place),
        _ => node with { Place = place },
    };
}
