using System.Globalization;
using Avs.Core;
using Avs.Core.Formats;
using Avs.Data.AvsBench;
using Avs.Data.Clips;

namespace Avs.Data.Prepare;

/// <summary>A clip to prepare.</summary>
/// <param name="Info">Its row of the table.</param>
/// <param name="Start">The start second as the table writes it.</param>
/// <param name="StartSeconds">The start second; null where the table gives none.</param>
/// <param name="File">The video that the table names; null where it names none.</param>
internal sealed record ClipRequest(ClipInfo Info, string Start, double? StartSeconds, string? File)
{
    /// <summary>The clip's name in the journal.</summary>
    public string Key => string.Join('/', new[] { Info.Split.Name(), Info.Category, Info.Id }.Where(part => part.Length > 0));
}

/// <summary>Reads the table of clips to prepare and writes the one of the clips that were prepared.</summary>
internal sealed record PrepareTable(Subset Subset, IReadOnlyList<ClipRequest> Clips)
{
    public static PrepareTable Read(string path, Subset? wanted)
    {
        var table = ClipTable.Open(path);
        var subset = wanted ?? ClipTable.SubsetOf(table);
        var infos = ClipTable.Read(table, subset);
        var file = table.Column("file", "video", "path");
        var start = StartColumn(table, subset);
        var clips = new List<ClipRequest>(infos.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < infos.Count; i++)
        {
            var line = table.Rows[i];
            var text = Field(line, start);
            double? seconds = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && number is >= 0 and < 1e7
                ? number
                : null;
            if (text.Length > 0 && seconds is null)
                throw table.Wrong(line, $"the start is '{text}', expected seconds such as 30 or 12.5");
            var clip = new ClipRequest(infos[i], text.Length > 0 ? text
                : "0", seconds, Field(line, file) is { Length: > 0 } named ? named
                : null);
            // MS3's frames have no split folder, so the same name in two splits would be the same files.
            if (!seen.Add(subset == Subset.MS3 ? clip.Info.Id : clip.Key))
                throw table.Wrong(line, $"the clip {clip.Info.Id} was named before");
            clips.Add(clip);
        }

        return clips.Count > 0 ? new PrepareTable(subset, clips) : throw new DataException($"{path} names no clip");
    }

    public string Text(IEnumerable<ClipRequest> clips) => Subset == Subset.S4
        ? "name,start,category,split\n"
            + string.Concat(clips.Select(c => $"{Quoted(c.Info.Id)},{c.Start},{Quoted(c.Info.Category)},{c.Info.Split.Name()}\n"))
        : "video_id,split\n" + string.Concat(clips.Select(c => $"{Quoted(c.Info.Id)},{c.Info.Split.Name()}\n"));

    /// <summary>A value as a CSV file writes it.</summary>
    public static string Quoted(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    // By name; in S4 also at the position that the published code reads, unless its header names something else.
    private static int StartColumn(CsvTable table, Subset subset)
    {
        var named = table.Column("start", "start_second", "start_seconds", "start_time");
        int[] others = [table.Column("name"), table.Column("video_id"), table.Column("category"), table.Column("split"),
            table.Column("file", "video", "path")];
        return named < 0 && subset == Subset.S4 && table.Header.Count > 3 && !others.Contains(1) ? 1 : named;
    }

    private static string Field(CsvLine line, int column) => column >= 0 && column < line.Fields.Count ? line.Fields[column] : "";
}
