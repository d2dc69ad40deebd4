using System.Globalization;
using System.Text;
using Avs.Core;
using Avs.Core.Formats;

namespace Avs.Data.Prepare;

/// <summary>One line of the journal.</summary>
/// <param name="Prepared">Whether its files are in place; false: it failed.</param>
/// <param name="Remark">Why it failed, or what was corrected; may be empty.</param>
/// <param name="Source">The video with its size and time, and the settings.</param>
/// <param name="Bytes">Bytes of the files made.</param>
internal sealed record JournalLine(string Clip, bool Prepared, string Remark, string Source, long Bytes);

/// <summary>
/// `prepare_report.csv`: the result for each clip. A line is added when a clip's files are in place, so that an interrupted preparation can
/// continue. The file is held open meanwhile, so that no two preparations write into one folder.
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

    /// <summary>The last line of a clip; null where there is none.</summary>
    public JournalLine? Find(string clip) => lines.GetValueOrDefault(clip);

    /// <summary>Adds a line and flushes it to the disk. Safe to call from several threads.</summary>
    public void Add(JournalLine line)
    {
        lock (gate)
        {
            lines[line.Clip] = line;
            file.Write(Encoding.UTF8.GetBytes(Text(line)));
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>Rewrites the file with these lines.</summary>
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
        // A line that was interrupted while it was written has no end.
        content = content[..(Array.LastIndexOf(content, (byte)'\n') + 1)];
        if (content.Length == 0)
            return;
        var table = CsvTable.Parse(Path, content);
        if (string.Join(',', table.Header) != Header)
            throw new DataException($"{Path} line 1: found {string.Join(',', table.Header)}, expected {Header}");
        foreach (var line in table.Rows)
        {
            if (line.Fields.Count == 5 && long.TryParse(line.Fields[4], CultureInfo.InvariantCulture, out var bytes)
                && line.Fields[1] is "prepared" or "failed")
                lines[line.Fields[0]] = new JournalLine(line.Fields[0], line.Fields[1] == "prepared", line.Fields[2], line.Fields[3],
                    bytes);
        }
    }

    private static string Text(JournalLine line)
    {
        var (clip, remark, source) = (PrepareTable.Quoted(line.Clip), PrepareTable.Quoted(line.Remark), PrepareTable.Quoted(line.Source));
        var state = line.Prepared ? "prepared" : "failed";
        return string.Create(CultureInfo.InvariantCulture, $"{clip},{state},{remark},{source},{line.Bytes}\n");
    }
}
