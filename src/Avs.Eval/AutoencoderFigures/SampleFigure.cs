using Avs.Eval.Autoencoding;
using Avs.Eval.Reports;
using Avs.Models.Vae.Sampling;
using ScottPlot;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>Where the codes of new images come from.</summary>
public enum CodeSource
{
    /// <summary>Uniform between the least and the largest code of each dimension.</summary>
    Box,

    /// <summary>N(0, I).</summary>
    Prior,

    /// <summary>A mixture of 10 Gaussians, fitted to the codes.</summary>
    Mixture,
}

/// <summary>New images.</summary>
public static class SampleFigure
{
    private const int Components = 10;

    /// <summary>Draws images, and where their codes lie among those of the split.</summary>
    /// <param name="subject">Network and images.</param>
    /// <param name="source">Where codes are drawn.</param>
    /// <param name="count">How many; null: 18 of two dimensions or one, else 30.</param>
    public static FigureReport Draw(LatentSubject subject, CodeSource source, int? count = null)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var few = subject.LatentSize <= 2;
        var number = count ?? (few ? 18 : 30);
        var encoded = subject.Encode();
        ILatentSampler sampler = source switch
        {
            CodeSource.Box => new UniformBoxSampler(encoded.Mean),
            CodeSource.Prior => new StandardNormalSampler(subject.LatentSize),
            _ => GaussianMixtureSampler.Fit(encoded.Mean, subject.CreateRandom("sample/mixture"), Components),
        };
        var how = source switch
        {
            CodeSource.Box => "uniformly from the box that holds the codes",
            CodeSource.Prior => "from N(0, I)",
            _ => $"from a mixture of {Components} Gaussians, fitted to the codes",
        };
        var drawn = sampler.Sample(number, subject.CreateGenerator("sample"));
        var codes = Tiles.Rows(drawn);
        var distances = NearestNeighbours.Distances(encoded.Mean, drawn);
        var tiles = Tiles.From(subject.Decode(drawn), i => few ? $"{i + 1}: {Tiles.Code(codes[i])}" : $"{i + 1}");
        var sheet = new TileSheet(
            "sample", $"{subject.Name}: new images",
            $"{number} codes, drawn {how}, decoded." + (few ? " Below each: its number and its code." : ""),
            [], [.. tiles.Chunk(few ? 6 : 10).Select(row => new TileRow("", row))])
        { TileSide = few ? 96 : 72, Gap = 10 };
        List<Figure> figures = [sheet.Draw()];
        if (subject.LatentSize > 1)
            figures.Add(Points(subject, Tiles.Rows(encoded.Mean), codes, how));
        string[] dimensions = [.. Enumerable.Range(0, Math.Min(2, subject.LatentSize)).Select(d => $"z{d}")];
        return new FigureReport(
            figures,
            [new($"the codes, and how far the nearest code of {subject.Encoded} images is", new Table(
                ["image", .. dimensions, "distance"],
                [.. codes.Select((code, i) => (IReadOnlyList<string>)
                    [$"{i + 1}", .. code.Take(2).Select(value => Tiles.Number(value)), Tiles.Number(distances[i], 3)])]))],
            []);
    }

    private static Figure Points(LatentSubject subject, double[][] encoded, double[][] drawn, string how)
    {
        var plot = LatentPlane.Create("codes of images, and the drawn codes with their numbers");
        LatentPlane.AddByClass(plot, encoded, subject.Images);
        LatentPlane.Add(plot, drawn, Colors.Black, 9);
        LatentPlane.Add(plot, drawn, Colors.White, 5);
        for (var i = 0; i < drawn.Length; i++)
        {
            var label = plot.Add.Text($"{i + 1}", drawn[i][0], drawn[i][1]);
            (label.LabelFontSize, label.LabelBold, label.LabelFontColor) = (13, true, Colors.Black);
            (label.LabelAlignment, label.OffsetX) = (Alignment.MiddleLeft, 7);
            label.LabelBackgroundColor = Colors.White.WithAlpha(.65);
        }
        return new PlotGrid(1, 760, 640).Draw(
            "sample_points", $"{subject.Name}: where the new images come from",
            $"Codes drawn {how}, over {encoded.Length} images of {subject.Images.Name}, their means.{LatentPlane.Note(subject)}",
            [plot], LatentPlane.Key(subject.Images));
    }
}
