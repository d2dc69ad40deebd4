using Avs.Core;
using OpenCvSharp;

namespace Avs.Data.Media;

/// <summary>One picture of a track.</summary>
/// <param name="Seconds">When it is shown, on the track's clock.</param>
/// <param name="Bgr">8-bit, three channels, blue first; the track's own, valid until the next picture is asked for.</param>
public readonly record struct TimedPicture(double Seconds, Mat Bgr);

/// <summary>Pictures in the order in which they are shown: a video file, or a folder of frames.</summary>
public interface IPictureTrack
{
    /// <summary>Where it lies, for messages.</summary>
    string Path { get; }

    /// <summary>Frames a second as the file states it; the pictures' times give the real rate.</summary>
    double FrameRate { get; }

    /// <summary>Approximate duration in seconds, for progress; 0 where unknown.</summary>
    double StatedSeconds { get; }

    /// <exception cref="DataException">Nothing can be decoded.</exception>
    IEnumerable<TimedPicture> Pictures();

    /// <summary>Decodes the picture that is shown at a time and those after it; a few earlier ones may come first.</summary>
    /// <exception cref="DataException">Nothing can be decoded.</exception>
    IEnumerable<TimedPicture> PicturesFrom(double seconds) => Pictures();
}
