using OpenCvSharp;

namespace Avs.Eval.EcmvaeCodes;

/// <summary>Brings maps to the size of the frames that they are drawn on.</summary>
internal static class MapSize
{
    /// <summary>A map [rows,columns] at another size; the same array where it has it already.</summary>
    public static float[] Fit(float[] map, int rows, int columns, int height, int width)
    {
        if ((rows, columns) == (height, width))
            return map;
        using var values = Mat.FromPixelData(rows, columns, MatType.CV_32FC1, map);
        using var fitted = values.Resize(new Size(width, height));
        fitted.GetArray(out float[] result);
        return result;
    }
}
