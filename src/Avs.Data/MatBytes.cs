using System.Runtime.InteropServices;
using OpenCvSharp;

namespace Avs.Data;

/// <summary>The bytes of a picture. OpenCvSharp's own GetArray wants one element a pixel of as many bytes as it has channels, and a picture in one piece.</summary>
public static class MatBytes
{
    /// <summary>All rows one after the other, whatever the number of channels.</summary>
    public static void GetBytes(this Mat picture, out byte[] bytes)
    {
        var row = picture.Cols * (int)picture.ElemSize();
        bytes = new byte[picture.Rows * row];
        for (var y = 0; y < picture.Rows; y++)
            Marshal.Copy(picture.Ptr(y), bytes, y * row, row);
    }

    /// <summary>Replaces all rows.</summary>
    public static void SetBytes(this Mat picture, byte[] bytes)
    {
        var row = picture.Cols * (int)picture.ElemSize();
        for (var y = 0; y < picture.Rows; y++)
            Marshal.Copy(bytes, y * row, picture.Ptr(y), row);
    }
}
