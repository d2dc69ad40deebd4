using System.Runtime.InteropServices;
using OpenCvSharp;

namespace Avs.Data.Media;

/// <summary>
/// The bytes of a picture. OpenCvSharp's own GetArray wants one element a pixel of as many bytes as it has channels, and a picture in one
/// piece.
/// </summary>
public static class MatBytes
{
    /// <summary>All rows one after the other, whatever the number of channels.</summary>
    public static void GetBytes(this Mat picture, out byte[] bytes)
    {
        int rows = picture.Rows, row = picture.Cols * (int)picture.ElemSize();
        bytes = new byte[rows * row];
        for (var y = 0; y < rows; y++)
            Marshal.Copy(picture.Ptr(y), bytes, y * row, row);
    }
}
