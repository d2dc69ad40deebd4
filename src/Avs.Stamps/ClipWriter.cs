using System.Runtime.InteropServices;
using NAudio.Wave;
using OpenCvSharp;

namespace Avs.Stamps;

/// <summary>Writes the files of one clip, creating the folders they lie in.</summary>
internal static class ClipWriter
{
    /// <summary>Writes a frame (BGR, three channels) or a mask (one channel) as PNG.</summary>
    public static void WritePicture(string path, byte[] pixels, int channels)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var picture = new Mat(SceneRenderer.Side, SceneRenderer.Side, channels == 3 ? MatType.CV_8UC3 : MatType.CV_8UC1);
        Marshal.Copy(pixels, 0, picture.Data, pixels.Length);

        // OpenCV's default is its fastest (one filter, run lengths): any compression level takes twice the time.
        File.WriteAllBytes(path, picture.ToBytes(".png"));
    }

    /// <summary>Gives a file a second name; copies it where the file system has no hard links.</summary>
    public static void Link(string existing, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (HardLink(existing, path) != 0)
            File.Copy(existing, path);
    }

    /// <summary>Writes 16-bit stereo sound of 16 kHz.</summary>
    public static void WriteSound(string path, short[] samples)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new WaveFileWriter(path, new WaveFormat(Recording.SampleRate, 16, 2));
        writer.Write(MemoryMarshal.AsBytes(samples.AsSpan()).ToArray(), 0, samples.Length * sizeof(short));
    }

    [DllImport("libc", EntryPoint = "link")]
    private static extern int HardLink([MarshalAs(UnmanagedType.LPUTF8Str)] string existing,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path);
}
