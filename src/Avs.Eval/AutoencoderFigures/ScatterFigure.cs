using Avs.Eval.Reports;
using Avs.Models.LatentVariables;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>Where images lie in the latent plane: without and with their labels, and through the normal distribution function.</summary>
public static class ScatterFigure
{
    /// <summary>Draws the first images of the split.</summary>
    /// <param name="subject">Network and images; codes of at least 2 dimensions.</param>
    /// <param name="useMean">Whether a VAE's points are the means of its codes rather than a draw of each.</param>
    public static FigureReport Draw(LatentSubject subject, bool useMean = false)
    {
        subject.RequireDimensions(2, "a scatter");
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var encoded = subject.Encode();
        var codes = Tiles.Rows(useMean ? encoded.Mean : encoded.Draw(subject.CreateGenerator("scatter")));
        double[][] probabilities = [.. codes.Select(code => code[..2].Select(StandardNormal.Cumulative).ToArray())];

        var black = LatentPlane.Create("codes");
        LatentPlane.Add(black, codes, ScottPlot.Colors.Black.WithAlpha(.5));
        var coloured = LatentPlane.Create("by label");
        LatentPlane.AddByClass(coloured, codes, subject.Images);
        var through = LatentPlane.Create("by label, p = Φ(z)", "Φ(z₀)", "Φ(z₁)");
        LatentPlane.AddByClass(through, probabilities, subject.Images);
        through.Axes.SetLimits(0, 1, 0, 1);

        var figure = new PlotGrid(3, 460, 450).Draw(
            "scatter",
            $"{subject.Name}: the latent space",
            $"{codes.Length} images of {subject.Images.Name}"
                + (encoded.LogVariance is null ? "." : useMean ? ", the means of their codes." : ", one draw of each code.")
                + LatentPlane.Note(subject)
                + " At the right through Φ, the normal distribution function: codes like the prior N(0, I) fill the square evenly.",
            [black, coloured, through],
            LatentPlane.Key(subject.Images));

        IReadOnlyList<string> Row(string name, double[][] some)
        {
            var (x, y) = (some.Average(code => code[0]), some.Average(code => code[1]));
            double Deviation(int d, double mean) => Math.Sqrt(some.Average(code => (code[d] - mean) * (code[d] - mean)));
            return [name, $"{some.Length}", Tiles.Number(x), Tiles.Number(y), Tiles.Number(Deviation(0, x)), Tiles.Number(Deviation(1, y))];
        }
        var groups = Enumerable.Range(0, codes.Length).GroupBy(row => subject.Images.Labels[row]).OrderBy(group => group.Key).ToArray();
        var rows = (subject.Images.Classes.Count == 0 ? [] : groups.Select(group =>
            Row(subject.ClassName(group.First()), [.. group.Select(row => codes[row])]))).Append(Row("all", codes));
        return new FigureReport(
            [figure],
            [new("centroids", new Table(["class", "images", "mean z₀", "mean z₁", "deviation z₀", "deviation z₁"], [.. rows]))],
            subject.LatentSize > 2 ? [$"the codes have {subject.LatentSize} dimensions; the picture shows the first two"] : []);
    }
}
