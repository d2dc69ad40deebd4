using Avs.Core;
using Avs.Eval.Reports;
using static TorchSharp.torch;

// What a model of whole images makes of damaged ones: encode the damaged image, decode its code. Where it is known which part of the image
// is sound, that part is put back and the result encoded again, several times (D. Rezende, S. Mohamed, D. Wierstra, ICML 2014, appendix F,
// with means in place of draws): x ← K(x̃(z(x))), K puts back what is known.

namespace Avs.Eval.AutoencoderFigures;

/// <summary>What is done to images.</summary>
public enum Damage
{
    /// <summary>A square in the middle is missing.</summary>
    Hole,

    /// <summary>All but the middle is missing.</summary>
    Surroundings,

    /// <summary>Normal noise is added.</summary>
    Noise,

    /// <summary>Colours are missing.</summary>
    Colour,
}

/// <summary>Damaged images, and what the network makes of them.</summary>
public static class RestorationFigure
{
    private const int Images = 10;
    private const double NoiseDeviation = 0.3;

    // The middle that is missing or left: so much of each side.
    private const double HoleShare = 0.4, LeftShare = 0.6;

    /// <summary>Draws images of as many classes as there are.</summary>
    /// <param name="subject">Network and images.</param>
    /// <param name="damage">What is done to them.</param>
    /// <param name="rounds">How often the result is encoded again, where a part of the image is known.</param>
    public static FigureReport Draw(LatentSubject subject, Damage damage, int rounds = 20)
    {
        if (damage == Damage.Colour && subject.Images.Channels != 3)
            throw new UsageException(
                $"{subject.Name} is a model of grey images, so there are no colours to find; it takes one of 3 channels");
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var rows = subject.OnePerClass(Images);
        var images = subject.Batch(rows);
        var (damaged, putBack, missing) = Damaged(subject, damage, images);
        var once = subject.Network.Reconstruct(damaged);
        var pictures = new List<(string Name, Tensor Images)> { ("images", images), ("damaged", damaged), ("decoded once", putBack(once)) };
        if (damage != Damage.Noise)
        {
            var again = putBack(once);
            for (var round = 1; round < rounds; round++)
            {
                using var step = NewDisposeScope();
                again = putBack(subject.Network.Reconstruct(again)).MoveToOuterDisposeScope();
            }
            if (rounds > 1)
                pictures.Add(($"after {rounds} rounds", again));
        }
        var pixels = missing.expand_as(images).sum().item<float>();
        double Error(Tensor result) => ((result - images).square() * missing).sum().item<float>() / pixels;
        var (name, what) = damage switch
        {
            Damage.Hole => ("inpaint", "The middle is set to 0, the image encoded and decoded, and the known rest put back"),
            Damage.Surroundings =>
                ("outfill", "All but the middle is set to 0, the image encoded and decoded, and the known middle put back"),
            Damage.Noise => ("denoise", FormattableString.Invariant(
                $"Normal noise of deviation {NoiseDeviation} is added, the image encoded and decoded")),
            _ => ("colourise", "The colours are taken out, the image encoded and decoded, and the known brightness put back"),
        };
        var sheet = new TileSheet(
            name, $"{subject.Name}: {name}",
            $"{what}{(damage == Damage.Noise ? "" : "; then encoded again, round after round")}. The network was not trained for this.",
            [.. rows.Select(subject.ClassName)],
            [.. pictures.Select(picture => new TileRow(picture.Name, Tiles.From(picture.Images)))])
        { TileSide = 84 };
        return new FigureReport(
            [sheet.Draw()],
            [new($"mean squared error of "
                + $"{(damage == Damage.Noise ? "all pixels" : damage == Damage.Colour ? "the colours" : "the missing pixels")}",
                new Table(["picture", "error"], [.. pictures.Skip(1).Select(picture => (IReadOnlyList<string>)
                    [picture.Name, Tiles.Number(Error(picture.Images), 5)])]))],
            []);
    }

    private static (Tensor Damaged, Func<Tensor, Tensor> PutBack, Tensor Missing) Damaged(
        LatentSubject subject, Damage damage, Tensor images)
    {
        if (damage == Damage.Noise)
        {
            var noise = randn(images.shape, generator: subject.CreateGenerator("denoise")).to(images.device) * NoiseDeviation;
            return ((images + noise).clamp(0, 1), result => result, ones_like(images));
        }
        if (damage == Damage.Colour)
        {
            var brightness = Brightness(images);
            return (brightness.expand_as(images), result => (result + brightness - Brightness(result)).clamp(0, 1), ones_like(images));
        }
        var (height, width) = (images.shape[2], images.shape[3]);
        var share = damage == Damage.Hole ? HoleShare : LeftShare;
        var (rows, columns) = ((long)Math.Round(height * share), (long)Math.Round(width * share));
        var middle = zeros(1, 1, height, width, device: images.device);
        middle.narrow(2, (height - rows) / 2, rows).narrow(3, (width - columns) / 2, columns).fill_(1);
        var missing = damage == Damage.Hole ? middle : 1 - middle;
        return (images * (1 - missing), result => images * (1 - missing) + result * missing, missing);
    }

    // As the eye weighs colours (ITU-R BT.601).
    private static Tensor Brightness(Tensor images) =>
        (images * tensor(new[] { 0.299f, 0.587f, 0.114f }, device: images.device).view(1, 3, 1, 1)).sum([1], keepdim: true);
}
