using Avs.Data.Media;
using OpenCvSharp;

namespace Avs.Eval.Reports;

/// <summary>Writes smooth text on pictures: OpenCV's stroke letters, drawn four times as large and shrunk.</summary>
/// <param name="Height">Height of a capital letter in pixels.</param>
/// <param name="Colour">Colour of the letters.</param>
/// <param name="Weight">Width of a stroke in pixels.</param>
internal sealed record TextPen(double Height, Rgb Colour, double Weight = 1.1)
{
    private const int Enlargement = 4;
    private const double CapitalOfTheFont = 21;
    private const HersheyFonts Font = HersheyFonts.HersheySimplex;

    private double Scale => Height / CapitalOfTheFont * Enlargement;
    private int Thickness => Math.Max(1, (int)Math.Round(Weight * Enlargement));

    /// <summary>Width of a text in pixels.</summary>
    public int Measure(string text) => string.IsNullOrEmpty(text) ? 0 : (Cv2.GetTextSize(Plain(text), Font, Scale, Thickness, out _).Width + Enlargement - 1) / Enlargement;

    /// <summary>The text, or as much of its beginning as fits into a width, with two dots for the rest.</summary>
    public string Fit(string text, int width)
    {
        if (Measure(text) <= width) return text;
        var length = text.Length - 1;
        while (length > 0 && Measure(text[..length].TrimEnd() + "..") > width) length--;
        return length == 0 ? "" : text[..length].TrimEnd() + "..";
    }

    /// <summary>Writes a text; what lies outside the picture is cut off.</summary>
    /// <param name="picture">Three channels of bytes.</param>
    /// <param name="text">One line; letters that OpenCV cannot draw become plain ones or '?'.</param>
    /// <param name="x">Left end.</param>
    /// <param name="baseline">The line that the letters stand on.</param>
    public void Write(Mat picture, string text, int x, int baseline)
    {
        var plain = Plain(text);
        if (plain.Length == 0) return;
        var size = Cv2.GetTextSize(plain, Font, Scale, Thickness, out var below);
        int pad = 2, above = size.Height / Enlargement + pad + 1;
        int width = size.Width / Enlargement + 2 * pad + 2, height = above + (below + Thickness) / Enlargement + pad + 1;
        using var large = new Mat(height * Enlargement, width * Enlargement, MatType.CV_8UC1, Scalar.All(0));
        Cv2.PutText(large, plain, new Point(pad * Enlargement, above * Enlargement), Font, Scale, Scalar.All(255), Thickness, LineTypes.AntiAlias);
        using var small = large.Resize(new Size(width, height), interpolation: InterpolationFlags.Area);

        var whole = new Rect(x - pad, baseline - above, width, height);
        var seen = whole & new Rect(0, 0, picture.Cols, picture.Rows);
        if (seen.Width == 0) return;
        using var coverage = small[new Rect(seen.X - whole.X, seen.Y - whole.Y, seen.Width, seen.Height)];
        using var target = picture[seen];
        Mix(target, coverage);
    }

    private void Mix(Mat target, Mat coverage)
    {
        coverage.GetBytes(out var alpha);
        target.GetBytes(out var pixels);
        ReadOnlySpan<byte> ink = [Colour.B, Colour.G, Colour.R];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)((pixels[i] * (255 - alpha[i / 3]) + ink[i % 3] * alpha[i / 3] + 127) / 255);
        target.SetBytes(pixels);
    }

    private static string Plain(string text) => string.Concat(text.Select(c => c switch
    {
        >= ' ' and <= '~' => c,
        '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2014' or '\u2212' or '\u00b7' => '-',
        '\u00d7' => 'x',
        '\u2018' or '\u2019' => '\'',
        '\t' or '\n' or '\u00a0' => ' ',
        _ => '?',
    }));
}
