using System.Globalization;

namespace Avs.Core.Configuration;

/// <summary>Where a value was written: a file and a line, or the command line.</summary>
/// <param name="File">The file as the user would name it, or `--set`.</param>
/// <param name="Line">The line, counted from one; null where there are no lines.</param>
public readonly record struct Place(string File, int? Line)
{
    /// <summary>`experiments/x.yaml:12`, or `--set`.</summary>
    public override string ToString() => Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"{File}:{line}") : File;
}

/// <summary>A piece of a configuration before it has a type; it remembers where it was written.</summary>
/// <param name="Place">Where it was written.</param>
public abstract record ConfigNode(Place Place);

/// <summary>One value, as text.</summary>
/// <param name="Text">The text without quotation marks.</param>
/// <param name="Quoted">Whether it stood in quotation marks, and so is text even where it looks like a number or null.</param>
/// <param name="Place">Where it was written.</param>
public sealed record ConfigScalar(string Text, bool Quoted, Place Place) : ConfigNode(Place)
{
    /// <summary>Whether it says "no value": nothing, `~` or `null`.</summary>
    public bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A list of values.</summary>
/// <param name="Items">The values in order.</param>
/// <param name="Place">Where it was written.</param>
public sealed record ConfigList(IReadOnlyList<ConfigNode> Items, Place Place) : ConfigNode(Place);

/// <summary>Keys and their values, in the order they were written.</summary>
/// <param name="Entries">The keys and values.</param>
/// <param name="Place">Where it was written.</param>
public sealed record ConfigMap(IReadOnlyList<KeyValuePair<string, ConfigNode>> Entries, Place Place) : ConfigNode(Place)
{
    /// <summary>The value of a key, or null where the key is absent.</summary>
    public ConfigNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key).Value;

    /// <summary>This map without some keys.</summary>
    public ConfigMap Without(params IReadOnlyCollection<string> keys) =>
        this with { Entries = [.. Entries.Where(entry => !keys.Contains(entry.Key))] };

    /// <summary>This map with no other keys than these.</summary>
    public ConfigMap Only(params IReadOnlyCollection<string> keys) =>
        this with { Entries = [.. Entries.Where(entry => keys.Contains(entry.Key))] };

    /// <summary>The value at a dotted name, or null where there is none.</summary>
    public ConfigNode? At(string path) => path.Split('.', 2) is [var first, var rest] ? (this[first] as ConfigMap)?.At(rest) : this[path];

    /// <summary>This map without the value at a dotted name.</summary>
    public ConfigMap WithoutAt(string path)
    {
        if (path.Split('.', 2) is not [var first, var rest])
            return Without(path);
        ConfigNode Shortened(KeyValuePair<string, ConfigNode> entry) =>
            entry.Key == first && entry.Value is ConfigMap inner ? inner.WithoutAt(rest) : entry.Value;
        return this with { Entries = [.. Entries.Select(entry => KeyValuePair.Create(entry.Key, Shortened(entry)))] };
    }

    /// <summary>A map that holds a value at a dotted name and nothing else.</summary>
    public static ConfigMap From(string path, ConfigNode value) => path.Split('.', 2) is [var first, var rest]
        ? new ConfigMap([KeyValuePair.Create(first, (ConfigNode)From(rest, value))], value.Place)
        : new ConfigMap([KeyValuePair.Create(path, value)], value.Place);

    /// <summary>This map changed by another: maps are merged key by key, anything else is replaced.</summary>
    /// <param name="changes">What wins where both have a key.</param>
    public ConfigMap MergedWith(ConfigMap changes)
    {
        var merged = new List<KeyValuePair<string, ConfigNode>>(Entries);
        foreach (var (key, change) in changes.Entries)
        {
            var at = merged.FindIndex(entry => entry.Key == key);
            var value = at >= 0 && merged[at].Value is ConfigMap mine && change is ConfigMap theirs ? mine.MergedWith(theirs) : change;
            if (at >= 0)
                merged[at] = KeyValuePair.Create(key, value);
            else
                merged.Add(KeyValuePair.Create(key, value));
        }
        return this with { Entries = merged };
    }
}
