using Avs.Core;
using Avs.Core.Formats;
using Avs.Data.Clips;

namespace Avs.Data.AvsBench;

/// <summary>The tables of AVSBench: `s4_meta_data.csv`, `ms3_meta_data.csv` and, for AVS-Stamps, `stamps.csv` beside them.</summary>
internal static class ClipTable
{
    private sealed record Columns(int Name, int Category, int Split);

    private static readonly string[] Names = ["name", "video_id", "category", "split", "start", "start_second", "start_seconds",
        "start_time", "file", "video", "path"];

    /// <summary>Reads every row of a subset's table, in the file's order.</summary>
    /// <exception cref="DataException">A column is missing or a row has an impossible value; the sentence gives the line.</exception>
    public static IReadOnlyList<ClipInfo> Read(string path, Subset subset) => Read(Open(path), subset);

    /// <summary>A table whose first row, where it is no header but a clip, is among its rows.</summary>
    public static CsvTable Open(string path)
    {
        var table = CsvTable.Read(path);
        return table.Column(Names) < 0 && table.First.Fields.Any(IsSplit) ? table.WithoutHeader() : table;
    }

    /// <summary>
    /// The subset that a table's columns belong to: S4 has a category, by name, or by position where no column has a name.
    /// </summary>
    public static Subset SubsetOf(CsvTable table) =>
        table.Column("category") >= 0
            || (table.Column(Names) < 0 && table.Rows is [{ Fields: [_, _, _, var split, ..] }, ..] && IsSplit(split))
            ? Subset.S4
            : Subset.MS3;

    /// <summary>Reads every row of an open table, in the file's order.</summary>
    /// <exception cref="DataException">A column is missing or a row has an impossible value; the sentence gives the line.</exception>
    public static IReadOnlyList<ClipInfo> Read(CsvTable table, Subset subset)
    {
        var columns = Find(table, subset);
        var last = Math.Max(columns.Name, Math.Max(columns.Category, columns.Split));
        var clips = new List<ClipInfo>(table.Rows.Count);
        foreach (var line in table.Rows)
        {
            if (line.Fields.Count <= last)
                throw table.Wrong(line, $"{line.Fields.Count} values, expected at least {last + 1}");
            var name = FolderName(table, line, "clip name", line.Fields[columns.Name]);
            var category = columns.Category < 0 ? "" : FolderName(table, line, "category", line.Fields[columns.Category]);
            clips.Add(new ClipInfo(name, category, SplitOf(table, line, line.Fields[columns.Split]), Scene: null));
        }

        return clips;
    }

    /// <summary>Adds the columns of `stamps.csv` to each clip; a clip that it does not name stays as it is.</summary>
    /// <exception cref="DataException">A column is missing or a row has an impossible value.</exception>
    public static IReadOnlyList<ClipInfo> WithStamps(IReadOnlyList<ClipInfo> clips, string path)
    {
        var table = CsvTable.Read(path);
        int name = Required(table, "name"), scene = Required(table, "scene"), sounding = Required(table, "object"),
            seen = Required(table, "seen");
        var last = Math.Max(Math.Max(name, scene), Math.Max(sounding, seen));
        var lines = new Dictionary<string, CsvLine>();
        foreach (var line in table.Rows)
        {
            if (line.Fields.Count <= last)
                throw table.Wrong(line, $"{line.Fields.Count} values, expected at least {last + 1}");
            lines[line.Fields[name]] = line;
        }

        return [.. clips.Select(clip => lines.TryGetValue(clip.Id, out var line) ? With(clip, line) : clip)];

        ClipInfo With(ClipInfo clip, CsvLine line) => clip with
        {
            Scene = NotEmpty(line.Fields[scene]),
            SoundingObject = NotEmpty(line.Fields[sounding]),
            RecordingSeen = YesOrNo(table, line, line.Fields[seen]),
        };
    }

    // By name where the header has it; else at the positions that the published code reads, unless the header names
    // something else there.
    private static Columns Find(CsvTable table, Subset subset)
    {
        var name = table.Column("name", "video_id");
        var category = subset == Subset.S4 ? table.Column("category") : -1;
        var split = table.Column("split");
        int[] known = [name, category, split];
        int Place(int found, int position, string what)
        {
            if (found >= 0)
                return found;
            if (position < table.Header.Count && !known.Contains(position))
                return position;
            throw new DataException(
                $"{table.Path} line 1: no column for the {what}; found {string.Join(",", table.Header)}, expected {Expected(subset)}");
        }

        return subset == Subset.S4
            ? new(Place(name, 0, "clip name"), Place(category, 2, "category"), Place(split, 3, "split"))
            : new(Place(name, 0, "clip name"), -1, Place(split, 1, "split"));
    }

    private static string Expected(Subset subset) => subset == Subset.S4 ? "name,start,category,split" : "video_id,split";

    private static bool IsSplit(string value) => value is "train" or "val" or "test";

    internal static Split SplitOf(CsvTable table, CsvLine line, string value) => value switch
    {
        "train" => Split.Train,
        "val" => Split.Val,
        "test" => Split.Test,
        _ => throw table.Wrong(line, $"the split is '{value}', expected train, val or test"),
    };

    internal static string FolderName(CsvTable table, CsvLine line, string what, string value) =>
        value is not ("" or "." or "..") && value.IndexOfAny(['/', '\\', '\0']) < 0
            ? value
            : throw table.Wrong(line, $"the {what} is '{value}', expected a name that a file can have");

    private static int Required(CsvTable table, string name) => table.Column(name) is >= 0 and var found
        ? found
        : throw new DataException(
            $"{table.Path} line 1: no column '{name}'; found {string.Join(",", table.Header)}, expected name,scene,split,object,seen");

    private static string? NotEmpty(string value) => value.Length > 0 ? value : null;

    private static bool YesOrNo(CsvTable table, CsvLine line, string value) => value.ToLowerInvariant() switch
    {
        "1" or "true" or "yes" => true,
        "0" or "false" or "no" => false,
        _ => throw table.Wrong(line, $"'seen' is '{value}', expected true or false"),
    };
}
