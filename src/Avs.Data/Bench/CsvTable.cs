using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Avs.Data;

/// <summary>A comma-separated file with a header row: any line ends, byte order mark or quotes.</summary>
/// <param name="Path">Where it was read from.</param>
/// <param name="Header">The names in the first row.</param>
/// <param name="Rows">The other rows that are not empty.</param>
internal sealed record CsvTable(string Path, IReadOnlyList<string> Header, IReadOnlyList<CsvLine> Rows)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="DataException">It is missing, empty, not UTF-8 text or has a quote that never ends.</exception>
    public static CsvTable Read(string path) => Parse(path, WholeFile.Read(path));

    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="DataException">They are not UTF-8 text, hold no row, or have a quote that never ends.</exception>
    public static CsvTable Parse(string path, byte[] content)
    {
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture) { HasHeaderRecord = false, IgnoreBlankLines = true, TrimOptions = TrimOptions.Trim };
        try
        {
            using var text = new StreamReader(new MemoryStream(content), new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true));
            using var parser = new CsvParser(text, settings);
            var rows = new List<CsvLine>();
            while (parser.Read())
                rows.Add(new CsvLine(parser.RawRow, parser.Record!));
            return rows.Count > 0 ? new CsvTable(path, rows[0].Fields, rows[1..]) : throw new DataException($"{path} has no header row");
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

    /// <summary>The sentence for a row that is wrong.</summary>
    public DataException Wrong(CsvLine line, string what) => new($"{Path} line {line.Number}: {what}");
}

/// <summary>One row of a <see cref="CsvTable"/>.</summary>
/// <param name="Number">Its line in the file, from one.</param>
/// <param name="Fields">Its values, without the spaces around them.</param>
internal sealed record CsvLine(int Number, IReadOnlyList<string> Fields);
