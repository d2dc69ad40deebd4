using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Avs.Core;

namespace Avs.Data.Media;

/// <summary>The recordings of a file that was joined from several, each of whose time stamps start again.</summary>
/// <param name="Shifts">What is added to the time stamps of each recording, in seconds.</param>
internal sealed record JoinedRecordings(IReadOnlyList<double> Shifts)
{
    private static readonly TimeSpan LongestScan = TimeSpan.FromMinutes(10);

    // Time stamps that go back by more than reordered pictures do: another recording begins there.
    private const double Back = 0.5;

    /// <summary>A file of one recording, as nearly all are.</summary>
    public static JoinedRecordings None { get; } = new([]);

    public int Count => Shifts.Count;

    /// <summary>Whether nothing comes after the one segment of a Matroska file.</summary>
    public static bool IsSingleMatroska(string path)
    {
        // A header and a segment, each with an identifier of four bytes and its length in one to eight; an unknown length is all ones.
        using var file = File.OpenRead(path);
        Span<byte> element = stackalloc byte[12];
        for (var i = 0; i < 2; i++)
        {
            if (file.ReadAtLeast(element, element.Length, throwOnEndOfStream: false) < element.Length || element[4] == 0)
                return false;
            var bytes = BitOperations.LeadingZeroCount(element[4]) - 23;
            var unknown = (1L << (7 * bytes)) - 1;
            var length = (long)(BinaryPrimitives.ReadUInt64BigEndian(element[4..]) >> (64 - 8 * bytes)) & unknown;
            if (length == unknown)
                return false;
            file.Position += 4 + bytes + length - element.Length;
        }

        return file.Position >= file.Length;
    }

    /// <summary>Finds the recordings in a file by reading the packets of its tracks, without decoding.</summary>
    /// <param name="arguments">ffprobe's arguments that open the file.</param>
    /// <param name="tracks">The tracks taken from it.</param>
    public static JoinedRecordings Find(string path, IEnumerable<string> arguments, int[] tracks)
    {
        var answer = ExternalProgram.Run("ffprobe",
            ["-v", "quiet", "-show_entries", "packet=stream_index,pts_time,dts_time,duration_time", "-of", "compact=p=0", .. arguments],
            Path.GetTempPath(), $"{path} cannot be read", LongestScan);
        var last = new double[tracks.Length];
        Array.Fill(last, double.NegativeInfinity);
        var part = new int[tracks.Length];
        var parts = new List<(double Start, double End)>();
        foreach (var line in answer.AsSpan().EnumerateLines())
        {
            var (stream, pts, dts, duration) = (-1, double.NaN, double.NaN, 0.0);
            foreach (var range in line.Split('|'))
            {
                var field = line[range];
                var at = field.IndexOf('=');
                if (at < 0 || !double.TryParse(field[(at + 1)..], CultureInfo.InvariantCulture, out var value))
                    continue;
                switch (field[..at])
                {
                    case "stream_index": stream = (int)value; break;
                    case "pts_time": pts = value; break;
                    case "dts_time": dts = value; break;
                    case "duration_time": duration = value; break;
                }
            }

            var track = Array.IndexOf(tracks, stream);
            var stamp = double.IsNaN(dts) ? pts : dts;
            if (track < 0 || double.IsNaN(stamp))
                continue;
            if (stamp < last[track] - Back)
                part[track]++;
            last[track] = stamp;
            var shown = double.IsNaN(pts) ? dts : pts;
            if (part[track] == parts.Count)
                parts.Add((shown, shown + duration));
            else
                parts[part[track]] = (Math.Min(parts[part[track]].Start, shown), Math.Max(parts[part[track]].End, shown + duration));
        }

        var end = 0.0;
        var shifts = new double[parts.Count];
        for (var i = 0; i < shifts.Length; i++)
        {
            shifts[i] = end - parts[i].Start;
            end += parts[i].End - parts[i].Start;
        }

        return new JoinedRecordings(shifts);
    }

    /// <summary>
    /// The filter that has to come first, and a comma; empty where none is needed. Where a file was joined from recordings whose time
    /// stamps each start again, it puts them one after the other, pictures and sound alike. ffmpeg's own correction loses seconds where
    /// the last packets of one recording come after the first of the next (seen in 5.1 with recordings shorter than ten seconds).
    /// </summary>
    public string Clock(string filter)
    {
        if (Count < 2)
            return "";
        var shift = string.Concat(Shifts.SkipLast(1)
            .Select((value, i) => string.Create(CultureInfo.InvariantCulture, $"if(lt(ld(0),{i + 1}),{value:0.######},")))
            + string.Create(CultureInfo.InvariantCulture, $"{Shifts[^1]:0.######}") + new string(')', Count - 1);
        return string.Create(CultureInfo.InvariantCulture, $"{filter}='if(lt(T,PREV_INT-{Back}),st(0,ld(0)+1));(T+({shift}))/TB',");
    }
}
