using System.Collections;
using System.Globalization;

namespace Avs.Core.Configuration;

/// <summary>A record some of whose keys have no value yet, so that they are not written.</summary>
public interface ILeavesKeysOut
{
    /// <summary>With dots between: `model.network.image`.</summary>
    IEnumerable<string> KeysLeftOut { get; }
}

/// <summary>A line of a written record.</summary>
/// <param name="Text">The line itself.</param>
/// <param name="Key">Its key with those that it lies in: `train.steps`.</param>
/// <param name="IsHeading">Whether the value is a record, whose keys follow.</param>
/// <param name="Value">The key's value.</param>
public sealed record WrittenLine(string Text, string Key, bool IsHeading, object? Value);

/// <summary>Writes a configuration record as YAML that <see cref="RecordReader"/> reads back to the same record.</summary>
public static class RecordWriter
{
    /// <summary>The record as YAML, every key with its value, but those that an <see cref="ILeavesKeysOut"/> leaves out.</summary>
    public static string Write(object record) => string.Concat(Lines(record).Select(line => line.Text + '\n'));

    /// <summary>What <see cref="Write"/> writes, line by line.</summary>
    public static IReadOnlyList<WrittenLine> Lines(object record) =>
        [.. Lines(record, "", "", [.. (record as ILeavesKeysOut)?.KeysLeftOut ?? []])];

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

    private static IEnumerable<WrittenLine> Lines(object record, string indent, string path, IReadOnlyList<string> leftOut)
    {
        foreach (var (name, property) in RecordReader.Keys(record.GetType()))
        {
            var key = RecordReader.Join(path, name);
            if (leftOut.Contains(key))
                continue;
            var value = property.GetValue(record);
            var isRecord = value is not null && RecordReader.IsRecord(value.GetType());
            yield return new WrittenLine($"{indent}{name}:{(isRecord ? "" : " " + Value(value))}", key, isRecord, value);
            foreach (var line in isRecord ? Lines(value!, indent + "  ", key, leftOut) : [])
                yield return line;
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
