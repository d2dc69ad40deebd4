using OpenCvSharp;

namespace Avs.Data.Video;

/// <summary>One picture of a track.</summary>
/// <param name="Seconds">When it is shown, from the track's start.</param>
/// <param name="Bgr">8-bit, three channels, blue first; the track's own, valid until the next picture is asked for.</param>
public readonly record struct TimedPicture(double Seconds, Mat Bgr);

/// <summary>Pictures in the order in which they are shown: a video file, or a folder of frames. Each reading starts from the beginning.</summary>
public interface IPictureTrack
{
    /// <summary>Where it lies, for messages.</summary>
    string Path { get; }

    /// <summary>Pictures a second as the file states it; what it really has is told by the pictures' times.</summary>
    double FrameRate { get; }

    /// <summary>About how long it lasts in seconds, for showing how far a reading is; 0 where the file does not say.</summary>
    double StatedSeconds { get; }

    /// <summary>Decodes picture after picture.</summary>
    /// <exception cref="DataException">Nothing can be decoded.</exception>
    IEnumerable<TimedPicture> Pictures();
}

/// <summary>A video file of any kind that OpenCV's FFmpeg can decode. Turned phone videos come upright.</summary>
public sealed class VideoFile : IPictureTrack
{
    // What a file without a usable frame rate is taken to have.
    private const double UsualRate = 25;

    private const double LongestSeconds = 7 * 24 * 3600;

    /// <summary>Opens a file and reads its frame rate.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataException">It is missing, empty, a folder, or holds no picture that can be decoded.</exception>
    public VideoFile(string path)
    {
        Path = path;
        RequireFile(path);
        using var capture = Open();
        FrameRate = capture.Fps is > 0 and < 100_000 and var rate ? rate : UsualRate;
        // Containers without an index state nonsense.
        StatedSeconds = capture.FrameCount / FrameRate is > 0 and < LongestSeconds and var seconds ? seconds : 0;
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public double FrameRate { get; }

    /// <inheritdoc/>
    public double StatedSeconds { get; }

    /// <inheritdoc/>
    public IEnumerable<TimedPicture> Pictures()
    {
        using var capture = Open();
        using var picture = new Mat();
        var before = double.NegativeInfinity;
        while (capture.Read(picture) && !picture.Empty())
        {
            // Where a container has no time stamps, or they stand still, pictures follow at the stated rate.
            var stated = capture.Get(VideoCaptureProperties.PosMsec) / 1000;
            var seconds = double.IsNegativeInfinity(before) ? Math.Max(0, stated) : stated > before ? stated : before + 1 / FrameRate;
            before = seconds;
            yield return new TimedPicture(seconds, picture);
        }

        if (double.IsNegativeInfinity(before))
            throw Undecodable();
    }

    private VideoCapture Open()
    {
        var capture = new VideoCapture();
        if (capture.Open(Path, VideoCaptureAPIs.FFMPEG))
            return capture;
        capture.Dispose();
        throw Undecodable();
    }

    private DataException Undecodable() => new($"{Path} holds no picture that can be decoded");

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
}
