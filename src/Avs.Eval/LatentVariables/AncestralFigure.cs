using System.Globalization;
using Avs.Core;
using Avs.Eval.Reports;
using Avs.Models.LatentVariables;

namespace Avs.Eval.LatentVariables;

/// <summary>A moment of samples beside that of the distribution they were drawn from.</summary>
/// <param name="Deviations">How far they are apart, in standard errors of the sample's moment.</param>
public sealed record MomentComparison(string Name, double Sampled, double Exact, double Deviations);

/// <summary>The chain Pr(x) Pr(y | x) Pr(z | y), drawn from the front.</summary>
internal static class AncestralFigure
{
    private const int Samples = 20_000, Drawn = 2000;
    private static readonly string[] Names = ["x", "y", "z"];

    // Of two numbers, an ellipse of so many deviations holds 95 % of the probability.
    private const double NinetyFive = 2.4477468306808166;

    public static FigureReport Draw(long seed)
    {
        var chain = LinearGaussianChain.Example;
        var joint = chain.Joint();
        var random = new NamedRandom(seed, "lvm/ancestral");
        var drawn = Enumerable.Range(0, Samples).Select(_ => chain.Sample(random)).ToArray();

        var figure = new PlotGrid(3, 390, 330).Draw(
            "ancestral",
            "Ancestral sampling along a linear-Gaussian chain",
            string.Create(CultureInfo.InvariantCulture,
                $"x ~ N({chain.First.Mean:0.#}, {chain.First.Deviation:0.#}²)")
                + string.Concat(chain.Links.Select((link, i) => string.Create(CultureInfo.InvariantCulture,
                    $",  {Names[i + 1]} | {Names[i]} ~ N({link.Slope:0.#}{Names[i]} {Signed(link.Offset)}, {link.Deviation:0.#}²)")))
                + ". Lines are the closed form: marginals above, 95 % ellipses of pairs below.",
            [
                .. Enumerable.Range(0, 3).Select(i => Marginal(joint, drawn, i)),
                Pair(joint, drawn, 0, 1), Pair(joint, drawn, 1, 2), Pair(joint, drawn, 0, 2),
            ]);
        var moments = Compare(joint, drawn);
        return new FigureReport(
            [figure],
            [new($"moments of {Samples} samples", new Table(["moment", "samples", "closed form", "apart, standard errors"],
                [.. moments.Select(moment => (IReadOnlyList<string>)
                    [moment.Name, Number(moment.Sampled), Number(moment.Exact), Number(moment.Deviations)])]))],
            []);
    }

    /// <summary>Means, variances and covariances.</summary>
    internal static IReadOnlyList<MomentComparison> Compare(MultivariateNormal joint, double[][] drawn)
    {
        var n = drawn.Length;
        var means = Enumerable.Range(0, joint.Mean.Count).Select(i => drawn.Average(sample => sample[i])).ToArray();
        var moments = new List<MomentComparison>();
        for (var i = 0; i < means.Length; i++)
            moments.Add(Moment($"E[{Names[i]}]", means[i], joint.Mean[i], joint.Covariance[i, i]));
        for (var i = 0; i < means.Length; i++)
        {
            for (var j = i; j < means.Length; j++)
            {
                var sampled = drawn.Sum(sample => (sample[i] - means[i]) * (sample[j] - means[j])) / (n - 1);
                var exact = joint.Covariance[i, j];
                // Var of a product of centred normals: Σii Σjj + Σij².
                var spread = joint.Covariance[i, i] * joint.Covariance[j, j] + exact * exact;
                moments.Add(Moment(i == j ? $"Var[{Names[i]}]" : $"Cov[{Names[i]}, {Names[j]}]", sampled, exact, spread));
            }
        }
        return moments;

        MomentComparison Moment(string name, double sampled, double exact, double variance) =>
            new(name, sampled, exact, (sampled - exact) / Math.Sqrt(variance / n));
    }

    private static ScottPlot.Plot Marginal(MultivariateNormal joint, double[][] drawn, int i)
    {
        const int Bins = 50;
        var exact = joint.Marginal(i);
        var (from, to) = (exact.Mean - 4 * exact.Deviation, exact.Mean + 4 * exact.Deviation);
        var plot = PlotLook.Create($"Pr({Names[i]})", Names[i], "probability density");
        PlotLook.AddHistogram(plot, drawn.Select(sample => sample[i]), drawn.Length, from, to, Bins, PlotLook.Palette[0]);
        var x = Integral.Grid(from, to, 200);
        plot.Add.ScatterLine(x, [.. x.Select(exact.Density)], PlotLook.Text).LineWidth = 2;
        plot.Axes.SetLimits(from, to, 0, 1.15 * exact.Density(exact.Mean));
        return plot;
    }

    private static ScottPlot.Plot Pair(MultivariateNormal joint, double[][] drawn, int i, int j)
    {
        var plot = PlotLook.Create(
            string.Create(CultureInfo.InvariantCulture, $"{Names[i]} and {Names[j]}: correlation {joint.Correlation(i, j):0.00}"),
            Names[i], Names[j]);
        var points = plot.Add.ScatterPoints(
            drawn.Take(Drawn).Select(sample => sample[i]).ToArray(), drawn.Take(Drawn).Select(sample => sample[j]).ToArray(),
            PlotLook.Palette[0].WithAlpha(.35));
        points.MarkerSize = 3;
        var pair = new MultivariateNormal(
            [joint.Mean[i], joint.Mean[j]],
            new[,] { { joint.Covariance[i, i], joint.Covariance[i, j] }, { joint.Covariance[i, j], joint.Covariance[j, j] } });
        var ellipse = pair.Ellipse(NinetyFive);
        plot.Add.ScatterLine(
            ellipse.Select(point => point.X).ToArray(), ellipse.Select(point => point.Y).ToArray(), PlotLook.Text).LineWidth = 2;
        return plot;
    }

    private static string Signed(double value) =>
        string.Create(CultureInfo.InvariantCulture, $"{(value < 0 ? "−" : "+")} {Math.Abs(value):0.#}");

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
