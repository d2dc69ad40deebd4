using System.Globalization;
using Avs.Core;
using Avs.Eval.Reports;
using Avs.Models.LatentVariables;
using ScottPlot;

namespace Avs.Eval.LatentVariables;

/// <summary>Samples in the cells of a map, beside the probability that the cells have.</summary>
/// <param name="Probability">∫ Pr over the mapped part of the plane.</param>
/// <param name="Distance">½ Σ |share of samples − probability| over the cells.</param>
/// <param name="Expected">What samples of exactly this probability differ by on average: ½ Σ √(2p(1 − p)/πn).</param>
public sealed record MapComparison(double Probability, double Distance, double Expected)
{
    /// <summary>Draws samples and counts them.</summary>
    /// <param name="range">The part of the plane, which has all but a little of the probability.</param>
    /// <param name="cells">Cells a side.</param>
    public static MapComparison Create(NonlinearLatentModel model, CoordinateBox range, int cells, int samples, NamedRandom random)
    {
        const int Fine = 10; // the density is summed over so many points a side of each cell
        var xs = Middles(range.Left, range.Right, cells * Fine);
        var ys = Middles(range.Bottom, range.Top, cells * Fine);
        var map = model.HeatMap(xs, ys);
        var area = (range.Right - range.Left) * (range.Top - range.Bottom) / (xs.Length * ys.Length);
        var probability = new double[cells, cells];
        for (var i = 0; i < ys.Length; i++)
            for (var j = 0; j < xs.Length; j++)
                probability[i / Fine, j / Fine] += map[i, j] * area;

        var counts = new int[cells, cells];
        for (var n = 0; n < samples; n++)
        {
            var (_, x, y) = model.Sample(random);
            var column = (int)Math.Floor((x - range.Left) / (range.Right - range.Left) * cells);
            var row = (int)Math.Floor((y - range.Bottom) / (range.Top - range.Bottom) * cells);
            if (column >= 0 && column < cells && row >= 0 && row < cells)
                counts[row, column]++;
        }
        double total = 0, distance = 0, expected = 0;
        for (var i = 0; i < cells; i++)
        {
            for (var j = 0; j < cells; j++)
            {
                var p = probability[i, j];
                total += p;
                distance += Math.Abs((double)counts[i, j] / samples - p) / 2;
                expected += Math.Sqrt(2 * p * (1 - p) / (Math.PI * samples)) / 2;
            }
        }
        return new MapComparison(total, distance, expected);
    }

    private static double[] Middles(double from, double to, int count) =>
        [.. Enumerable.Range(0, count).Select(i => from + (to - from) * (i + 0.5) / count)];
}

/// <summary>A part of the plane.</summary>
public sealed record CoordinateBox(double Left, double Right, double Bottom, double Top);

/// <summary>One latent number bent into the plane, by a fixed curve and by a small network.</summary>
internal static class NonlinearFigure
{
    private const int Side = 240, Drawn = 2000, Counted = 100_000, Cells = 40;

    public static FigureReport Draw(long seed)
    {
        var curve = ("fixed curve", NonlinearLatentModel.Example);
        var network = ("small network", NonlinearLatentModel.FromNetwork(new NamedRandom(seed, "lvm/nonlinear/network")));
        var plots = new List<ScottPlot.Plot>();
        var rows = new List<IReadOnlyList<string>>();
        foreach (var (name, model) in new[] { curve, network })
        {
            var box = Surround(model);
            plots.AddRange([HeatMap(name, model, box), Slices(model, box), Samples(model, box, seed)]);
            var comparison = MapComparison.Create(model, box, Cells, Counted, new NamedRandom(seed, $"lvm/nonlinear/count/{name}"));
            rows.Add([name, Number(comparison.Probability, 6), Number(comparison.Distance, 4), Number(comparison.Expected, 4)]);
        }
        var figure = new PlotGrid(3, 390, 370).Draw(
            "nonlinear",
            "A non-linear latent-variable model: infinitely many Gaussians along a curve",
            "z ~ N(0, 1), x = f(z) + σε in the plane: Pr(x) = ∫ N(x; f(z), σ²I) N(z; 0, 1) dz, by numerical integration. "
                + "Above, f is a fixed curve; below, a network with one hidden layer of tanh.",
            plots);
        return new FigureReport(
            [figure],
            [new($"{Counted} ancestral samples in {Cells} x {Cells} cells, beside the integral", new Table(
                ["f", "∫ Pr(x) dx in the picture", "distance of the two", "expected of exact samples"], rows))],
            ["the distance is half the sum of |share of the samples − probability| over the cells (total variation)"]);
    }

    private static ScottPlot.Plot HeatMap(string name, NonlinearLatentModel model, CoordinateBox box)
    {
        var plot = Framed($"{name}: Pr(x)", box);
        var map = AddMap(plot, model, box);
        var bar = plot.Add.ColorBar(map);
        bar.Axis.TickLabelStyle.ForeColor = PlotLook.Faint;
        AddCurve(plot, model, Colors.White.WithAlpha(.6));
        return plot;
    }

    private static ScottPlot.Plot Slices(NonlinearLatentModel model, CoordinateBox box)
    {
        var plot = Framed("slices N(f(z), σ²I) at equal steps of z", box);
        AddCurve(plot, model, PlotLook.Faint);
        foreach (var z in Integral.Grid(-2, 2, 9))
        {
            var (x, y) = model.Curve(z);
            foreach (var deviations in (int[])[2, 1])
            {
                var ring = plot.Add.Circle(x, y, deviations * model.Deviation);
                (ring.LineColor, ring.LineWidth) = (PlotLook.Palette[0], deviations == 1 ? 2 : 1);
                // A slice weighs as much as its z.
                ring.FillColor = PlotLook.Palette[0].WithAlpha(.35 * StandardNormal.Density(z) / StandardNormal.Density(0));
            }
            var label = plot.Add.Text(string.Create(CultureInfo.InvariantCulture, $"{z:0.#}"), x, y);
            (label.LabelFontSize, label.LabelFontColor, label.LabelAlignment) = (11, PlotLook.Text, Alignment.MiddleCenter);
        }
        return plot;
    }

    private static ScottPlot.Plot Samples(NonlinearLatentModel model, CoordinateBox box, long seed)
    {
        var plot = Framed($"{Drawn} samples: z*, then x* given z*", box);
        AddMap(plot, model, box);
        var random = new NamedRandom(seed, "lvm/nonlinear/samples");
        var drawn = Enumerable.Range(0, Drawn).Select(_ => model.Sample(random)).ToArray();
        var points = plot.Add.ScatterPoints(
            drawn.Select(sample => sample.X).ToArray(), drawn.Select(sample => sample.Y).ToArray(), Colors.White.WithAlpha(.7));
        points.MarkerSize = 2.5f;
        return plot;
    }

    private static ScottPlot.Plottables.Heatmap AddMap(ScottPlot.Plot plot, NonlinearLatentModel model, CoordinateBox box)
    {
        // The first row of a picture is the uppermost.
        var map = plot.Add.Heatmap(
            model.HeatMap(Integral.Grid(box.Left, box.Right, Side), [.. Integral.Grid(box.Bottom, box.Top, Side).Reverse()]));
        map.Extent = new CoordinateRect(box.Left, box.Right, box.Bottom, box.Top);
        map.Smooth = true;
        return map;
    }

    private static void AddCurve(ScottPlot.Plot plot, NonlinearLatentModel model, Color colour)
    {
        var points = Integral.Grid(-3, 3, 300).Select(model.Curve).ToArray();
        plot.Add.ScatterLine(points.Select(point => point.X).ToArray(), points.Select(point => point.Y).ToArray(), colour).LineWidth = 1.5f;
    }

    private static ScottPlot.Plot Framed(string title, CoordinateBox box)
    {
        var plot = PlotLook.Create(title, "x₁", "x₂");
        plot.HideGrid();
        plot.Axes.SetLimits(box.Left, box.Right, box.Bottom, box.Top);
        return plot;
    }

    // A square around the curve as far as z = ±3, and four deviations of the noise.
    private static CoordinateBox Surround(NonlinearLatentModel model)
    {
        var points = Integral.Grid(-3, 3, 400).Select(model.Curve).ToArray();
        double left = points.Min(point => point.X), right = points.Max(point => point.X);
        double bottom = points.Min(point => point.Y), top = points.Max(point => point.Y);
        var half = Math.Max(right - left, top - bottom) / 2 + 4 * model.Deviation;
        var (x, y) = ((left + right) / 2, (bottom + top) / 2);
        return new CoordinateBox(x - half, x + half, y - half, y + half);
    }

    private static string Number(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
}
