using Avs.Core;
using ScottPlot;
using SkiaSharp;

namespace Avs.Eval.Reports;

/// <summary>One line of a plot.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="X">Where its points lie, ascending, such as training steps.</param>
/// <param name="Y">Its values; one that is not finite leaves a gap.</param>
public sealed record Curve(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>One set of axes.</summary>
/// <param name="Title">The heading above it.</param>
/// <param name="XLabel">What the horizontal axis counts; may be empty.</param>
/// <param name="YLow">Where the vertical axis starts; null: fitted to the values.</param>
/// <param name="YHigh">Where it ends; null: fitted.</param>
public sealed record Plot(string Title, string XLabel, IReadOnlyList<Curve> Curves, double? YLow = null, double? YHigh = null);

/// <summary>Draws plots below one another as one picture.</summary>
/// <param name="Width">Width of the picture in pixels.</param>
/// <param name="PlotHeight">Height of each plot in pixels.</param>
public sealed record CurvePicture(int Width = 960, int PlotHeight = 320)
{
    // Few points are measurements worth seeing one by one.
    private const int MostPointsMarked = 40;

    // The same room around each set of axes, so that those of one picture stand exactly below one another: left, right, below, above.
    private static readonly PixelPadding Room = new(72, 28, 56, 52);

    /// <summary>Draws the plots and writes them as a PNG file, whole or not at all.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="plots">From the top.</param>
    public void Write(string path, params IReadOnlyList<Plot> plots) => AtomicFile.WriteAllBytes(path, Png(plots));

    /// <summary>The plots as the bytes of a PNG file.</summary>
    /// <param name="plots">From the top.</param>
    /// <exception cref="ArgumentException">A curve does not have one value for each place, or there is no plot.</exception>
    public byte[] Png(params IReadOnlyList<Plot> plots)
    {
        ArgumentNullException.ThrowIfNull(plots);
        if (plots.Count == 0)
            throw new ArgumentException("no plot to draw", nameof(plots));
        if (plots.SelectMany(plot => plot.Curves).FirstOrDefault(curve => curve.X.Count != curve.Y.Count) is { } uneven)
            throw new ArgumentException($"curve '{uneven.Name}' has {uneven.X.Count} places and {uneven.Y.Count} values", nameof(plots));

        using var page = SKSurface.Create(new SKImageInfo(Width, PlotHeight * plots.Count));
        for (var i = 0; i < plots.Count; i++)
        {
            using var drawing = Draw(plots[i]);
            var place = new PixelRect(left: 0, right: Width, bottom: (i + 1) * PlotHeight, top: i * PlotHeight);
            page.Canvas.Save();
            page.Canvas.ClipRect(place.ToSKRect()); // or it would clear the whole page first
            drawing.Render(page.Canvas, place);
            page.Canvas.Restore();
        }
        using var image = page.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    private static ScottPlot.Plot Draw(Plot plot)
    {
        var drawing = PlotLook.Create(plot.Title, plot.XLabel);
        for (var i = 0; i < plot.Curves.Count; i++)
        {
            var curve = plot.Curves[i];
            double[] places = [.. curve.X], values = [.. curve.Y.Select(value => double.IsFinite(value) ? value : double.NaN)];
            var line = drawing.Add.Scatter(places, values);
            line.LegendText = curve.Name;
            line.Color = PlotLook.Palette[i % PlotLook.Palette.Count];
            line.LineWidth = 2;
            line.MarkerSize = curve.X.Count <= MostPointsMarked ? 7 : 0;
        }

        drawing.Axes.Margins(horizontal: 0.01, vertical: 0.05);
        drawing.Axes.AutoScale();
        var fitted = drawing.Axes.GetLimits();
        drawing.Axes.SetLimitsY(plot.YLow ?? fitted.Bottom, plot.YHigh ?? fitted.Top);
        drawing.Layout.Fixed(Room);
        var legend = PlotLook.ShowLegend(drawing, Alignment.UpperRight, Orientation.Horizontal);
        legend.Margin = new PixelPadding(0, 0, 0, -34); // beside the heading, where it hides no curve
        legend.TightHorizontalWrapping = true;
        return drawing;
    }
}
