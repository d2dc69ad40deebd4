using System.Globalization;
using System.Text.Json;
using Avs.Core;

namespace Avs.Data.Media;

/// <summary>The track of pictures that is taken from a file.</summary>
/// <param name="Index">Its number among all the file's tracks.</param>
/// <param name="Rate">Frames a second as the file states it; the pictures' times give the real rate.</param>
/// <param name="StatedSeconds">Duration; 0 where unknown.</param>
public sealed record PictureStream(int Index, double Rate, double StatedSeconds)
{
    /// <summary>Width in pixels as the file states it; 0 where unknown.</summary>
    public int Width { get; init; }

    public int Height { get; init; }
}

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
    // Assumed where a file has no usable frame rate.
    private const double UsualRate = 25;

    private const double LongestSeconds = 7 * 24 * 3600;

    // A broadcast recording may begin with seconds of one track alone; by default ffmpeg looks for others in the first five seconds only.
    private static readonly string[] Search = ["-probesize", "50M", "-analyzeduration", "30M"];

    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(60);

    // Kinds of files that hold their pictures and sound themselves.
    private static readonly string[] SelfContainedKinds = ["-protocol_whitelist", "file", "-format_whitelist",
        "aac,ac3,aiff,amr,ape,apng,asf,au,av1,avi,bmp_pipe,caf,dv,eac3,flac,flv,gif,h261,h263,h264,hevc,ivf,jpeg_pipe,m4v,matroska,mjpeg,"
        + "mov,mp3,mpc,mpc8,mpeg,mpegts,mpegvideo,mxf,nut,obu,ogg,png_pipe,rm,tiff_pipe,tta,vc1,w64,wav,webp_pipe,wtv,wv"];

    private JoinedRecordings recordings = JoinedRecordings.None;
    private string[] allowed = [];

    private MediaFile(string path) => Path = path;

    public string Path { get; }

    /// <summary>Null where there is none.</summary>
    public PictureStream? Pictures { get; private init; }

    /// <summary>Null where there is none.</summary>
    public SoundStream? Sound { get; private init; }

    /// <summary>Remarks on its tracks of pictures, such as that there are several.</summary>
    public IReadOnlyList<string> PictureNotes { get; private init; } = [];

    /// <summary>Remarks on its tracks of sound.</summary>
    public IReadOnlyList<string> SoundNotes { get; private init; } = [];

    /// <summary>Whether it has a cover picture, as music files do.</summary>
    public bool HasCover { get; private init; }

    /// <summary>
    /// Whether ffmpeg gives the same pictures and times after seeking as from the start: in containers with a table of times.
    /// </summary>
    internal bool SeeksExactly { get; private init; }

    /// <param name="selfContained">
    /// Whether only files are read that hold their pictures and sound themselves. Of others, such as playlists, ffmpeg would open whatever
    /// files they name, so whoever takes files from others asks for this.
    /// </param>
    /// <exception cref="DataException">The file is missing, empty, a folder, or of no kind that can be read.</exception>
    public static MediaFile Read(string path, bool selfContained = false)
    {
        RequireFile(path);
        var allowed = selfContained ? SelfContainedKinds : [];
        var answer = ExternalProgram.Run("ffprobe",
            ["-v", "error", .. allowed, .. Search, "-show_entries",
                "format=duration,format_name:stream=index,codec_type,channels,avg_frame_rate,r_frame_rate,duration,width,height"
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
            Pictures = Chosen(pictures) is { } picture
                ? new PictureStream(Index(picture), Rate(picture), Seconds(picture, format))
                {
                    Width = (int)Number(picture, "width"),
                    Height = (int)Number(picture, "height"),
                }
                : null,
            Sound = Chosen(sounds) is { } sound
                ? new SoundStream(Index(sound), Math.Max(1, (int)Number(sound, "channels")))
                : null,
            PictureNotes = NotesOn(pictures, "tracks of pictures"),
            SoundNotes = NotesOn(sounds, "sound tracks"),
            HasCover = covers.Length > 0,
            allowed = allowed,
        };
        var kind = Text(format, "format_name");
        var isMp4 = kind.Contains("mp4", StringComparison.Ordinal);
        var isMatroska = kind.Contains("matroska", StringComparison.Ordinal);
        // MP4 files have one table of times: nothing behind it counts.
        var isSingle = isMp4 || (isMatroska && JoinedRecordings.IsSingleMatroska(path));
        int[] tracks = [.. new[] { media.Pictures?.Index, media.Sound?.Index }.OfType<int>()];
        var recordings = isSingle || tracks.Length == 0
            ? JoinedRecordings.None
            : JoinedRecordings.Find(path, [.. allowed, .. Search, "-i", Name(path)], tracks);
        if (recordings.Count < 2)
            return media with { SeeksExactly = isMp4 || isMatroska };
        var note = $"its time stamps start again {recordings.Count - 1} times: "
            + "it was put together from several recordings, which are taken one after the other";
        return media with { recordings = recordings, PictureNotes = [.. media.PictureNotes, note] };
    }

    /// <summary>
    /// ffmpeg's arguments that open it. Time 0 is where the first of the chosen tracks begins. For that ffmpeg must
    /// read both of them, so whoever decodes one adds <see cref="Discard"/> for the other.
    /// </summary>
    /// <param name="decoderThreads">0: ffmpeg chooses.</param>
    /// <param name="seek">Where to begin, in seconds; times then count from there. Only for a file that <see cref="SeeksExactly"/>.</param>
    internal IEnumerable<string> Input(int decoderThreads = 0, double seek = 0) =>
    [
        .. recordings.Count > 1 ? ["-copyts"] : Array.Empty<string>(),
        "-threads", decoderThreads.ToString(CultureInfo.InvariantCulture), .. allowed, .. Search,
        .. seek > 0 ? ["-ss", seek.ToString("0.######", CultureInfo.InvariantCulture)] : Array.Empty<string>(), "-i", Name(Path),
    ];

    /// <summary>The filter that has to come first, and a comma; empty where none is needed.</summary>
    internal string Clock(string filter) => recordings.Clock(filter);

    /// <summary>Arguments of an output that reads a track without decoding it and throws it away.</summary>
    /// <param name="index">The track; null: nothing is needed.</param>
    /// <param name="input">The file's number among the inputs.</param>
    internal static IEnumerable<string> Discard(int? index, int input = 0) =>
        index is { } track
            ? ["-map", string.Create(CultureInfo.InvariantCulture, $"{input}:{track}"), "-c", "copy", "-f", "null", "-"]
            : [];

    // Without the prefix a name such as `a:b.mp4` would be a protocol, and one with a dash in front an option.
    internal static string Name(string path) => "file:" + System.IO.Path.GetFullPath(path);

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

    private static string[] NotesOn(JsonElement[] streams, string what)
    {
        if (streams.Length < 2)
            return [];
        var chosen = Chosen(streams)!.Value;
        var number = Array.FindIndex(streams, stream => Index(stream) == Index(chosen)) + 1;
        var flagged = Flag(chosen, "default") ? "flagged as default" : "none is flagged as default";
        string[] known = [flagged, .. Tag(chosen, "title"), .. Tag(chosen, "language")];
        return [$"it has {streams.Length} {what}: number {number} is taken ({string.Join(", ", known)})"];
    }

    private static int Index(JsonElement stream) => (int)Number(stream, "index");

    private static double Rate(JsonElement stream) =>
        new[] { "avg_frame_rate", "r_frame_rate" }.Select(name => Ratio(Text(stream, name))).Append(UsualRate)
            .First(rate => rate is > 0 and < 100_000);

    // Containers without an index state a wrong duration or none; Matroska has it in a tag.
    private static double Seconds(JsonElement stream, JsonElement format)
    {
        var tagged = Tag(stream, "DURATION").Select(Tagged);
        return new[] { Number(stream, "duration") }.Concat(tagged).Append(Number(format, "duration"))
            .FirstOrDefault(seconds => seconds is > 0 and < LongestSeconds);

        static double Tagged(string text) =>
            TimeSpan.TryParse(text[..Math.Min(text.Length, 16)], CultureInfo.InvariantCulture, out var time) ? time.TotalSeconds : 0;
    }

    private static double Ratio(string text) =>
        text.Split('/') is [var above, var below] && double.TryParse(above, CultureInfo.InvariantCulture, out var a)
            && double.TryParse(below, CultureInfo.InvariantCulture, out var b) && b > 0
            ? a / b : 0;

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.ToString() : "";

    private static double Number(JsonElement element, string name) =>
        double.TryParse(Text(element, name), CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static bool Flag(JsonElement stream, string name) =>
        stream.TryGetProperty("disposition", out var flags) && Number(flags, name) != 0;

    private static IEnumerable<string> Tag(JsonElement stream, string name) =>
        stream.TryGetProperty("tags", out var tags) && Text(tags, name).ReplaceLineEndings(" ").Trim() is { Length: > 0 } text
            ? [text]
            : [];
}
