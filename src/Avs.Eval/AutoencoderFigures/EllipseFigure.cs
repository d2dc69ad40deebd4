using Avs.Core;
using Avs.Eval.Reports;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>The distribution of some images' codes: ellipses of one and two deviations.</summary>
public static class EllipseFigure
{
    /// <summary>Draws them over the means of all.</summary>
    /// <param name="subject">A network whose code is a distribution of at least 2 dimensions, and images.</param>
    /// <param name="count">How many images, one a class.</param>
    public static FigureReport Draw(LatentSubject subject, int count = 10)
    {
        subject.RequireDimensions(2, "a picture of ellipses");
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var encoded = subject.Encode();
        var rows = subject.OnePerClass(count);
        var posterior = subject.Network.Encode(subject.Batch(rows)).Posterior ?? throw new UsageException(
            $"the code of an image is a point of {subject.Name}, not a distribution: there are no ellipses to draw");
        var (means, deviations) = (Tiles.Rows(posterior.Mean), Tiles.Rows((posterior.LogVariance * 0.5).exp()));

        var plot = LatentPlane.Create("q(z | x): one and two deviations");
        LatentPlane.Add(plot, Tiles.Rows(encoded.Mean), ScottPlot.Colors.Gray.WithAlpha(.25), 2.5f);
        for (var i = 0; i < rows.Length; i++)
        {
            var colour = ClassColours.ForClass(subject.Images.Labels[rows[i]]).ToPlot();
            foreach (var factor in (int[])[1, 2])
            {
                var ellipse = plot.Add.Ellipse(means[i][0], means[i][1], factor * deviations[i][0], factor * deviations[i][1]);
                (ellipse.LineColor, ellipse.LineWidth) = (colour, factor == 1 ? 2 : 1.2f);
                ellipse.FillColor = colour.WithAlpha(factor == 1 ? .25 : .1);
            }
        }
        var figure = new PlotGrid(1, 720, 640).Draw(
            "ellipses",
            $"{subject.Name}: where the code of an image may lie",
            $"One image of each class, over the means of {subject.Encoded} images of {subject.Images.Name}.{LatentPlane.Note(subject)}",
            [plot],
            LatentPlane.Key(subject.Images));
        return new FigureReport(
            [figure],
            [new("the four numbers of each", new Table(["image", "class", "μ₀", "μ₁", "σ₀", "σ₁"],
                [.. rows.Select((row, i) => (IReadOnlyList<string>)
                [
                    $"{row}", subject.ClassName(row), Tiles.Number(means[i][0], 3), Tiles.Number(means[i][1], 3),
                    Tiles.Number(deviations[i][0], 3), Tiles.Number(deviations[i][1], 3),
                ])]))],
            subject.LatentSize > 2 ? [$"the codes have {subject.LatentSize} dimensions; the picture shows the first two"] : []);
    }
}
