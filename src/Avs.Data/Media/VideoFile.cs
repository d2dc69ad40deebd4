using System.Globalization;
using System.Runtime.InteropServices;
using Avs.Core;
using OpenCvSharp;

namespace Avs.Data.Media;

/// <summary>
/// A video file of any kind that ffmpeg can decode. Pictures come as ffmpeg gives them: upright, in the colours that the stream's tags say,
/// and all of the first one's size. Sound and pictures share one clock.
/// </summary>
public sealed class VideoFile : IPictureTrack
{
    // A picture stamped so many seconds earlier than the one before is out of place, not only badly stamped.
    private const double Back = 1;

    // Seeking goes to a key frame; this many seconds earlier is safe.
    private const double SeekMargin = 2;

    // Chroma is taken from the nearest sample, as ffmpeg's fast path for 8-bit 4:2:0 does; by default other formats get coarse colours.
    private const string ToRgb = ",scale=flags=full_chroma_int+neighbor,format=rgb24";

    private readonly MediaFile media;
    private readonly PictureStream stream;
    private readonly int threads;
    private List<string> notes = [];

    /// <summary>Asks ffprobe what a file holds.</summary>
    /// <exception cref="DataException">It is missing, empty, a folder, or holds no picture that can be decoded.</exception>
    public VideoFile(string path) : this(MediaFile.Read(path)) { }

    /// <summary>Takes the pictures of a file.</summary>
    /// <param name="threads">Threads of the decoder; 0: ffmpeg chooses.</param>
    /// <exception cref="DataException">It has no pictures.</exception>
    public VideoFile(MediaFile media, int threads = 0)
    {
        (this.media, this.threads) = (media, threads);
        stream = media.Pictures ?? throw new DataException(
            $"{media.Path} holds no picture that can be decoded: it has no track of "
                + $"pictures{(media.HasCover ? ", only a cover picture" : "")}");
    }

    public string Path => media.Path;

    public double FrameRate => stream.Rate;

    public double StatedSeconds => stream.StatedSeconds;

    /// <summary>Remarks on the pictures last read, a sentence each.</summary>
    public IReadOnlyList<string> Notes => [.. media.PictureNotes, .. notes];

    public IEnumerable<TimedPicture> Pictures() => Decode(new Clock(FrameRate), null);

    public IEnumerable<TimedPicture> PicturesFrom(double seconds) =>
        PicturesFrom(seconds, media.SeeksExactly ? Math.Max(0, Math.Floor(seconds - 1 / FrameRate - SeekMargin)) : 0);

    // Earlier pictures do not leave ffmpeg; where it seeks, they are not even decoded.
    private IEnumerable<TimedPicture> PicturesFrom(double seconds, double seek)
    {
        var from = seconds - 1 / FrameRate;
        var clock = new Clock(FrameRate);
        var whole = true;
        foreach (var picture in Decode(clock, from, seek))
        {
            if (whole && picture.Seconds > seconds && (clock.LastDropped is not null || seek > 0))
                break;
            whole = false;
            yield return picture;
        }

        // The picture that is shown at the start was shown long before: at a known time, or before the place where reading began.
        var again = !whole ? []
            : clock.LastDropped is { } shown ? Decode(new Clock(FrameRate), shown, seek)
            : seek > 0 ? PicturesFrom(seconds, 0) : [];
        foreach (var picture in again)
            yield return picture;
    }

    private IEnumerable<TimedPicture> Decode(Clock clock, double? from, double seek = 0)
    {
        notes = [];
        // In whole microseconds, as ffmpeg counts them: both must mean the same picture.
        double? cut = from > 0 ? Math.Round(from.Value, 6) : null;
        var trim = cut is not null ? string.Create(CultureInfo.InvariantCulture, $",trim=start={cut - seek:0.######}") : "";
        using var decoder = new DecodedStream(pictures: true,
            [.. media.Input(threads, seek), "-map", string.Create(CultureInfo.InvariantCulture, $"0:{stream.Index}"),
                "-vf", media.Clock("setpts") + DecodedStream.PrintTimes(ofPictures: true) + trim + ToRgb,
                "-vsync", "passthrough", "-pix_fmt", "rgb24", "-c:v", "ppm", "-f", "image2pipe", "pipe:1",
                    .. MediaFile.Discard(media.Sound?.Index)],
            $"the pictures of {Path} cannot be decoded");
        using var picture = new Mat();
        var (rgb, any) = (Array.Empty<byte>(), false);
        try
        {
            while (true)
            {
                bool stamped, dropped;
                do
                {
                    stamped = decoder.NextTime(out var stamp);
                    dropped = clock.Take(stamp is { } shown ? Math.Round(shown + seek, 6) : null, stamped ? cut : null);
                }
                while (stamped && dropped);
                if (!ReadPicture(decoder, ref rgb, picture))
                    break;
                any = true;
                if (clock.Now is { } seconds)
                    yield return new TimedPicture(seconds, picture);
            }

            decoder.Finish();
        }
        finally
        {
            decoder.Dispose();
            if (decoder.Messages.Count > 0)
                notes.Add($"ffmpeg says of the pictures: {decoder.Messages[0]}");
            if (clock.FirstBack is { } jump)
                notes.Add(string.Create(CultureInfo.InvariantCulture,
                    $"the time stamps go back at {jump:0.00} s: pictures stamped earlier than one before are left out"));
        }

        if (!any && clock.LastDropped is null && seek == 0)
            throw new DataException($"{Path} holds no picture that can be "
                + $"decoded{(decoder.Messages.Count > 0 ? $": ffmpeg says '{decoder.Messages[^1]}'" : "")}");
    }

    // A PPM picture: `P6`, width, height and 255 in text, then the bytes.
    private static bool ReadPicture(DecodedStream decoder, ref byte[] rgb, Mat picture)
    {
        Span<byte> header = stackalloc byte[64];
        var length = 0;
        for (var lines = 0; lines < 3; length++)
        {
            if (length == header.Length || decoder.Read(header.Slice(length, 1)) == 0)
                return false;
            if (header[length] == '\n')
                lines++;
        }

        var words = System.Text.Encoding.ASCII.GetString(header[..length]).Split(' ', '\n');
        var (width, height) = (int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
        if (rgb.Length != width * height * 3)
            rgb = new byte[width * height * 3];
        if (decoder.Read(rgb) < rgb.Length)
            return false;
        picture.Create(height, width, MatType.CV_8UC3);
        Marshal.Copy(rgb, 0, picture.Data, rgb.Length);
        Cv2.CvtColor(picture, picture, ColorConversionCodes.RGB2BGR);
        return true;
    }

    /// <summary>Turns time stamps into times: where they are missing or stand still, pictures follow at the stated rate.</summary>
    private sealed class Clock(double rate)
    {
        private double before = double.NegativeInfinity;

        /// <summary>When the current picture is shown; null where it is to be left out.</summary>
        public double? Now { get; private set; }

        /// <summary>The stamp of the last picture that did not leave ffmpeg.</summary>
        public double? LastDropped { get; private set; }

        /// <summary>Where the stamps first went back.</summary>
        public double? FirstBack { get; private set; }

        /// <summary>Takes the next stamp; true where its picture does not leave ffmpeg because it is before the cut.</summary>
        public bool Take(double? stamp, double? from)
        {
            if (stamp <= before - Back)
            {
                FirstBack ??= before;
                Now = null;
            }
            else
            {
                Now = double.IsNegativeInfinity(before) ? Math.Max(0, stamp ?? 0) : stamp > before ? stamp : before + 1 / rate;
                before = Now.Value;
            }

            if (from is null || stamp >= from)
                return false;
            LastDropped = stamp ?? LastDropped;
            return true;
        }
    }
}
