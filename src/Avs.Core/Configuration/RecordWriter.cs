using System.Collections;
using System.Globalization;
using System.Text;

namespace Avs.Core.Configuration;

/// <summary>A record some of whose keys have no value yet, so that they are not written.</summary>
public interface ILeavesKeysOut
{
    /// <summary>With dots between: `model.network.image`.</summary>
    IEnumerable<string> KeysLeftOut { get; }
}

/// <summary>Writes a configuration record as YAML that <see cref="RecordReader"/> reads back to the same record.</summary>
public static class RecordWriter
{
    /// <summary>The record as YAML, every key with its value, but those that an <see cref="ILeavesKeysOut"/> leaves out.</summary>
    public static string Write(object record)
    {
        var yaml = new StringBuilder();
        WriteKeys(yaml, record, "", [.. (record as ILeavesKeysOut)?.KeysLeftOut ?? []]);
        return yaml.ToString();
    }

    /// <summary>One value as YAML writes it on a line.</summary>
    /// <param name="value">A scalar, a list of scalars, or null.</param>
    public static string Value(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        Enum name => RecordReader.SnakeCase(name.ToString()),
        string text => Text(text),
        IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(Value)) + "]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException(
                $"a configuration record has a value of type {value.GetType()}, which the writer does not know"),
    };

    private static void WriteKeys(StringBuilder yaml, object record, string indent, IReadOnlyList<string> leftOut)
    {
        foreach (var (key, property) in RecordReader.Keys(record.GetType()))
        {
            if (leftOut.Contains(key))
                continue;
            var value = property.GetValue(record);
            if (value is not null && RecordReader.IsRecord(value.GetType()))
            {
                yaml.Append(indent).Append(key).Append(":\n");
                var within = leftOut.Where(path => path.StartsWith($"{key}.", StringComparison.Ordinal));
                WriteKeys(yaml, value, indent + "  ", [.. within.Select(path => path[(key.Length + 1)..])]);
            }
            else
            {
                yaml.Append(indent).Append(key).Append(": ").Append(Value(value)).Append('\n');
            }
        }
    }

    // Plain where nothing could misread it, else in double quotation marks.
    private static string Text(string text)
    {
        var plain = text.Length > 0 && char.IsLetter(text[0]) && text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/')
            && text is not ("null" or "true" or "false" or "yes" or "no" or "on" or "off");
        if (plain)
            return text;
        var escaped = text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\t", "\\t").Replace("\r", "\\r");
        return $"\"{escaped}\"";
    }
}
