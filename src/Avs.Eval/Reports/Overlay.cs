using Avs.Data.Media;
using Avs.Eval.Metrics;
using OpenCvSharp;

namespace Avs.Eval.Reports;

/// <summary>How a mask is laid over a frame.</summary>
/// <param name="Colour">Colour of the tint and of the contour.</param>
/// <param name="Opacity">Strength of the tint inside the mask, 0 to 1.</param>
/// <param name="ContourWidth">Width of the contour in pixels of the result; 0 draws none.</param>
/// <param name="Rim">Whether a dark rim keeps the contour visible on a background of its own colour.</param>
/// <param name="Threshold">A pixel belongs to the mask when its value is above this.</param>
public sealed record OverlayStyle(
    Rgb Colour, double Opacity = 0.45, int ContourWidth = 2, bool Rim = true, double Threshold = MaskThreshold.Usual);

/// <summary>Lays masks over frames.</summary>
public static class Overlay
{
    /// <summary>Tints the part of a frame that a mask covers and draws the mask's contour.</summary>
    /// <param name="rgb">The frame, bytes [height, width, 3], red first.</param>
    /// <param name="mask">Probabilities, or 0 and 1, [height, width].</param>
    /// <returns>The picture, bytes [H, W, 3], red first.</returns>
    /// <exception cref="ArgumentException">An array is not of that size.</exception>
    public static byte[] Blend(byte[] rgb, int height, int width, float[] mask, OverlayStyle style)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(style);
        using var picture = Frame(rgb, height, width);
        Paint(picture, mask, height, width, style);
        using var back = new Mat();
        Cv2.CvtColor(picture, back, ColorConversionCodes.BGR2RGB);
        back.GetBytes(out var bytes);
        return bytes;
    }

    /// <summary>The frame as OpenCV keeps it, blue first.</summary>
    internal static Mat Frame(byte[] rgb, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(rgb);
        if (rgb.Length != (long)height * width * 3)
            throw new ArgumentException($"a frame of {height}x{width} has {(long)height * width * 3} bytes, not {rgb.Length}", nameof(rgb));
        using var view = Mat.FromPixelData(height, width, MatType.CV_8UC3, rgb);
        var picture = new Mat();
        Cv2.CvtColor(view, picture, ColorConversionCodes.RGB2BGR);
        return picture;
    }

    /// <summary>Paints on a picture that may be larger than the mask: the mask is enlarged first, so its contour stays crisp.</summary>
    internal static void Paint(Mat picture, float[] mask, int height, int width, OverlayStyle style)
    {
        using var inside = Inside(picture, mask, height, width, style.Threshold);
        if (style.Opacity > 0)
        {
            using var tint = new Mat(picture.Size(), MatType.CV_8UC3, style.Colour.ToOpenCv());
            using var tinted = new Mat();
            Cv2.AddWeighted(picture, 1 - style.Opacity, tint, style.Opacity, 0, tinted);
            tinted.CopyTo(picture, inside);
        }
        if (style.ContourWidth > 0)
        {
            var contours = Cv2.FindContoursAsArray(inside, RetrievalModes.List, ContourApproximationModes.ApproxNone);
            if (style.Rim)
                Cv2.DrawContours(picture, contours, -1, Scalar.All(24), style.ContourWidth + 2, LineTypes.AntiAlias);
            Cv2.DrawContours(picture, contours, -1, style.Colour.ToOpenCv(), style.ContourWidth, LineTypes.AntiAlias);
        }
    }

    /// <summary>Tints what is of a class other than the background, each in its colour.</summary>
    internal static void PaintClasses(Mat picture, byte[] classes, int height, int width)
    {
        foreach (var number in classes.Distinct().Where(number => number != 0).Order())
        {
            Paint(picture, Array.ConvertAll(classes, one => one == number ? 1f : 0f), height, width,
                new OverlayStyle(ClassPicture.Colour(number), Opacity: 0.6, ContourWidth: 1, Rim: false));
        }
    }

    private static Mat Inside(Mat picture, float[] mask, int height, int width, double threshold)
    {
        if (mask.Length != (long)height * width)
        {
            throw new ArgumentException(
                $"a mask of {height}x{width} pixels has {(long)height * width} values, not {mask.Length}", nameof(mask));
        }
        using var values = Mat.FromPixelData(height, width, MatType.CV_32FC1, mask);
        using var enlarged = values.Resize(picture.Size());
        using var above = new Mat();
        Cv2.Threshold(enlarged, above, threshold, 255, ThresholdTypes.Binary);
        var inside = new Mat();
        above.ConvertTo(inside, MatType.CV_8UC1);
        return inside;
    }
}
