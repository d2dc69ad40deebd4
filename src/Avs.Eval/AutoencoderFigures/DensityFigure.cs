using Avs.Core;
using Avs.Data.Images;
using Avs.Eval.Autoencoding;
using Avs.Eval.Reports;
using Avs.Models.Vae.Autoencoders;
using ScottPlot;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>How probable the model finds images like those it was trained on, and others.</summary>
public static class DensityFigure
{
    private const int Bins = 60, Shown = 10;

    /// <summary>Draws a histogram of both kinds, and the least and most probable images.</summary>
    /// <param name="subject">A network with a bound of log p(x), and images such as it was trained on.</param>
    /// <param name="others">Other images, of the same shape.</param>
    /// <param name="samples">Codes an image: 1 for the ELBO, more for the importance-weighted bound.</param>
    public static FigureReport Draw(LatentSubject subject, ImageTensors others, int samples = 1)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        double[] known, unknown;
        try
        {
            known = Bounds(subject, samples);
            unknown = Bounds(subject with { Images = others }, samples);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"{subject.Name}: {e.Message.Split(" (Parameter")[0]}", e);
        }
        var bound = samples == 1 ? "ELBO" : $"importance-weighted bound of {samples} codes";
        var plot = PlotLook.Create("", $"{bound} of log p(x), nats an image", "density");
        // Few images far away must not press the rest together.
        var low = Math.Min(RankOrder.Quantile(known, 0.005), RankOrder.Quantile(unknown, 0.02));
        var high = Math.Max(known.Max(), unknown.Max());
        foreach (var (name, values, colour) in new[]
        {
            (subject.Images.Name, known, PlotLook.Palette[0]), (others.Name, unknown, PlotLook.Palette[1]),
        })
        {
            var bars = PlotLook.AddHistogram(plot, values, values.Length, low, high, Bins, colour);
            foreach (var bar in bars.Bars)
                bar.FillColor = colour.WithAlpha(.5);
            bars.LegendText = name;
        }
        PlotLook.ShowLegend(plot, Alignment.UpperLeft);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top * 1.15);
        var chart = new PlotGrid(1, 760, 420).Draw(
            "density", $"{subject.Name}: how probable are images?",
            $"{known.Length} images of {subject.Images.Name} and {unknown.Length} of {others.Name}.", [plot]);

        var order = Enumerable.Range(0, known.Length).OrderBy(row => known[row]).ToArray();
        TileRow Row(string title, int[] rows) =>
            new(title, Tiles.From(subject.Batch(rows), i => Tiles.Number(known[rows[i]], 0)));
        var columns = Math.Min(Shown, known.Length);
        var other = Math.Min(Shown, unknown.Length);
        int[] some = [.. Enumerable.Range(0, other).Select(i => i * unknown.Length / other)]; // sets may be sorted by class
        var sheet = new TileSheet(
            "density_outliers", $"{subject.Name}: the least and the most probable images",
            $"Of {known.Length} of {subject.Images.Name}; below each its bound, nats.", [],
            [
                Row("least probable", order[..columns]), Row("most probable", [.. order.Reverse().Take(columns)]),
                new TileRow(others.Name, Tiles.From(
                    (subject with { Images = others }).Batch(some), i => Tiles.Number(unknown[some[i]], 0))),
            ]);
        IReadOnlyList<string> Numbers(string name, double[] values) =>
        [
            name, $"{values.Length}", Tiles.Number(values.Average(), 1), Tiles.Number(RankOrder.Quantile(values, 0.05), 1),
            Tiles.Number(RankOrder.Quantile(values, 0.5), 1), Tiles.Number(RankOrder.Quantile(values, 0.95), 1),
        ];
        return new FigureReport(
            [chart, sheet.Draw()],
            [new($"{bound}, nats an image", new Table(["images", "number", "mean", "5 %", "median", "95 %"],
                [Numbers(subject.Images.Name, known), Numbers(others.Name, unknown)]))],
            [
                $"AUROC {Tiles.Number(RankOrder.Auroc(known, unknown), 4)}: how often an image of {subject.Images.Name} has a higher bound "
                    + $"than one of {others.Name}",
            ]);
    }

    private static double[] Bounds(LatentSubject subject, int samples)
    {
        var generator = subject.CreateGenerator("density");
        return ImageBatches.Numbers(ImageBatches.Join(subject.Encoded, (first, count) =>
        {
            var images = subject.Batch([.. Enumerable.Range(first, count)]);
            return samples == 1
                ? Measures.Elbo(subject.Network, images, generator).Elbo()
                : Measures.ImportanceWeightedBound(subject.Network, images, generator, samples);
        }));
    }
}
