using System.Globalization;
using Avs.Eval.Reports;
using Avs.Models.LatentVariables;
using ScottPlot;

namespace Avs.Eval.LatentVariables;

/// <summary>How tight the evidence lower bound is, in the model x = φz + b + σε whose posterior is known.</summary>
internal static class ElboFigure
{
    private const double Observed = 2.5, Offset = 0.3, Deviation = 0.6;
    private static readonly double[] Touching = [0.6, 1.4, 2.6];

    public static FigureReport Draw(long seed)
    {
        var slopes = Integral.Grid(0.2, 4, 381); // holds every φ of Touching
        var overModel = ElboCurves.OverModel(Observed, Offset, Deviation, Touching, slopes);
        var model = new LinearGaussianModel([Touching[1]], [Offset], Deviation);
        var posterior = model.Posterior([Observed]);
        var means = Integral.Grid(posterior.Mean - 2, posterior.Mean + 2, 401); // the posterior's in the middle
        var overPosterior = ElboCurves.OverPosterior(Observed, model, means, [0.5, 1, 2]);

        var figure = new PlotGrid(2, 560, 400).Draw(
            "elbo",
            "The evidence lower bound: never above log Pr(x), equal where q is the posterior",
            string.Create(CultureInfo.InvariantCulture,
                $"z ~ N(0, 1), x = φz + {Offset} + {Deviation}ε, observed x = {Observed}. Left: each q is the exact posterior of one φ and "
                + $"held fixed while φ varies. Right: φ = {Touching[1]}, the mean of q varies."),
            [
                Curves(overModel, "over the model, q fixed", "φ", "log Pr(x | φ)", -6, Touching),
                Curves(overPosterior, "over q, the model fixed", "mean of q", "log Pr(x)", -6, [posterior.Mean]),
            ]);

        IReadOnlyList<string> Row(double slope, Normal q, string what)
        {
            var at = new LinearGaussianModel([slope], [Offset], Deviation);
            var (evidence, bound) = (at.LogEvidence([Observed]), at.Elbo([Observed], q));
            return
            [
                Number(slope, 1), what, Number(evidence, 6), Number(at.ExpectedLogLikelihood([Observed], q), 6),
                Number(q.KlTo(new Normal(0, 1)), 6), Number(bound, 6), Number(evidence - bound, 6),
                    Number(q.KlTo(at.Posterior([Observed])), 6),
            ];
        }
        var rows = Touching
            .Select(slope => Row(slope, (model with { Direction = [slope] }).Posterior([Observed]), "posterior"))
            .Append(Row(Touching[1], posterior with { Mean = posterior.Mean + 0.5 }, "mean + 0.5"))
            .Append(Row(Touching[1], posterior with { Deviation = 2 * posterior.Deviation }, "deviation x 2"));
        var above = new[] { overModel, overPosterior }
            .SelectMany(curves =>
                curves.Bounds.SelectMany(bound => bound.Values.Zip(curves.LogEvidence, (elbo, evidence) => elbo - evidence)))
            .Max();
        return new FigureReport(
            [figure],
            [new("the bound and its parts, nats", new Table(
                ["φ", "q", "log Pr(x)", "E[log Pr(x | z)]", "KL(q ‖ prior)", "ELBO", "gap", "KL(q ‖ posterior)"], [.. rows]))],
            [string.Create(CultureInfo.InvariantCulture,
                $"on all curves the bound exceeds log Pr(x) by {Math.Max(above, 0):0.0e+0} nats at most (rounding)")]);
    }

    private static ScottPlot.Plot Curves(ElboCurves curves, string title, string xLabel, string evidence, double least, double[] touching)
    {
        var plot = PlotLook.Create(title, xLabel, "nats");
        double[] x = [.. curves.Parameter];
        for (var i = 0; i < curves.Bounds.Count; i++)
        {
            var line = plot.Add.ScatterLine(x, [.. curves.Bounds[i].Values], PlotLook.Palette[i]);
            (line.LineWidth, line.LegendText) = (2, $"ELBO, {curves.Bounds[i].Name}");
        }
        var top = plot.Add.ScatterLine(x, [.. curves.LogEvidence], PlotLook.Text);
        (top.LineWidth, top.LegendText) = (2.5f, evidence);
        foreach (var at in touching)
        {
            var nearest = Enumerable.Range(0, x.Length).MinBy(i => Math.Abs(x[i] - at));
            var mark = plot.Add.Marker(x[nearest], curves.LogEvidence[nearest], MarkerShape.OpenCircle, 11, PlotLook.Text);
            mark.MarkerLineWidth = 2;
        }
        plot.Axes.SetLimits(x[0], x[^1], least, curves.LogEvidence.Max() + 1.9);
        PlotLook.ShowLegend(plot, Alignment.UpperRight);
        return plot;
    }

    private static string Number(double value, int digits)
    {
        var text = value.ToString($"F{digits}", CultureInfo.InvariantCulture);
        return text.Trim('-', '0', '.').Length == 0 ? text.TrimStart('-') : text;
    }
}
