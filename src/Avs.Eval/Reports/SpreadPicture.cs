using ScottPlot;

namespace Avs.Eval.Reports;

/// <summary>A value with how far it scatters.</summary>
public sealed record SpreadPoint(double Mean, double Deviation);

/// <summary>Values at the places of a <see cref="SpreadPicture"/>.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">One for each place; null: none there.</param>
public sealed record SpreadSeries(string Name, IReadOnlyList<SpreadPoint?> Points);

/// <summary>A plot of values and their scatter over named places, such as the values of a setting.</summary>
/// <param name="Places">From the left.</param>
/// <param name="Joined">Whether a line joins a series' values: where the places have an order.</param>
public sealed record SpreadPicture(
    string Title, string XLabel, string YLabel, IReadOnlyList<string> Places, IReadOnlyList<SpreadSeries> Series, bool Joined)
{
    // Side by side, so that the bars of several series do not cover one another.
    private const double Shift = 0.08;
    private const int LongestFlatName = 90;

    /// <summary>The plot as the bytes of a PNG file.</summary>
    public byte[] Png(int width = 960, int height = 480)
    {
        using var plot = PlotLook.Create(Title, XLabel, YLabel);
        for (var i = 0; i < Series.Count; i++)
            Add(plot, Series[i], (i - (Series.Count - 1) / 2.0) * Shift, PlotLook.Palette[i % PlotLook.Palette.Count]);
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, Places.Count).Select(i => (double)i)], [.. Places]);
        if (Places.Sum(place => place.Length) > LongestFlatName)
        {
            (plot.Axes.Bottom.TickLabelStyle.Rotation, plot.Axes.Bottom.TickLabelStyle.Alignment) = (25, Alignment.MiddleLeft);
            plot.Axes.Bottom.MinimumSize = 30 + 3 * Places.Max(place => place.Length);
            plot.Axes.Right.MinimumSize = 7 * Places[^1].Length;
        }
        plot.Axes.Margins(vertical: 0.1);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsX(-0.5, Places.Count - 0.5);
        if (Series.Count > 1)
            PlotLook.ShowLegend(plot, Alignment.UpperRight);
        return plot.GetImageBytes(width, height, ImageFormat.Png);
    }

    private void Add(ScottPlot.Plot plot, SpreadSeries series, double shift, Color colour)
    {
        var there = series.Points.Index().Where(point => point.Item is { } value && double.IsFinite(value.Mean)).ToArray();
        double[] places = [.. there.Select(point => point.Index + shift)], values = [.. there.Select(point => point.Item!.Mean)];
        if (there.Length == 0)
            return;
        var bars = plot.Add.ErrorBar(places, values, [.. there.Select(point => point.Item!.Deviation)]);
        (bars.Color, bars.LineWidth) = (colour, 1.5f);
        var line = plot.Add.Scatter(places, values);
        (line.Color, line.LegendText, line.MarkerSize, line.LineWidth) = (colour, series.Name, 8, Joined ? 2 : 0);
    }
}
