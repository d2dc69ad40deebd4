using System.Text.Json;
using Avs.Core;
using Avs.Core.Formats;
using Avs.Data.Clips;

namespace Avs.Data.AvsBench;

/// <summary>A row of AVSS's table beyond what every data set has.</summary>
/// <param name="Info">The clip; its id is the folder's name, its category what the table calls `a_obj`.</param>
/// <param name="Group">`v1s` (the clips of S4), `v1m` (those of MS3) or `v2` (longer ones): the folder that it lies in.</param>
public sealed record AvssRow(ClipInfo Info, string Group);

/// <summary>
/// Where the files of AVSBench's AVSS lie: `{label}/{uid}/frames/{i}.jpg`, `labels_rgb/{i}.png` and `audio.wav`, i from 0.
/// </summary>
/// <param name="root">The folder with the table.</param>
public sealed class AvssLayout(string root)
{
    public const string TableName = "metadata.csv", ClassesName = "label2idx.json";

    /// <summary>The clips that keep S4's rule: in training only the first frame is labelled.</summary>
    public const string SingleSource = "v1s";

    private static readonly string[] Homes = ["", "Semantic-labels", "AVSBench_semantic"];
    private static readonly string[] Groups = [SingleSource, "v1m", "v2"];

    public string Root { get; } = root;

    public string Table => Path.Combine(Root, TableName);

    public string ClassesFile => Path.Combine(Root, ClassesName);

    /// <summary>Finds the data set in a folder that holds its table, or in that folder's parent; null where it is in neither.</summary>
    public static AvssLayout? Find(string folder) =>
        Homes.Select(home => Path.Combine(folder, home))
            .FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, TableName))) is { } root
            ? new AvssLayout(Path.TrimEndingDirectorySeparator(root))
            : null;

    public string FolderOf(AvssRow row) => Path.Combine(Root, row.Group, row.Info.Id);

    /// <param name="t">The frame, from zero.</param>
    public string Frame(AvssRow row, int t) => AvsBenchLayout.Picture(Path.Combine(FolderOf(row), "frames", $"{t}"));

    /// <param name="t">The frame, from zero.</param>
    public string Label(AvssRow row, int t) => Path.Combine(FolderOf(row), "labels_rgb", $"{t}.png");

    public string Sound(AvssRow row) => Path.Combine(FolderOf(row), "audio.wav");

    /// <summary>The number of frames of a clip: one more than the highest number that its frames carry. Holes do not matter.</summary>
    public int FramesOf(AvssRow row)
    {
        var folder = Path.Combine(FolderOf(row), "frames");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Select(file => (AvsBenchLayout.NumberOf(file) ?? -1) + 1).DefaultIfEmpty(0).Max()
            : 0;
    }

    /// <summary>Reads every row of the table, in the file's order.</summary>
    /// <exception cref="DataException">A column is missing or a row has an impossible value; the sentence gives the line.</exception>
    public IReadOnlyList<AvssRow> ReadTable()
    {
        var table = CsvTable.Read(Table);
        int Column(string name) => table.Column(name) is >= 0 and var found
            ? found
            : throw new DataException($"{Table} line 1: no column '{name}'; found {string.Join(",", table.Header)}, expected "
                + "vid,uid,s_min,s_sec,a_obj,split,label");
        int id = Column("uid"), category = Column("a_obj"), split = Column("split"), group = Column("label");
        var last = Math.Max(Math.Max(id, category), Math.Max(split, group));
        var rows = new List<AvssRow>(table.Rows.Count);
        foreach (var line in table.Rows)
        {
            if (line.Fields.Count <= last)
                throw table.Wrong(line, $"{line.Fields.Count} values, expected at least {last + 1}");
            if (!Groups.Contains(line.Fields[group]))
                throw table.Wrong(line, $"the label is '{line.Fields[group]}', expected {string.Join(", ", Groups)}");
            rows.Add(new AvssRow(
                new ClipInfo(ClipTable.FolderName(table, line, "uid", line.Fields[id]), line.Fields[category],
                    ClipTable.SplitOf(table, line, line.Fields[split]), Scene: null),
                line.Fields[group]));
        }

        return rows;
    }

    /// <summary>The names of the classes by their numbers, background first.</summary>
    /// <exception cref="DataException">The file is missing, no JSON, or does not number the classes 0, 1, 2 and so on.</exception>
    public IReadOnlyList<string> ReadClasses()
    {
        var path = ClassesFile;
        Dictionary<string, int> numbers;
        try
        {
            numbers = JsonSerializer.Deserialize<Dictionary<string, int>>(WholeFile.Read(path)) ?? [];
        }
        catch (JsonException e)
        {
            throw new DataException($"{path} is not JSON of class names and numbers: {e.Message.Split(" Path:")[0]}", e);
        }

        var names = numbers.OrderBy(entry => entry.Value).ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i].Value != i)
                throw new DataException(
                    $"{path}: '{names[i].Key}' has number {names[i].Value}, expected {i}: classes are numbered from 0 without gaps");
        }

        return names.Length is >= 2 and <= AvssPalette.MostClasses
            ? [.. names.Select(entry => entry.Key)]
            : throw new DataException($"{path} names {names.Length} classes, expected 2 to {AvssPalette.MostClasses}");
    }
}
