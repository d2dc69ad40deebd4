using Avs.Eval.Reports;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>Images above, what the network makes of them below.</summary>
public static class ReconstructionFigure
{
    private const int PerRow = 10;

    /// <summary>Draws the first images of the split.</summary>
    /// <param name="subject">Network and images.</param>
    /// <param name="count">How many images.</param>
    /// <param name="useMean">Whether a VAE decodes the mean of its code rather than a draw.</param>
    public static FigureReport Draw(LatentSubject subject, int count = PerRow, bool useMean = false)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        int[] rows = [.. Enumerable.Range(0, Math.Min(count, subject.Images.Count))];
        var images = subject.Batch(rows);
        var (mean, posterior) = subject.Network.Encode(images);
        var drawn = posterior is not null && !useMean;
        var codes = drawn ? posterior!.Sample(subject.CreateGenerator("reconstruct")).squeeze(0) : mean;
        var decoded = subject.Network.Decode(codes);
        var errors = (images - decoded).square().mean([1, 2, 3]).cpu().data<float>().ToArray();

        var real = Tiles.From(images, i => subject.ClassName(rows[i]));
        var made = Tiles.From(decoded, i => Tiles.Number(errors[i], 4));
        var sheet = new TileSheet(
            "reconstruct",
            $"{subject.Name}: reconstructions",
            $"{subject.Images.Name}, the first {rows.Length}. Below each pair: the mean squared error of a pixel."
                + (drawn ? " Decoded from a draw of each image's distribution." : " Decoded from each image's code."),
            [],
            [.. real.Chunk(PerRow).Zip(made.Chunk(PerRow)).SelectMany(pair => new TileRow[]
                { new("images", pair.First), new("reconstructions", pair.Second) })]);
        return new FigureReport(
            [sheet.Draw()], [], [$"mean squared error of a pixel over the {rows.Length}: {Tiles.Number(errors.Average(), 5)}"]);
    }
}
