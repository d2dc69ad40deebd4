using System.Runtime.InteropServices;

namespace OpenCvSharp;

/// <summary>OpenCV's free functions.</summary>
public static partial class Cv2
{
    /// <summary>An empty matrix: what OpenCV takes for "no mask".</summary>
    internal static readonly MatHandle NoMask = new Mat().Handle;

    internal static MatHandle MaskOf(InputArray? mask) => mask is null ? NoMask : mask.Mat.Handle;

    public static string? GetVersionString() => Marshal.PtrToStringUTF8(Native.avs_media_opencv_version());

    /// <summary>How many threads OpenCV's own functions may use; 1 runs them on the caller's thread.</summary>
    public static void SetNumThreads(int nThreads) => Native.Check(Native.avs_set_num_threads(nThreads));

    public static int GetNumThreads()
    {
        Native.Check(Native.avs_get_num_threads(out var n));
        return n;
    }

    /// <summary>Reads a picture, BGR. The result is empty, not null, when the file is missing or cannot be decoded.</summary>
    public static Mat ImRead(string fileName, ImreadModes flags = ImreadModes.Color) => new(fileName, flags);

    public static bool ImWrite(string fileName, Mat img, int[]? prms = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        ArgumentNullException.ThrowIfNull(img);
        prms ??= [];
        Native.Check(Native.avs_imwrite(fileName, img.Handle, prms, prms.Length, out var written));
        return written != 0;
    }

    public static bool ImWrite(string fileName, Mat img, params ImageEncodingParam[] prms) => ImWrite(fileName, img, ImageEncodingParam.Flatten(prms));

    public static Mat ImDecode(byte[] buf, ImreadModes flags)
    {
        ArgumentNullException.ThrowIfNull(buf);
        return ImDecode(buf.AsSpan(), flags);
    }

    /// <summary>Decodes a picture file held in memory: empty when it cannot be decoded, OpenCVException when there are no bytes.</summary>
    public static unsafe Mat ImDecode(ReadOnlySpan<byte> span, ImreadModes flags)
    {
        fixed (byte* bytes = span)
        {
            Native.Check(Native.avs_imdecode(bytes, span.Length, (int)flags, out var handle));
            return new Mat(handle);
        }
    }

    public static bool ImEncode(string ext, InputArray img, out byte[] buf, int[]? prms = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(ext);
        ArgumentNullException.ThrowIfNull(img);
        prms ??= [];
        nint buffer = 0;
        try
        {
            Native.Check(Native.avs_imencode(ext, img.Mat.Handle, prms, prms.Length, out buffer, out var bytes, out var length, out var encoded));
            buf = new byte[length];
            if (length > 0) Marshal.Copy(bytes, buf, 0, buf.Length);
            return encoded != 0;
        }
        finally
        {
            Native.avs_bytes_delete(buffer);
        }
    }

    public static void ImEncode(string ext, InputArray img, out byte[] buf, params ImageEncodingParam[] prms) =>
        ImEncode(ext, img, out buf, ImageEncodingParam.Flatten(prms));
}
