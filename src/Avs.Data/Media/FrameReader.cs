using System.Runtime.InteropServices;
using Avs.Core;
using OpenCvSharp;

namespace Avs.Data.Media;

/// <summary>Reads one picture of a clip as 8-bit RGB.</summary>
public static class FrameReader
{
    /// <summary>Decodes a PNG or JPEG file; transparency is dropped, grey becomes RGB, 16 bits become 8.</summary>
    /// <returns>Interleaved RGB, `[height, width, 3]`.</returns>
    /// <exception cref="DataException">The file is missing, cut short or no picture.</exception>
    public static (byte[] Rgb, int Height, int Width) Read(string path)
    {
        using var picture = Decode(path, ImageFile.Read(path), ImreadModes.Color);
        var rgb = Bytes(picture, 3);
        for (var i = 0; i < rgb.Length; i += 3) // OpenCV's order is blue, green, red
            (rgb[i], rgb[i + 2]) = (rgb[i + 2], rgb[i]);
        return (rgb, picture.Rows, picture.Cols);
    }

    internal static Mat Decode(string path, byte[] file, ImreadModes mode)
    {
        var picture = Cv2.ImDecode(file, mode);
        if (!picture.Empty())
            return picture;
        picture.Dispose();
        throw new DataException($"{path} is damaged: {file.Length} bytes that start like a picture but cannot be decoded");
    }

    internal static byte[] Bytes(Mat picture, int channels)
    {
        int rows = picture.Rows, rowBytes = picture.Cols * channels;
        var bytes = new byte[rows * rowBytes];
        if (picture.IsContinuous())
            Marshal.Copy(picture.Data, bytes, 0, bytes.Length);
        else
        {
            for (var y = 0; y < rows; y++)
                Marshal.Copy(picture.Ptr(y), bytes, y * rowBytes, rowBytes);
        }

        return bytes;
    }
}
