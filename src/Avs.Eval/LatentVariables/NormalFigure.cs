using System.Globalization;
using Avs.Core;
using Avs.Eval.Reports;
using Avs.Models.LatentVariables;
using ScottPlot;

namespace Avs.Eval.LatentVariables;

/// <summary>Normal distributions of one number and of two.</summary>
internal static class NormalFigure
{
    private const int Samples = 1500, Side = 121;
    private const double Reach = 4;

    public static FigureReport Draw(long seed)
    {
        MultivariateNormal[] pairs = [Pair(1, 1, -0.8), Pair(1, 1, 0), Pair(1, 1, 0.8)];
        var stretched = Pair(1.5, 0.5, 0);
        var random = new NamedRandom(seed, "lvm/normal");
        var figure = new PlotGrid(3, 390, 340).Draw(
            "normal",
            "Normal distributions",
            "N(x; μ, Σ) = exp(−½(x−μ)ᵀΣ⁻¹(x−μ)) / √((2π)ᵏ|Σ|). Without covariance it is the product of the densities of its numbers, "
                + "as in the middle below. Ellipses are one and two deviations.",
            [
                Densities("the mean moves the curve", [new(-2, 1), new(0, 1), new(2, 1)]),
                Densities("the deviation widens it", [new(0, 0.5), new(0, 1), new(0, 2)]),
                HeatMap(stretched),
                .. pairs.Select(pair => Cloud(pair, random)),
            ]);

        var rows = ((string Name, MultivariateNormal Distribution)[])
            [("Σ = I", pairs[1]), ("Σ diagonal, 2.25 and 0.25", stretched), ("covariance 0.8", pairs[2]), ("covariance −0.8", pairs[0])];
        return new FigureReport(
            [figure],
            [new($"the joint density beside the product of the two, at {Side} x {Side} points", new Table(
                ["distribution", "correlation", "most they differ", "∫∫ joint density"],
                [.. rows.Select(row => (IReadOnlyList<string>)
                [
                    row.Name, row.Distribution.Correlation(0, 1).ToString("0.0", CultureInfo.InvariantCulture),
                    LargestDifferenceFromProduct(row.Distribution).ToString("0.0e+0", CultureInfo.InvariantCulture),
                    Integrate(row.Distribution).ToString("F6", CultureInfo.InvariantCulture),
                ])]))],
            []);
    }

    /// <summary>The most that the density of a pair differs from the product of its two numbers' densities.</summary>
    internal static double LargestDifferenceFromProduct(MultivariateNormal pair)
    {
        var (first, second) = (pair.Marginal(0), pair.Marginal(1));
        var grid = Integral.Grid(-Reach, Reach, Side);
        return grid.Max(x => grid.Max(y => Math.Abs(pair.Density([x, y]) - first.Density(x) * second.Density(y))));
    }

    private static double Integrate(MultivariateNormal pair) =>
        Integral.Compute(x => Integral.Compute(y => pair.Density([x, y]), -12, 12, 240), -12, 12, 240);

    private static MultivariateNormal Pair(double first, double second, double covariance) =>
        new([0, 0], new[,] { { first * first, covariance }, { covariance, second * second } });

    private static ScottPlot.Plot Densities(string title, Normal[] normals)
    {
        var plot = PlotLook.Create(title, "x", "probability density");
        var x = Integral.Grid(-6, 6, 400);
        for (var i = 0; i < normals.Length; i++)
        {
            var line = plot.Add.ScatterLine(x, [.. x.Select(normals[i].Density)], PlotLook.Palette[i]);
            line.LineWidth = 2;
            line.LegendText = string.Create(CultureInfo.InvariantCulture, $"μ = {normals[i].Mean:0.#}, σ = {normals[i].Deviation:0.#}");
        }
        plot.Axes.SetLimits(-6, 6, 0, 1.6 * normals.Max(normal => normal.Density(normal.Mean)));
        PlotLook.ShowLegend(plot, Alignment.UpperRight);
        return plot;
    }

    private static ScottPlot.Plot HeatMap(MultivariateNormal pair)
    {
        var plot = Framed("density of two, deviations 1.5 and 0.5");
        var grid = Integral.Grid(-Reach, Reach, Side);
        var values = new double[Side, Side];
        for (var i = 0; i < Side; i++)
            for (var j = 0; j < Side; j++)
                values[i, j] = pair.Density([grid[j], grid[Side - 1 - i]]);
        var map = plot.Add.Heatmap(values);
        map.Extent = new CoordinateRect(-Reach, Reach, -Reach, Reach);
        map.Smooth = true;
        AddEllipses(plot, pair, Colors.White);
        return plot;
    }

    private static ScottPlot.Plot Cloud(MultivariateNormal pair, NamedRandom random)
    {
        var covariance = pair.Covariance[0, 1];
        var plot = Framed(string.Create(CultureInfo.InvariantCulture,
            $"covariance {covariance.ToString("0.0", CultureInfo.InvariantCulture).Replace('-', '−')}: ")
            + (covariance > 0 ? "they rise together" : covariance < 0 ? "one rises, one falls" : "independent"));
        var drawn = Enumerable.Range(0, Samples).Select(_ => pair.Sample(random)).ToArray();
        plot.Add.ScatterPoints(
            drawn.Select(sample => sample[0]).ToArray(), drawn.Select(sample => sample[1]).ToArray(),
            PlotLook.Palette[0].WithAlpha(.4)).MarkerSize = 3;
        AddEllipses(plot, pair, PlotLook.Text);
        return plot;
    }

    private static void AddEllipses(ScottPlot.Plot plot, MultivariateNormal pair, Color colour)
    {
        foreach (var deviations in (int[])[1, 2])
        {
            var points = pair.Ellipse(deviations);
            plot.Add.ScatterLine(points.Select(point => point.X).ToArray(), points.Select(point => point.Y).ToArray(), colour).LineWidth =
                2;
        }
    }

    private static ScottPlot.Plot Framed(string title)
    {
        var plot = PlotLook.Create(title, "x₁", "x₂");
        plot.Axes.SetLimits(-Reach, Reach, -Reach, Reach);
        return plot;
    }
}
