using Avs.Data;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Avs.Train.Configuration;

/// <summary>
/// Reads a configuration from a YAML file, the files it names as its `base`, and the command line's overrides: later ones win, key by key.
/// </summary>
public static class ConfigSource
{
    private const string BaseKey = "base";
    private const string Override = "--set";

    /// <summary>Reads a file with everything it inherits, then applies overrides.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="overrides">Texts of the form `train.steps=200`.</param>
    /// <exception cref="UsageException">A file is missing or is not YAML, the files inherit in a circle, or an override has no `=`.</exception>
    public static ConfigMap Load(string path, IEnumerable<string>? overrides = null)
    {
        var map = LoadWithBases(path, null, []);
        return (overrides ?? []).Aggregate(map, (merged, text) => merged.MergedWith(ParseOverride(text)));
    }

    /// <summary>Reads one piece of YAML, which must be keys and values. `base` keys stay as they are.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">What to call the text in messages.</param>
    /// <exception cref="UsageException">The text is not YAML or not keys and values.</exception>
    public static ConfigMap Parse(string yaml, string file)
    {
        var root = ParseNode(yaml, file);
        return root switch
        {
            ConfigMap map => map,
            ConfigScalar { IsNull: true } => new ConfigMap([], root.Place),
            _ => throw new UsageException($"{root.Place}: found a single value or a list, expected keys and values such as 'seed: 1'"),
        };
    }

    private static ConfigMap LoadWithBases(string path, Place? named, IReadOnlyList<string> heirs)
    {
        var full = Path.GetFullPath(path);
        var place = named is { } p ? $"{p}: {BaseKey}: " : "";
        if (heirs.Contains(full))
            throw new UsageException($"{place}'{path}' inherits from itself");
        if (!File.Exists(full))
            throw new UsageException($"{place}there is no configuration file '{path}'");

        var map = Parse(File.ReadAllText(full), path);
        if (map[BaseKey] is not { } node)
            return map;
        if (node is not ConfigScalar { IsNull: false } parent)
            throw new UsageException($"{node.Place}: {BaseKey}: expected the name of one YAML file, relative to this one");
        var parentPath = Path.Combine(Path.GetDirectoryName(path) ?? "", parent.Text);
        return LoadWithBases(parentPath, node.Place, [.. heirs, full]).MergedWith(map.Without(BaseKey));
    }

    private static ConfigMap ParseOverride(string text)
    {
        var at = text.IndexOf('=');
        var keys = at < 0 ? [] : text[..at].Split('.', StringSplitOptions.TrimEntries);
        if (keys.Length == 0 || keys.Any(key => key.Length == 0))
            throw new UsageException($"{Override}: found '{text}', expected KEY=VALUE such as train.steps=200");
        var place = new Place(Override, null);
        var value = Relocated(ParseNode(text[(at + 1)..], Override), place);
        return (ConfigMap)keys.Reverse().Aggregate(value, (inner, key) => new ConfigMap([KeyValuePair.Create(key, inner)], place));
    }

    private static ConfigNode ParseNode(string yaml, string file)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException e)
        {
            var place = file == Override ? new Place(file, null) : new Place(file, (int)e.Start.Line);
            var reason = (e.InnerException?.Message ?? e.Message).TrimEnd('.');
            throw new UsageException($"{place}: this is not valid YAML: {reason}", e);
        }
        return stream.Documents.Count == 0
            ? new ConfigScalar("", false, new Place(file, 1))
            : Convert(stream.Documents[0].RootNode, file, (int)stream.Documents[0].RootNode.Start.Line);
    }

    private static ConfigNode Convert(YamlNode node, string file, int line)
    {
        var place = new Place(file, line);
        return node switch
        {
            YamlScalarNode scalar => new ConfigScalar(scalar.Value ?? "", scalar.Style is not ScalarStyle.Plain, place),
            YamlSequenceNode list => new ConfigList([.. list.Select(item => Convert(item, file, (int)item.Start.Line))], place),
            // The line of a value is its key's: that is where a reader looks for it.
            YamlMappingNode map => new ConfigMap([.. map.Children.Select(pair => KeyValuePair.Create(
                (pair.Key as YamlScalarNode)?.Value ?? throw new UsageException($"{place}: found a list or a map as a key, expected a name"),
                Convert(pair.Value, file, (int)pair.Key.Start.Line)))], place),
            _ => throw new UsageException($"{place}: found a kind of YAML that a configuration has no use for"),
        };
    }

    private static ConfigNode Relocated(ConfigNode node, Place place) => node switch
    {
        ConfigMap map => new ConfigMap([.. map.Entries.Select(e => KeyValuePair.Create(e.Key, Relocated(e.Value, place)))], place),
        ConfigList list => new ConfigList([.. list.Items.Select(item => Relocated(item, place))], place),
        _ => node with { Place = place },
    };
}
