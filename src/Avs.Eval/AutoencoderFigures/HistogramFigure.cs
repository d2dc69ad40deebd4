using Avs.Eval.Reports;
using Avs.Models.LatentVariables;
using Avs.Models.Vae.Autoencoders;
using ScottPlot;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>How the codes are distributed in each dimension.</summary>
public static class HistogramFigure
{
    private const int Most = 50, Columns = 10, Bins = 20;
    private const double Reach = 3;

    /// <summary>Draws the first 50 dimensions.</summary>
    public static FigureReport Draw(LatentSubject subject)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var encoded = subject.Encode();
        var codes = Tiles.Rows(encoded.Draw(subject.CreateGenerator("histograms")));
        var means = Tiles.Rows(encoded.Mean);
        double[]? kl = null;
        if (encoded.Posterior is { } posterior)
            kl = [.. Measures.KlByDimension(posterior).data<float>().ToArray().Select(value => (double)value)];
        var shown = Math.Min(Most, subject.LatentSize);
        var columns = Math.Min(Columns, shown);
        var wide = shown <= 4;
        var figure = new PlotGrid(columns, wide ? 360 : 170, wide ? 280 : 140).Draw(
            "histograms", $"{subject.Name}: the codes in each dimension",
            $"{codes.Length} images of {subject.Images.Name}: a histogram of {Bins} bins for each of "
                + (shown < subject.LatentSize ? $"the first {shown} of {subject.LatentSize} dimensions" : $"the {shown} dimensions")
                + ", as densities; the line is N(0, 1).",
            [.. Enumerable.Range(0, shown).Select(d => Panel($"z{Subscript(d)}", [.. codes.Select(code => code[d])], wide))]);

        IReadOnlyList<string> Row(int d)
        {
            var (mean, variance) = Moments(codes, d);
            return
            [
                $"{d}", Tiles.Number(mean, 3), Tiles.Number(variance, 3), Tiles.Number(Moments(means, d).Variance, 4),
                kl is null ? "-" : Tiles.Number(kl[d], 3),
            ];
        }
        var active = Measures.ActiveUnits(encoded.Mean);
        return new FigureReport(
            [figure],
            [new("dimensions", new Table(["dimension", "mean", "variance", "variance of the means", "KL, nats"],
                [.. Enumerable.Range(0, shown).Select(Row)]))],
            [$"{active} of {subject.LatentSize} dimensions are active, {subject.LatentSize - active} dead (the variance of the means is at "
                + "most 0.01)"]);
    }

    private static ScottPlot.Plot Panel(string title, double[] values, bool wide)
    {
        var plot = PlotLook.Create(title);
        var (least, most) = (values.Min(), values.Max());
        if (most - least < 1e-6)
            (least, most) = (least - 0.05, most + 0.05);
        // The largest value belongs to the last bin.
        PlotLook.AddHistogram(plot, values, values.Length, least, most + 1e-9 * (most - least), Bins, PlotLook.Palette[0]);
        var x = Integral.Grid(-Reach, Reach, 100);
        plot.Add.ScatterLine(x, [.. x.Select(StandardNormal.Density)], PlotLook.Palette[1]).LineWidth = 1.5f;
        plot.Axes.AutoScale();
        var highest = plot.Axes.GetLimits().Top;
        plot.Axes.SetLimits(Math.Min(least, -Reach) - 0.2, Math.Max(most, Reach) + 0.2, 0, Math.Max(highest, 0.45));
        if (!wide)
        {
            plot.Axes.Title.Label.FontSize = 12;
            plot.Axes.Left.TickLabelStyle.FontSize = plot.Axes.Bottom.TickLabelStyle.FontSize = 9;
            plot.Layout.Fixed(new PixelPadding(28, 8, 18, 20));
        }
        return plot;
    }

    private static (double Mean, double Variance) Moments(double[][] codes, int d)
    {
        var mean = codes.Average(code => code[d]);
        return (mean, codes.Average(code => (code[d] - mean) * (code[d] - mean)));
    }

    private static string Subscript(int number) => string.Concat($"{number}".Select(digit => (char)('₀' + (digit - '0'))));
}
