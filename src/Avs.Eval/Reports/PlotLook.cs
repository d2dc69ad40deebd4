using ScottPlot;

namespace Avs.Eval.Reports;

/// <summary>How all plots look.</summary>
internal static class PlotLook
{
    static PlotLook() => PictureFont.UseInPlots();

    public static Color Text { get; } = new(28, 32, 38);

    public static Color Faint { get; } = new(90, 98, 110);

    public static IReadOnlyList<Color> Palette { get; } =
        [new(31, 111, 235), new(245, 120, 20), new(26, 158, 106), new(176, 66, 196), new(210, 47, 62), new(110, 90, 70)];

    public static Color Axis { get; } = new(150, 156, 166);

    public static Color Grid { get; } = new(232, 234, 238);

    /// <summary>
    /// An empty plot with headings. Every plot begins here: one that is made before the font is set keeps the machine's.
    /// </summary>
    public static ScottPlot.Plot Create(string title, string xLabel = "", string yLabel = "")
    {
        var plot = new ScottPlot.Plot();
        plot.Axes.Color(Axis);
        foreach (var axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
            (axis.TickLabelStyle.ForeColor, axis.Label.ForeColor) = (Faint, Faint);
        (plot.Axes.Right.IsVisible, plot.Axes.Top.IsVisible) = (false, false);
        plot.Axes.Right.MinimumSize = 18; // half a number of the lower axis
        plot.Grid.MajorLineColor = Grid;
        plot.Title(title, size: 15);
        plot.Axes.Title.Label.ForeColor = Text;
        plot.XLabel(xLabel, size: 12);
        plot.Axes.Bottom.Label.Bold = false;
        if (yLabel.Length > 0)
        {
            plot.YLabel(yLabel, size: 12);
            plot.Axes.Left.Label.Bold = false;
        }
        return plot;
    }

    /// <summary>Adds a histogram of shares by width of bin, so that it stands beside a density.</summary>
    /// <param name="values">Those outside are left out.</param>
    /// <param name="all">How many values there are, of which these are some.</param>
    public static ScottPlot.Plottables.BarPlot AddHistogram(
        ScottPlot.Plot plot, IEnumerable<double> values, int all, double from, double to, int bins, Color colour)
    {
        var width = (to - from) / bins;
        var counts = new double[bins];
        foreach (var value in values)
            if (value >= from && value < to)
                counts[Math.Min((int)((value - from) / width), bins - 1)]++;
        return plot.Add.Bars(counts.Select((count, bin) => new Bar
        {
            Position = from + (bin + 0.5) * width,
            Value = count / (all * width),
            Size = width,
            FillColor = Color.InterpolateRgb(Colors.White, colour, .45),
            LineWidth = 0,
        }).ToArray());
    }

    /// <summary>A legend without frame.</summary>
    public static Legend ShowLegend(ScottPlot.Plot plot, Alignment place, Orientation orientation = Orientation.Vertical)
    {
        var legend = plot.ShowLegend(place, orientation);
        (legend.OutlineWidth, legend.ShadowColor) = (0, Colors.Transparent);
        legend.BackgroundColor = orientation == Orientation.Vertical ? Colors.White.WithAlpha(.8) : Colors.Transparent;
        (legend.FontColor, legend.FontSize) = (Faint, 12);
        return legend;
    }
}
