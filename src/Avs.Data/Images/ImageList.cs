using System.Globalization;
using Avs.Core;
using Avs.Core.Formats;

namespace Avs.Data.Images;

/// <summary>
/// A list of pictures with numbers beside them: a CSV file whose first column is `image_id`, or CelebA's own text files, whose values are
/// separated by spaces. There the first line of a list of attributes is the number of pictures and the second their names; the list of
/// partitions begins with the first picture.
/// </summary>
/// <param name="Path">Where it was read from.</param>
/// <param name="Names">The names of the numbers; empty where the file has no header.</param>
/// <param name="Rows">Each picture with its values.</param>
internal sealed record ImageList(string Path, IReadOnlyList<string> Names, IReadOnlyList<CsvLine> Rows)
{
    /// <param name="path">A `.csv` or `.txt` file.</param>
    /// <exception cref="DataException">It is missing, no such list, or it does not hold as many pictures as it says.</exception>
    public static ImageList Read(string path) => IsText(path) ? ReadText(path) : ReadTable(path);

    /// <summary>The names of CelebA's lists that are not its attributes.</summary>
    public static bool IsCompanion(string path) => System.IO.Path.GetFileName(path) is var name
        && (name.StartsWith("list_eval_partition", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("list_landmarks", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("list_bbox", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("identity", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Whether a text file has the form of a list of attributes: a number, names, and rows of a picture and as many 1, 0 or -1.
    /// </summary>
    public static bool IsAttributes(string path)
    {
        try
        {
            return File.ReadLines(path).Take(3).Select(Words).ToArray() is [[var count], var names, [_, .. var values]] && IsCount(count)
                && values.Length == names.Length && values.All(value => value is "1" or "0" or "-1");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public DataException Wrong(CsvLine line, string what) => new($"{Path} line {line.Number}: {what}");

    private static bool IsText(string path) => System.IO.Path.GetExtension(path).Equals(".txt", StringComparison.OrdinalIgnoreCase);

    private static ImageList ReadTable(string path)
    {
        var table = CsvTable.Read(path);
        return table.Column("image_id") == 0 && table.Header.Count > 1
            ? new ImageList(path, [.. table.Header.Skip(1)], table.Rows)
            : throw new DataException($"{path} line 1: found {string.Join(",", table.Header.Take(4))}, expected image_id and attributes");
    }

    private static ImageList ReadText(string path)
    {
        using var text = new StreamReader(new MemoryStream(WholeFile.Read(path)));
        CsvLine[] lines = [.. text.ReadToEnd().Split('\n').Select((line, i) => new CsvLine(i + 1, Words(line)))
            .Where(line => line.Fields.Count > 0)];
        if (lines is not [{ Fields: [var count] }, var names, .. var rows] || !IsCount(count))
            return new ImageList(path, [], lines);
        return rows.Length == int.Parse(count, CultureInfo.InvariantCulture)
            ? new ImageList(path, names.Fields, rows)
            : throw new DataException($"{path} line 1: it says {count} pictures, but {rows.Length} follow");
    }

    private static bool IsCount(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string[] Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
