using Avs.Eval.Reports;
using Avs.Models.LatentVariables;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>What adding an attribute's direction to codes does.</summary>
public static class ArithmeticFigure
{
    private const int Scored = 200;
    private static readonly double[] Alphas = Integral.Grid(-4, 4, 9);

    /// <summary>Draws z + α·v for images without the attribute.</summary>
    /// <param name="subject">Network and images.</param>
    /// <param name="attribute">The name of an attribute or a class.</param>
    /// <param name="count">Images in the picture.</param>
    /// <param name="score">The probability that decoded images have it, [N,C,H,W] -> [N]; null: it is not judged.</param>
    public static FigureReport Draw(LatentSubject subject, string attribute, int count = 5, Func<Tensor, Tensor>? score = null)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var has = AttributeVector.Has(subject.Images, attribute);
        var vector = AttributeVector.Find(subject, has);
        int[] without = [.. Enumerable.Range(0, has.Length).Where(row => !has[row]).Take(Math.Max(count, Scored))];
        int[] shown = [.. without.Take(count)];
        var codes = subject.Means(without);

        Tensor Moved(int howMany, double alpha) => subject.Decode(codes.narrow(0, 0, howMany) + vector.Direction * alpha);
        var columns = Alphas.Select(alpha => Tiles.From(Moved(shown.Length, alpha))).ToArray();
        var originals = Tiles.From(subject.Batch(shown), i => subject.ClassName(shown[i]));
        var sheet = new TileSheet(
            "arithmetic", $"{subject.Name}: adding “{attribute}”",
            $"z + α·v, decoded; v, of length 1, points from the mean code of {vector.Without} images without it to that of {vector.With} "
                + "with.",
            ["image", .. Alphas.Select(alpha => $"α = {Tiles.Number(alpha, 0)}")],
            [.. shown.Select((row, i) => new TileRow($"{row}", [originals[i], .. columns.Select(column => column[i])]))]);
        var sentences = new List<string>
        {
            $"the mean codes are {Tiles.Number(vector.Length)} apart; they "
                + (vector.Settled ? "had settled to within 0.08" : "had not settled to within 0.08 when the images were at an end")
                + $" after {vector.With} images with it and {vector.Without} without",
        };
        if (score is null)
            return new FigureReport([sheet.Draw()], [], sentences);

        double[] scores = [.. Alphas.Select(alpha =>
        {
            using var step = NewDisposeScope();
            return (double)score(Moved(without.Length, alpha)).mean().item<float>();
        })];
        var plot = PlotLook.Create($"probability of “{attribute}”", "α", $"mean over {without.Length} images");
        plot.Add.Scatter(Alphas, scores, PlotLook.Palette[0]).LineWidth = 2;
        plot.Axes.SetLimits(-4.2, 4.2, 0, 1.02);
        var chart = new PlotGrid(1, 620, 400).Draw(
            "arithmetic_score", $"{subject.Name}: does “{attribute}” appear?", "As a classifier of such images judges it.", [plot]);
        var rises = scores.Zip(scores.Skip(1)).Count(pair => pair.Second > pair.First);
        sentences.Add($"the classifier's score rises in {rises} of {scores.Length - 1} steps of α");
        return new FigureReport(
            [sheet.Draw(), chart],
            [new("the classifier's score", new Table(["α", "score"],
                [.. Alphas.Select((alpha, i) => (IReadOnlyList<string>)[Tiles.Number(alpha, 0), Tiles.Number(scores[i], 4)])]))],
            sentences);
    }
}
