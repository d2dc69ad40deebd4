using System.Globalization;
using Avs.Core;
using Avs.Eval.Reports;
using Avs.Models.LatentVariables;
using ScottPlot;

namespace Avs.Eval.LatentVariables;

/// <summary>A mixture of three Gaussians: what it is, what it draws, and that EM finds it again.</summary>
internal static class MixtureFigure
{
    private const int Samples = 10_000, Bins = 60;
    private const double From = -7, To = 8;

    public static FigureReport Draw(long seed)
    {
        var mixture = MixtureOfNormals.Example;
        var random = new NamedRandom(seed, "lvm/mixture");
        var drawn = mixture.Sample(Samples, random);
        var fit = MixtureOfNormals.Fit([.. drawn.Select(sample => sample.Value)], mixture.Components.Count, random);
        var x = Integral.Grid(From, To, 400);
        var total = Integral.Compute(mixture.Density, -14, 16, 20_000);

        var figure = new PlotGrid(2, 520, 330).Draw(
            "mixture",
            "A mixture of Gaussians",
            "Pr(x) = Σₙ λₙ N(x; μₙ, σₙ²): z says which component, and is summed out. Samples are drawn along the factorisation, "
                + "first z, then x given z.",
            [Density(mixture, x), Histogram(mixture, drawn, x), Recovered(mixture, fit.Mixture, x), Rise(fit)]);

        var components = mixture.Components.Zip(fit.Mixture.Components).Select((pair, n) => (IReadOnlyList<string>)
        [
            $"{n + 1}", Number(pair.First.Weight), Number(pair.Second.Weight), Number(pair.First.Distribution.Mean),
            Number(pair.Second.Distribution.Mean), Number(pair.First.Distribution.Deviation), Number(pair.Second.Distribution.Deviation),
        ]);
        var densities = new double[] { -2, 0, 1, 4 }.Select(at => (IReadOnlyList<string>)
            [$"{at:0}", .. mixture.Components.Select((_, n) => Number(mixture.ComponentDensity(n, at), 7)),
                Number(mixture.Density(at), 7)]);
        return new FigureReport(
            [figure],
            [
                new($"EM on {Samples} samples", new Table(["component", "λ", "by EM", "μ", "by EM", "σ", "by EM"], [.. components])),
                new("density", new Table(["x", "component 1", "component 2", "component 3", "Pr(x)"], [.. densities])),
            ],
            [
                string.Create(CultureInfo.InvariantCulture, $"∫ Pr(x) dx = {total:0.000000000000} by the trapezoid rule"),
                string.Create(CultureInfo.InvariantCulture,
                    $"EM took {fit.LogLikelihood.Count - 1} steps, from {fit.LogLikelihood[0]:0.0000} to {fit.LogLikelihood[^1]:0.0000} "
                    + $"nats a sample; the true mixture has {drawn.Average(sample => mixture.LogDensity(sample.Value)):0.0000}"),
            ]);
    }

    private static ScottPlot.Plot Density(MixtureOfNormals mixture, double[] x)
    {
        var plot = PlotLook.Create("density and components", "x", "probability density");
        for (var n = 0; n < mixture.Components.Count; n++)
        {
            var component = n;
            var line = plot.Add.ScatterLine(x, [.. x.Select(at => mixture.ComponentDensity(component, at))], PlotLook.Palette[n + 1]);
            line.LineWidth = 2;
            (line.FillY, line.FillYColor) = (true, PlotLook.Palette[n + 1].WithAlpha(.15));
            line.LegendText = string.Create(CultureInfo.InvariantCulture,
                $"{mixture.Components[n].Weight:0.0} · N({mixture.Components[n].Distribution.Mean:0}, "
                + $"{mixture.Components[n].Distribution.Deviation:0.0}²)");
        }
        AddTruth(plot, mixture, x, "Pr(x), their sum");
        return Finished(plot);
    }

    private static ScottPlot.Plot Histogram(MixtureOfNormals mixture, (int Component, double Value)[] drawn, double[] x)
    {
        var plot = PlotLook.Create($"{Samples:N0} ancestral samples".Replace(',', ' '), "x", "share / width of bin");
        for (var n = mixture.Components.Count - 1; n >= 0; n--) // each hides all but the top of those before
        {
            var upTo = drawn.Where(sample => sample.Component <= n).Select(sample => sample.Value);
            PlotLook.AddHistogram(plot, upTo, drawn.Length, From, To, Bins, PlotLook.Palette[n + 1]).LegendText = $"z = {n + 1}";
        }
        AddTruth(plot, mixture, x, "Pr(x)");
        return Finished(plot);
    }

    private static ScottPlot.Plot Recovered(MixtureOfNormals mixture, MixtureOfNormals fitted, double[] x)
    {
        var plot = PlotLook.Create("what EM finds in the samples", "x", "probability density");
        AddTruth(plot, mixture, x, "the true density");
        var line = plot.Add.ScatterLine(x, [.. x.Select(fitted.Density)], PlotLook.Palette[4]);
        (line.LineWidth, line.LinePattern, line.LegendText) = (2, LinePattern.Dashed, "by EM");
        return Finished(plot);
    }

    private static ScottPlot.Plot Rise(MixtureFit fit)
    {
        var plot = PlotLook.Create("every step of EM gains", "step", "log₁₀ of the gain, nats a sample");
        var gains = fit.LogLikelihood.Zip(fit.LogLikelihood.Skip(1), (before, after) => after - before).ToArray();
        var steps = Enumerable.Range(1, gains.Length).Where(step => gains[step - 1] > 0).ToArray(); // the last may round to nothing
        var line = plot.Add.Scatter(
            steps.Select(step => (double)step).ToArray(), steps.Select(step => Math.Log10(gains[step - 1])).ToArray(), PlotLook.Palette[4]);
        (line.LineWidth, line.MarkerSize) = (2, 5);
        return plot;
    }

    private static void AddTruth(ScottPlot.Plot plot, MixtureOfNormals mixture, double[] x, string name)
    {
        var line = plot.Add.ScatterLine(x, [.. x.Select(mixture.Density)], PlotLook.Text);
        (line.LineWidth, line.LegendText) = (2, name);
    }

    private static ScottPlot.Plot Finished(ScottPlot.Plot plot)
    {
        PlotLook.ShowLegend(plot, Alignment.UpperRight);
        plot.Axes.SetLimits(From, To, 0, 0.34);
        return plot;
    }

    private static string Number(double value, int digits = 3) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
}
