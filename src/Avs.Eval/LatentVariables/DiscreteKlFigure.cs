using System.Globalization;
using Avs.Eval.Reports;
using Avs.Models.LatentVariables;
using ScottPlot;

namespace Avs.Eval.LatentVariables;

/// <summary>Pairs of discrete distributions and their divergences both ways.</summary>
internal static class DiscreteKlFigure
{
    public static FigureReport Draw(long seed)
    {
        var rows = DiscreteKl.Table;
        var figure = new PlotGrid(3, 350, 300).Draw(
            "kl",
            "Kullback-Leibler divergence of discrete distributions",
            "KL(p ‖ q) = Σ p log(p/q), in nats: never negative, zero only of equal distributions, not symmetric, and infinite where q says "
                + "that something cannot happen which p says can.",
            [.. rows.Select(Bars)],
            [new KeyEntry(P, "p"), new KeyEntry(Q, "q")]);
        return new FigureReport(
            [figure],
            [new("divergences, nats", new Table(["pair", "p", "q", "KL(p ‖ q)", "KL(q ‖ p)"],
                [.. rows.Select(row => (IReadOnlyList<string>)
                    [row.Name, Numbers(row.P), Numbers(row.Q), Number(row.KlOfPToQ), Number(row.KlOfQToP)])]))],
            []);
    }

    private static Rgb P { get; } = new(31, 111, 235);

    private static Rgb Q { get; } = new(245, 120, 20);

    private static ScottPlot.Plot Bars(DiscreteKl.Row row)
    {
        var plot = PlotLook.Create(row.Name, $"KL(p ‖ q) = {Number(row.KlOfPToQ)}    KL(q ‖ p) = {Number(row.KlOfQToP)}");
        void Add(IReadOnlyList<double> values, double shift, Rgb colour) => plot.Add.Bars(values.Select((value, i) => new Bar
        {
            Position = i + shift,
            Value = value,
            Size = .36,
            FillColor = colour.ToPlot(),
            LineWidth = 0,
            Label = value.ToString("0.##", CultureInfo.InvariantCulture),
        }).ToArray());
        Add(row.P, -.19, P);
        Add(row.Q, .19, Q);
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, row.P.Count).Select(i => (double)i)],
            [.. Enumerable.Range(0, row.P.Count).Select(i => $"outcome {i + 1}")]);
        plot.Axes.SetLimits(-.6, row.P.Count - .4, 0, 1.08);
        return plot;
    }

    private static string Numbers(IReadOnlyList<double> values) =>
        string.Join("  ", values.Select(value => value.ToString("0.00", CultureInfo.InvariantCulture)));

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "∞" : value.ToString("F4", CultureInfo.InvariantCulture);
}
