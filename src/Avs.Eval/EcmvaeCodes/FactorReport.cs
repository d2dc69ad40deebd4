using System.Globalization;
using Avs.Eval.AutoencoderFigures;
using Avs.Eval.Autoencoding;
using Avs.Eval.Reports;
using ScottPlot;

namespace Avs.Eval.EcmvaeCodes;

/// <summary>What an ECMVAE's codes say of a data set, as pictures and tables.</summary>
public static class FactorReport
{
    /// <summary>Frames in a picture of points: t-SNE takes the square of their number.</summary>
    public const int MostPoints = 500;

    /// <summary>Draws the pictures and writes the tables.</summary>
    /// <param name="name">What headings call the model, such as its run's name.</param>
    /// <param name="seed">Of the frames that are drawn as points.</param>
    public static FigureReport Create(
        CollectedCodes codes, FactorMeasures measures, EcmvaeProbeResult probes, string name, long seed, int mostPoints = MostPoints)
    {
        var planes = new CodePlanes(codes, name, seed, mostPoints);
        return new FigureReport(
            [planes.DrawAxes(), planes.DrawNeighbours(), planes.DrawSounding(), Dimensions(measures, name), Probes(probes, name)],
            [
                new("the codes", new Table(
                    ["code", "dimensions", "active (prior)", "active (posterior)", "KL(q‖p), nats", "largest of a dimension"],
                    [.. measures.Codes.Select(Row)])),
                new("what two codes have in common", new Table(
                    [
                        "path", "codes", "mean |cos|", "by chance", "difference loss / N²", "largest correlation", "information, nats",
                        "by chance",
                    ],
                    [.. measures.Pairs.Select(Row)])),
                .. measures.Bounds.Count == 0 ? [] : new TitledTable[]
                {
                    new("the bound between the fused codes that training maximises, without its entropy", new Table(
                        ["path", "reference", "Gaussian", "deviation of its target"],
                        [.. measures.Bounds.Select(bound => (IReadOnlyList<string>)
                        [
                            bound.Path, Tiles.Number(bound.Reference, 3), Tiles.Number(bound.GaussianNormalised, 3),
                            Tiles.Number(bound.TargetDeviation, 3),
                        ])])),
                },
                new($"linear probes: learned from {probes.TrainFrames} frames, tested on {probes.TestFrames}", new Table(
                    ["path", "looked for", "code", "should be", "accuracy", "chance"],
                    [.. Rows("prior", probes.Prior), .. Rows("posterior", probes.Posterior)])),
            ],
            [
                $"{measures.Dataset}: {measures.Frames} frames of {measures.Clips} clips, {measures.LabelledFrames} of them with a mask",
                .. probes.Prior.GroupBy(probe => probe.Factor).Select(Sentence),
            ]);
    }

    private static IReadOnlyList<string> Row(CodeMeasures code) =>
    [
        code.Code, $"{code.Size}", $"{code.ActivePrior}", $"{code.ActivePosterior}", Tiles.Number(code.Kl, 3),
        Tiles.Number(code.KlByDimension.Max(), 3),
    ];

    private static IReadOnlyList<string> Row(PairMeasures pair) =>
    [
        pair.Path, $"{pair.First}, {pair.Second}", Tiles.Number(pair.Cosine, 3), Tiles.Number(pair.CosineByChance, 3),
        pair.Difference.ToString("G3", CultureInfo.InvariantCulture),
        pair.Information.Correlations.Count == 0 ? "-" : Tiles.Number(pair.Information.Correlations[0], 3),
        Nats(pair.Information.Nats), Nats(pair.Information.ByChance),
    ];

    private static string Nats(double value) => double.IsFinite(value) ? Tiles.Number(value) : "∞";

    private static IEnumerable<IReadOnlyList<string>> Rows(string path, IEnumerable<ProbeResult> probes) => probes.Select(
        probe => (IReadOnlyList<string>)[path, probe.Factor, probe.Code, probe.ShouldBe, Share(probe.Accuracy), Share(probe.Chance)]);

    private static string Sentence(IGrouping<string, ProbeResult> probes) =>
        $"{probes.Key}: {string.Join(", ", probes.Select(probe => $"{probe.Code} {Share(probe.Accuracy)}"))}; "
            + $"chance {Share(probes.First().Chance)}";

    private static string Share(double? value) => value is { } share ? Tiles.Number(share, 3) : "-";

    private static Figure Dimensions(FactorMeasures measures, string name)
    {
        ScottPlot.Plot Kl(CodeMeasures code)
        {
            var plot = PlotLook.Create($"{code.Code}: KL(q‖p)", "dimension", "nats");
            plot.Add.Bars(Bars(code.KlByDimension, PlotLook.Palette[0]));
            plot.Axes.SetLimitsY(0, 1.1 * Math.Max(measures.Codes.Max(other => other.KlByDimension.Max()), 1e-3));
            return plot;
        }
        ScottPlot.Plot Variance(CodeMeasures code)
        {
            var plot = PlotLook.Create($"{code.Code}: variance of the prior mean", "dimension", "log₁₀");
            static double[] Logs(CodeMeasures of) => [.. of.VarianceByDimension.Select(value => Math.Log10(Math.Max(value, 1e-8)))];
            var logs = Logs(code);
            var points = plot.Add.Scatter(Enumerable.Range(0, logs.Length).Select(d => (double)d).ToArray(), logs);
            (points.LineWidth, points.MarkerSize, points.Color) = (0, 8, PlotLook.Palette[2]);
            var line = plot.Add.HorizontalLine(-2);
            (line.Color, line.LineWidth, line.LinePattern) = (PlotLook.Palette[4], 1.2f, LinePattern.Dashed);
            var all = measures.Codes.SelectMany(Logs).ToArray();
            plot.Axes.SetLimits(-0.8, logs.Length - 0.2, Math.Min(-2.5, all.Min() - 0.3), Math.Max(-1.5, all.Max() + 0.3));
            return plot;
        }
        return new PlotGrid(measures.Codes.Count, 340, 260).Draw(
            "dimensions", $"{name}: what each dimension of the codes carries",
            $"{measures.Frames} frames of {measures.Dataset}. Above: how far the posterior, which saw the mask, is from the prior. Below: "
                + "how much the code of test time differs from frame to frame; above the dashed line (0.01) a dimension is active.",
            [.. measures.Codes.Select(Kl), .. measures.Codes.Select(Variance)]);
    }

    private static Bar[] Bars(IEnumerable<double> values, Color colour) =>
        [.. values.Select((value, d) => new Bar { Position = d, Value = value, FillColor = colour, LineWidth = 0, Size = 0.8 })];

    private static Figure Probes(EcmvaeProbeResult probes, string name)
    {
        string[] codes = [.. probes.Prior.Select(probe => probe.Code).Distinct()];
        ScottPlot.Plot Panel(string title, IReadOnlyList<ProbeResult> some)
        {
            var plot = PlotLook.Create(title, "", "accuracy");
            string[] factors = [.. some.Select(probe => probe.Factor).Distinct()];
            foreach (var probe in some)
            {
                var (group, place) = (Array.IndexOf(factors, probe.Factor), Array.IndexOf(codes, probe.Code));
                var x = group + (place - (codes.Length - 1) / 2.0) * 0.25;
                plot.Add.Bar(new Bar
                {
                    Position = x,
                    Value = probe.Accuracy ?? 0,
                    Size = 0.22,
                    FillColor = PlotLook.Palette[place],
                    LineWidth = 0,
                });
                if (probe.Chance is not { } chance)
                    continue;
                var line = plot.Add.Line(x - 0.12, chance, x + 0.12, chance);
                (line.Color, line.LineWidth, line.MarkerSize) = (PlotLook.Text, 2, 0);
            }
            plot.Axes.Bottom.SetTicks([.. factors.Index().Select(factor => (double)factor.Index)], factors);
            plot.Axes.SetLimits(-0.6, factors.Length - 0.4, 0, 1);
            return plot;
        }
        return new PlotGrid(2, 480, 320).Draw(
            "probes", $"{name}: what linear probes find in the codes",
            $"Learned from {probes.TrainFrames} training frames, tested on {probes.TestFrames} of {probes.Dataset}. Black lines: always "
                + "answering the most frequent. The class of what sounds should be found in c; where it is, and what does not sound, in "
                + "s_v.",
            [Panel("prior (test time)", probes.Prior), Panel("posterior (saw the mask)", probes.Posterior)],
            [.. codes.Select((code, i) => new KeyEntry(Colour(i), code)), new KeyEntry(new Rgb(28, 32, 38), "chance")]);
    }

    private static Rgb Colour(int place) => new(PlotLook.Palette[place].R, PlotLook.Palette[place].G, PlotLook.Palette[place].B);
}
