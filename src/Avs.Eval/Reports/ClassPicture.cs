using Avs.Data.AvsBench;

namespace Avs.Eval.Reports;

/// <summary>The classes of pixels as AVSS's label pictures have them: each in its colour, the background black.</summary>
public static class ClassPicture
{
    /// <summary>The colour of a class.</summary>
    public static Rgb Colour(int number)
    {
        var (red, green, blue) = AvssPalette.ColourOf(number);
        return new Rgb(red, green, blue);
    }

    /// <summary>As bytes [height, width, 3], red first.</summary>
    /// <param name="classes">The class of each pixel.</param>
    public static byte[] ToRgb(ReadOnlySpan<byte> classes)
    {
        var rgb = new byte[3 * classes.Length];
        for (var i = 0; i < classes.Length; i++)
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = AvssPalette.ColourOf(classes[i]);
        return rgb;
    }

    /// <summary>As a PNG file.</summary>
    /// <param name="classes">The class of each pixel, [height, width].</param>
    public static byte[] ToPng(ReadOnlySpan<byte> classes, int height, int width)
    {
        using var picture = Overlay.Frame(ToRgb(classes), height, width);
        return picture.ToBytes(".png");
    }
}
