using System.Globalization;
using System.Text;
using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Clips;
using Avs.Data.Media;

namespace Avs.Data.Prepare;

/// <summary>One line of the journal.</summary>
/// <param name="Clip">The clip's key.</param>
/// <param name="Prepared">Whether its files are in place; else it failed.</param>
/// <param name="Remark">Why it failed, or what was put right; may be empty.</param>
/// <param name="Source">The video with its size and time, and the settings: what the files were made of.</param>
/// <param name="Bytes">Bytes of the files made.</param>
internal sealed record JournalLine(string Clip, bool Prepared, string Remark, string Source, long Bytes);

/// <summary>
/// `prepare_report.csv`: what became of each clip. A line is added when a clip's files are in place, so a preparation that was cut off is gone
/// on with; it is held open meanwhile, so that no two preparations write into one folder.
/// </summary>
internal sealed class PrepareJournal : IDisposable
{
    public const string FileName = "prepare_report.csv";

    private const string Header = "clip,state,remark,source,bytes";

    private readonly Lock gate = new();
    private readonly FileStream file;
    private readonly Dictionary<string, JournalLine> lines = new(StringComparer.Ordinal);

    /// <exception cref="DataException">Another process holds it, or it is not a journal.</exception>
    public PrepareJournal(string path)
    {
        Path = path;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DataException($"{path} is in use: another preparation works in this folder", e);
        }

        try
        {
            Read();
            Rewrite(lines.Values);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>What was last said of a clip; null where nothing was.</summary>
    public JournalLine? Of(string clip) => lines.GetValueOrDefault(clip);

    /// <summary>Adds a line and has it on the disk before returning. Safe to call from several threads.</summary>
    public void Add(JournalLine line)
    {
        lock (gate)
        {
            lines[line.Clip] = line;
            file.Write(Encoding.UTF8.GetBytes(Text(line)));
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>Leaves one line for each of these clips, in their order.</summary>
    public void Rewrite(IEnumerable<JournalLine> kept)
    {
        var text = Header + "\n" + string.Concat(kept.Select(Text));
        file.Position = 0;
        file.Write(Encoding.UTF8.GetBytes(text));
        file.SetLength(file.Position);
        file.Flush(flushToDisk: true);
    }

    public void Dispose() => file.Dispose();

    private void Read()
    {
        var content = new byte[file.Length];
        file.ReadExactly(content);
        // A line that was cut off while it was written has no end.
        content = content[..(Array.LastIndexOf(content, (byte)'\n') + 1)];
        if (content.Length == 0)
            return;
        var table = CsvTable.Parse(Path, content);
        if (string.Join(',', table.Header) != Header)
            throw new DataException($"{Path} line 1: found {string.Join(',', table.Header)}, expected {Header}");
        foreach (var line in table.Rows)
        {
            if (line.Fields.Count == 5 && long.TryParse(line.Fields[4], CultureInfo.InvariantCulture, out var bytes) && line.Fields[1] is "prepared" or "failed")
                lines[line.Fields[0]] = new JournalLine(line.Fields[0], line.Fields[1] == "prepared", line.Fields[2], line.Fields[3], bytes);
        }
    }

    private static string Text(JournalLine line) => string.Create(CultureInfo.InvariantCulture,
        $"{PrepareTable.Quoted(line.Clip)},{(line.Prepared ? "prepared" : "failed")},{PrepareTable.Quoted(line.Remark)},{PrepareTable.Quoted(line.Source)},{line.Bytes}\n");
}
