using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Media;

/// <summary>The track of pictures that is taken from a file.</summary>
/// <param name="Index">Its number among all the file's tracks.</param>
/// <param name="Rate">Pictures a second as the file states it; what it really has is told by the pictures' times.</param>
/// <param name="StatedSeconds">How long it lasts; 0 where the file does not say.</param>
public sealed record PictureStream(int Index, double Rate, double StatedSeconds);

/// <summary>The track of sound that is taken from a file.</summary>
/// <param name="Index">Its number among all the file's tracks.</param>
/// <param name="Channels">How many channels it has.</param>
public sealed record SoundStream(int Index, int Channels);

/// <summary>
/// A video or sound file as ffprobe sees it: which of its tracks are taken. The track flagged default counts, otherwise the first;
/// cover pictures are no track of pictures.
/// </summary>
public sealed record MediaFile
{
    // What a file without a usable frame rate is taken to have.
    private const double UsualRate = 25;

    private const double LongestSeconds = 7 * 24 * 3600;

    // A broadcast recording may begin with seconds of one track alone; by default ffmpeg looks for others only in the first five.
    private static readonly string[] Search = ["-probesize", "50M", "-analyzeduration", "30M"];

    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(60), LongestScan = TimeSpan.FromMinutes(10);

    // Time stamps that go back by more than pictures are reordered by: another recording begins there.
    private const double Back = 0.5;

    // For each of the recordings that were put together, what is added to its time stamps; empty where it is one, as nearly all are.
    private IReadOnlyList<double> shifts = [];

    private MediaFile(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Null where there is none.</summary>
    public PictureStream? Pictures { get; private init; }

    /// <summary>Null where there is none.</summary>
    public SoundStream? Sound { get; private init; }

    /// <summary>What is to be known of its tracks of pictures, such as that there are several; empty where nothing is.</summary>
    public IReadOnlyList<string> PictureNotes { get; private init; } = [];

    /// <summary>The same of its tracks of sound.</summary>
    public IReadOnlyList<string> SoundNotes { get; private init; } = [];

    /// <summary>Whether it has a cover picture, as music files do.</summary>
    public bool HasCover { get; private init; }

    /// <summary>Whether ffmpeg, told where to begin, gives the same pictures and times as from the start on: in kinds with a table of times.</summary>
    internal bool SeeksExactly { get; private init; }

    /// <summary>Asks ffprobe.</summary>
    /// <exception cref="DataException">The file is missing, empty, a folder, or of no kind that can be read.</exception>
    public static MediaFile Read(string path)
    {
        RequireFile(path);
        var answer = ExternalProgram.Run("ffprobe",
            ["-v", "error", .. Search, "-show_entries",
                "format=duration,format_name:stream=index,codec_type,channels,avg_frame_rate,r_frame_rate,duration"
                + ":stream_disposition=default,attached_pic,timed_thumbnails:stream_tags=language,title,DURATION",
                "-of", "json", "-i", Name(path)],
            System.IO.Path.GetTempPath(), $"{path} holds no picture that can be decoded and no sound, it cannot be read", LongestProbe);
        using var json = JsonDocument.Parse(answer);
        var format = json.RootElement.TryGetProperty("format", out var found) ? found : default;
        // Programs of a broadcast name their streams a second time; only the list at the top counts.
        var streams = json.RootElement.TryGetProperty("streams", out var list) ? list.EnumerateArray().ToArray() : [];
        var covers = streams.Where(stream => Flag(stream, "attached_pic") || Flag(stream, "timed_thumbnails")).ToArray();
        var pictures = streams.Except(covers).Where(stream => Text(stream, "codec_type") == "video").ToArray();
        var sounds = streams.Where(stream => Text(stream, "codec_type") == "audio").ToArray();
        var media = new MediaFile(path)
        {
            Pictures = Chosen(pictures) is { } shown ? new PictureStream(Index(shown), Rate(shown), Seconds(shown, format)) : null,
            Sound = Chosen(sounds) is { } heard ? new SoundStream(Index(heard), Math.Max(1, (int)Number(heard, "channels"))) : null,
            PictureNotes = Several(pictures, "tracks of pictures"),
            SoundNotes = Several(sounds, "sound tracks"),
            HasCover = covers.Length > 0,
        };
        var kind = Text(format, "format_name");
        if (IsOneRecording(path, kind) || media.Shifts() is not { Length: > 1 } shifts)
            return media with { SeeksExactly = IsMp4(kind) || IsMatroska(kind) };
        var note = $"its time stamps start again {shifts.Length - 1} times: it was put together from several recordings, which are taken one after the other";
        return media with { shifts = shifts, PictureNotes = [.. media.PictureNotes, note] };
    }

    /// <summary>
    /// ffmpeg's arguments that open it. The clock is the file's own: it begins where the first of the tracks taken begins. For that ffmpeg must
    /// see both of them, so whoever decodes one passes the other by with <see cref="PassBy"/>.
    /// </summary>
    /// <param name="decoderThreads">0: as it likes.</param>
    /// <param name="seek">Where to begin, in seconds, from which times then count; only of a file that <see cref="SeeksExactly"/>.</param>
    internal IEnumerable<string> Input(int decoderThreads = 0, double seek = 0) =>
    [
        .. shifts.Count > 0 ? ["-copyts"] : Array.Empty<string>(),
        "-threads", decoderThreads.ToString(CultureInfo.InvariantCulture), .. Search,
        .. seek > 0 ? ["-ss", seek.ToString("0.######", CultureInfo.InvariantCulture)] : Array.Empty<string>(), "-i", Name(Path),
    ];

    /// <summary>
    /// The filter that has to come first, and a comma; empty where none is needed. Where a file was put together from recordings whose time
    /// stamps each start again, it hangs the recordings on one another, pictures and sound alike. ffmpeg's own correction loses seconds where
    /// the last packets of one recording come after the first of the next (seen in 5.1 with recordings shorter than ten seconds).
    /// </summary>
    internal string Clock(string filter)
    {
        if (shifts.Count == 0)
            return "";
        var shift = string.Concat(shifts.SkipLast(1).Select((value, i) => string.Create(CultureInfo.InvariantCulture, $"if(lt(ld(0),{i + 1}),{value:0.######},")))
            + string.Create(CultureInfo.InvariantCulture, $"{shifts[^1]:0.######}") + new string(')', shifts.Count - 1);
        return string.Create(CultureInfo.InvariantCulture, $"{filter}='if(lt(T,PREV_INT-{Back}),st(0,ld(0)+1));(T+({shift}))/TB',");
    }

    /// <summary>Arguments of an output that reads a track along without decoding it.</summary>
    /// <param name="index">The track; null: nothing is needed.</param>
    /// <param name="input">The file's number among the inputs.</param>
    internal static IEnumerable<string> PassBy(int? index, int input = 0) =>
        index is { } track ? ["-map", string.Create(CultureInfo.InvariantCulture, $"{input}:{track}"), "-c", "copy", "-f", "null", "-"] : [];

    // Without the prefix a name such as `a:b.mp4` would be a protocol, and one with a dash in front an option.
    internal static string Name(string path) => "file:" + System.IO.Path.GetFullPath(path);

    private static bool IsMp4(string kind) => kind.Contains("mp4", StringComparison.Ordinal);

    private static bool IsMatroska(string kind) => kind.Contains("matroska", StringComparison.Ordinal);

    // Files of the mp4 kind have one table of times: nothing that hangs behind it counts. Matroska begins with a header and a segment,
    // each with an identifier of four bytes and its length in one to eight; what hangs on lies behind. An unknown length is all ones.
    private static bool IsOneRecording(string path, string kind)
    {
        if (IsMp4(kind) || !IsMatroska(kind))
            return IsMp4(kind);
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

    // Goes through the packets of both tracks, without decoding.
    private double[] Shifts()
    {
        int[] tracks = [.. new[] { Pictures?.Index, Sound?.Index }.OfType<int>()];
        if (tracks.Length == 0)
            return [];
        var answer = ExternalProgram.Run("ffprobe",
            ["-v", "quiet", .. Search, "-show_entries", "packet=stream_index,pts_time,dts_time,duration_time", "-of", "compact=p=0", "-i", Name(Path)],
            System.IO.Path.GetTempPath(), $"{Path} cannot be read", LongestScan);
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

        return shifts;
    }

    private static void RequireFile(string path)
    {
        if (Directory.Exists(path))
            throw new DataException($"{path} is a folder, expected a video file");
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new DataException($"{path} is missing");
        if (file.Length == 0)
            throw new DataException($"{path} is empty (0 bytes)");
    }

    private static JsonElement? Chosen(JsonElement[] streams) =>
        streams.Where(stream => Flag(stream, "default")).Concat(streams).Select(stream => (JsonElement?)stream).FirstOrDefault();

    private static string[] Several(JsonElement[] streams, string what)
    {
        if (streams.Length < 2)
            return [];
        var chosen = Chosen(streams)!.Value;
        var number = Array.FindIndex(streams, stream => Index(stream) == Index(chosen)) + 1;
        string[] known = [Flag(chosen, "default") ? "flagged as default" : "none is flagged as default", .. Tag(chosen, "title"), .. Tag(chosen, "language")];
        return [$"it has {streams.Length} {what}: number {number} is taken ({string.Join(", ", known)})"];
    }

    private static int Index(JsonElement stream) => (int)Number(stream, "index");

    private static double Rate(JsonElement stream) =>
        new[] { "avg_frame_rate", "r_frame_rate" }.Select(name => Ratio(Text(stream, name))).Append(UsualRate).First(rate => rate is > 0 and < 100_000);

    // Containers without an index state nonsense, or nothing; Matroska has it in a tag.
    private static double Seconds(JsonElement stream, JsonElement format)
    {
        var tagged = Tag(stream, "DURATION").Select(text => TimeSpan.TryParse(text[..Math.Min(text.Length, 16)], CultureInfo.InvariantCulture, out var time) ? time.TotalSeconds : 0);
        return new[] { Number(stream, "duration") }.Concat(tagged).Append(Number(format, "duration")).FirstOrDefault(seconds => seconds is > 0 and < LongestSeconds);
    }

    private static double Ratio(string text) =>
        text.Split('/') is [var above, var below] && double.TryParse(above, CultureInfo.InvariantCulture, out var a) && double.TryParse(below, CultureInfo.InvariantCulture, out var b) && b > 0
            ? a / b : 0;

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.ToString() : "";

    private static double Number(JsonElement element, string name) => double.TryParse(Text(element, name), CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static bool Flag(JsonElement stream, string name) => stream.TryGetProperty("disposition", out var flags) && Number(flags, name) != 0;

    private static IEnumerable<string> Tag(JsonElement stream, string name) =>
        stream.TryGetProperty("tags", out var tags) && Text(tags, name).ReplaceLineEndings(" ").Trim() is { Length: > 0 } text ? [text] : [];
}
