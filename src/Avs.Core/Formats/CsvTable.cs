using System.Globalization;
using System.Numerics;
using CsvHelper;
using CsvHelper.Configuration;

namespace Avs.Core.Formats;

/// <summary>A comma-separated file with a header row: any line ends, byte order mark (of UTF-8 or UTF-16) or quotes.</summary>
/// <param name="Path">Where it was read from.</param>
/// <param name="First">The first row that is not empty.</param>
/// <param name="Rows">The other rows that are not empty.</param>
public sealed record CsvTable(string Path, CsvLine First, IReadOnlyList<CsvLine> Rows)
{
    public IReadOnlyList<string> Header { get; private init; } = First.Fields;

    /// <exception cref="DataException">It is missing, empty, not UTF-8 text or has a quote that never ends.</exception>
    public static CsvTable Read(string path) => Parse(path, WholeFile.Read(path));

    /// <exception cref="DataException">They are not UTF-8 text, hold no row, are not separated by commas, or have a quote that never
    /// ends.</exception>
    public static CsvTable Parse(string path, byte[] content)
    {
        // A mark at the start says UTF-16 (spreadsheets' "Unicode text"); without one there are zeros between the letters.
        if (content.AsSpan(0, Math.Min(content.Length, 4)).Contains((byte)0) && content is not ([0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]))
            throw new DataException($"{path} is not UTF-8 text (it looks like UTF-16); save it as a CSV file in UTF-8");
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            HasHeaderRecord = false,
            IgnoreBlankLines = true,
            TrimOptions = TrimOptions.Trim,
        };
        try
        {
            using var reader = new StreamReader(new MemoryStream(content), new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true));
            var text = reader.ReadToEnd();
            RequireCommas(path, text);
            using var parser = new CsvParser(new StringReader(text), settings);
            var rows = new List<CsvLine>();
            while (parser.Read())
                rows.Add(new CsvLine(parser.RawRow, parser.Record!));
            return rows.Count > 0 ? new CsvTable(path, rows[0], rows[1..]) : throw new DataException($"{path} has no header row");
        }
        catch (BadDataException e)
        {
            throw new DataException($"{path} line {e.Context?.Parser?.RawRow}: a quote is out of place", e);
        }
        catch (System.Text.DecoderFallbackException e)
        {
            throw new DataException($"{path} is not UTF-8 text", e);
        }
    }

    /// <summary>The same table where the first row is not a header but data, as VGGSound's own list has it.</summary>
    public CsvTable WithoutHeader() => this with { Header = [.. Header.Select(_ => "")], Rows = [First, .. Rows] };

    /// <summary>The position of a column by name (letter case ignored), or -1.</summary>
    public int Column(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            for (var i = 0; i < Header.Count; i++)
            {
                if (string.Equals(Header[i], name, StringComparison.OrdinalIgnoreCase))
                    return i;
            }
        }

        return -1;
    }

    /// <summary>The position of a column that must be there.</summary>
    /// <exception cref="DataException">It is not.</exception>
    public int Require(string name) => Column(name) is >= 0 and var at ? at : throw new DataException($"{Path} has no column '{name}'");

    /// <summary>A row's number in a column.</summary>
    /// <exception cref="DataException">There is something else, or nothing.</exception>
    public T Number<T>(CsvLine line, int column) where T : struct, INumber<T> =>
        OptionalNumber<T>(line, column) ?? throw Wrong(line, $"{Header[column]} is empty, expected a number");

    /// <summary>A row's number in a column; null where the field is empty or, without the column (-1), not there.</summary>
    /// <exception cref="DataException">There is something else.</exception>
    public T? OptionalNumber<T>(CsvLine line, int column) where T : struct, INumber<T>
    {
        if (column < 0 || line.Fields.ElementAtOrDefault(column) is not { Length: > 0 } text)
            return null;
        return T.TryParse(text, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Wrong(line, $"{Header[column]}: found '{text}', expected a number");
    }

    // Spreadsheets separate by semicolons or tabs where the comma is the decimal sign, which then stands within values.
    private static void RequireCommas(string path, string text)
    {
        using var lines = new StringReader(text);
        var (line, number) = ("", 0);
        while (line.Length == 0 && lines.ReadLine() is { } next)
            (line, number) = (next.Trim(), number + 1);
        var bare = string.Concat(line.Split('"').Where((_, i) => i % 2 == 0));
        var commas = bare.Count(letter => letter == ',');
        foreach (var (separator, name) in new[] { (';', ";"), ('\t', "tabs"), ('|', "|") })
        {
            if (bare.Count(letter => letter == separator) > commas)
                throw new DataException($"{path} line {number}: its values are separated by {name}, expected commas");
        }

        if (commas == 0 && bare.Trim().Contains(' '))
            throw new DataException($"{path} line {number}: its values are separated by spaces, expected commas");
    }

    /// <summary>The sentence for a row that is wrong.</summary>
    public DataException Wrong(CsvLine line, string what) => new($"{Path} line {line.Number}: {what}");
}

/// <summary>One row of a <see cref="CsvTable"/>.</summary>
/// <param name="Number">Its line in the file, from one.</param>
/// <param name="Fields">Its values, without the spaces around them.</param>
public sealed record CsvLine(int Number, IReadOnlyList<string> Fields);
