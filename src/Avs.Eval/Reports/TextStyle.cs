using SkiaSharp;

namespace Avs.Eval.Reports;

/// <summary>How a line of text is written on a picture. Serves several threads.</summary>
/// <param name="scaled">Whether it is drawn at other sizes too, as in a PDF: letters then keep their distances.</param>
internal sealed class TextStyle(float size, Rgb colour, bool bold = false, bool scaled = false)
{
    private readonly SKFont font = new(bold ? PictureFont.Bold : PictureFont.Regular, size)
    {
        Edging = SKFontEdging.Antialias,
        Subpixel = true,
        LinearMetrics = scaled,
        Hinting = scaled ? SKFontHinting.None : SKFontHinting.Normal,
    };

    /// <summary>Width of a text in pixels.</summary>
    public int Measure(string text) => (int)Math.Ceiling(font.MeasureText(text));

    /// <summary>The text, or as much of its beginning as fits into a width, with three dots for the rest.</summary>
    public string Fit(string text, int width)
    {
        if (Measure(text) <= width)
            return text;
        var length = text.Length - 1;
        while (length > 0 && Measure(text[..length].TrimEnd() + "…") > width)
            length--;
        return length == 0 ? "" : text[..length].TrimEnd() + "…";
    }

    /// <summary>The text in lines that fit into a width, broken at spaces; none of an empty text.</summary>
    public IReadOnlyList<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count > 0 && Measure($"{lines[^1]} {word}") <= width)
                lines[^1] += $" {word}";
            else
                lines.Add(word);
        }
        return lines;
    }

    /// <summary>Writes a text; what lies outside the picture is cut off.</summary>
    /// <param name="text">One line.</param>
    /// <param name="x">Left end.</param>
    /// <param name="baseline">The line that the letters stand on.</param>
    public void Write(SKCanvas canvas, string text, float x, float baseline)
    {
        using var paint = new SKPaint { Color = colour.ToSkia(), IsAntialias = true };
        canvas.DrawText(text, x, baseline, font, paint);
    }
}
