using System.Text;
using ScottPlot;
using SkiaSharp;

namespace Avs.Eval.Reports;

/// <summary>A coloured square of a picture's key and its name.</summary>
internal sealed record KeyEntry(Rgb Colour, string Name);

/// <summary>Draws plots side by side and below one another as one figure, PNG and SVG.</summary>
/// <param name="Columns">Plots in a row.</param>
/// <param name="PlotWidth">Width of each plot in pixels.</param>
/// <param name="PlotHeight">Height of each plot in pixels.</param>
internal sealed record PlotGrid(int Columns, int PlotWidth, int PlotHeight)
{
    private const int Margin = 20, KeyLine = 22, Square = 11;

    // Pixels of the PNG for each pixel of the layout, so that small letters stay legible.
    private const float Sharpness = 1.5f;

    private static readonly TextStyle Headline = new(20, new Rgb(28, 32, 38), bold: true);
    private static readonly TextStyle Sentence = new(13, new Rgb(90, 98, 110));
    private static readonly TextStyle KeyText = new(13, new Rgb(28, 32, 38));

    /// <summary>Draws the figure.</summary>
    /// <param name="name">The name of its files.</param>
    /// <param name="subtitle">Sentences below the title; as many lines as they need.</param>
    /// <param name="key">What colours mean; may be empty.</param>
    public Figure Draw(
        string name, string title, string subtitle, IReadOnlyList<ScottPlot.Plot> plots, IReadOnlyList<KeyEntry>? key = null)
    {
        var width = 2 * Margin + Math.Min(Columns, plots.Count) * PlotWidth;
        var lines = Sentence.Wrap(subtitle, width - 2 * Margin);
        var places = PlaceKey(key ?? [], width);
        var keyTop = Margin + 26 + lines.Count * 19;
        var top = keyTop + (places.Count == 0 ? 0 : (places[^1].Line + 1) * KeyLine) + 8;
        var height = top + (plots.Count + Columns - 1) / Columns * PlotHeight + Margin / 2;

        void Paint(SKCanvas canvas)
        {
            Headline.Write(canvas, Headline.Fit(title, width - 2 * Margin), Margin, Margin + 14);
            for (var i = 0; i < lines.Count; i++)
                Sentence.Write(canvas, lines[i], Margin, Margin + 38 + i * 19);
            foreach (var (entry, x, line) in places)
            {
                var y = keyTop + line * KeyLine;
                using var paint = new SKPaint { Color = entry.Colour.ToSkia(), IsAntialias = true };
                canvas.DrawRect(x, y + 4, Square, Square, paint);
                KeyText.Write(canvas, entry.Name, x + Square + 5, y + 14);
            }
            for (var i = 0; i < plots.Count; i++)
            {
                var (left, above) = (Margin + i % Columns * PlotWidth, top + i / Columns * PlotHeight);
                canvas.Save();
                canvas.ClipRect(new SKRect(left, above, left + PlotWidth, above + PlotHeight)); // or it would clear the whole page first
                plots[i].Render(canvas, new PixelRect(left: left, right: left + PlotWidth, bottom: above + PlotHeight, top: above));
                canvas.Restore();
            }
        }
        return new Figure(name, title, Png(Paint, width, height), Svg(Paint, width, height));
    }

    private static byte[] Png(Action<SKCanvas> paint, int width, int height)
    {
        using var page = SKSurface.Create(new SKImageInfo((int)(width * Sharpness), (int)(height * Sharpness)));
        page.Canvas.Clear(SKColors.White);
        page.Canvas.Scale(Sharpness);
        paint(page.Canvas);
        using var image = page.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    private static string Svg(Action<SKCanvas> paint, int width, int height)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), stream))
        {
            using var white = new SKPaint { Color = SKColors.White };
            canvas.DrawRect(0, 0, width, height, white);
            paint(canvas);
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static List<(KeyEntry Entry, int X, int Line)> PlaceKey(IReadOnlyList<KeyEntry> key, int width)
    {
        var places = new List<(KeyEntry, int, int)>();
        var (x, line) = (Margin, 0);
        foreach (var entry in key)
        {
            var needed = Square + 5 + KeyText.Measure(entry.Name) + 16;
            if (x + needed > width - Margin && x > Margin)
                (x, line) = (Margin, line + 1);
            places.Add((entry, x, line));
            x += needed;
        }
        return places;
    }
}
