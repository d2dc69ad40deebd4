using System.Globalization;
using System.Runtime.InteropServices;
using Avs.Core;
using OpenCvSharp;

namespace Avs.Data.Media;

/// <summary>Writes pictures as a video that any player shows (H.264 and AAC in mp4), with ffmpeg.</summary>
/// <param name="FrameRate">Pictures a second.</param>
/// <param name="Width">Width of each picture; an odd one loses its last column.</param>
/// <param name="Height">Height of each picture; an odd one loses its last row.</param>
/// <param name="Sound">A file whose sound is put in; null for none.</param>
public sealed record VideoFileWriter(string Path, double FrameRate, int Width, int Height, string? Sound)
{
    /// <param name="pictures">8-bit BGR, all of <see cref="Width"/> and <see cref="Height"/>; each may be reused when the next is
    /// requested.</param>
    /// <exception cref="DataException">The video cannot be written.</exception>
    public void Write(IEnumerable<Mat> pictures)
    {
        var sound = Sound is null ? null : MediaFile.Read(Sound);
        List<string> arguments = ["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", $"{Width}x{Height}", "-r",
            FrameRate.ToString("0.######", CultureInfo.InvariantCulture), "-i", "pipe:0"];
        if (sound is not null)
            arguments.AddRange(sound.Input());
        // Without tags, players read large pictures as BT.709 and small ones as BT.601.
        arguments.AddRange(["-map", "0:v", "-vf",
            "crop=trunc(iw/2)*2:trunc(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
            "-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-c:v", "libx264", "-preset",
                "veryfast", "-crf", "20"]);
        if (sound?.Sound is { } track)
            arguments.AddRange(["-map", $"1:{track.Index}", "-af", sound.Clock("asetpts") + "aresample=async=1:first_pts=0", "-c:a", "aac",
                "-b:a", "160k"]);
        arguments.AddRange(["-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4", System.IO.Path.GetFullPath(Path)]);
        if (sound is not null)
            arguments.AddRange(MediaFile.Discard(sound.Pictures?.Index, input: 1));
        ExternalProgram.Feed("ffmpeg", arguments, $"{Path} cannot be written", stream =>
        {
            var bytes = new byte[Width * Height * 3];
            foreach (var picture in pictures)
            {
                if (picture.Cols != Width || picture.Rows != Height || !picture.IsContinuous())
                    throw new ArgumentException($"a picture of {picture.Cols}x{picture.Rows}, expected {Width}x{Height}", nameof(pictures));
                Marshal.Copy(picture.Data, bytes, 0, bytes.Length);
                stream.Write(bytes);
            }
        });
    }
}
