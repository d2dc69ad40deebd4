using Avs.Core;
using Avs.Eval.Reports;
using Avs.Models.LatentVariables;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>Images along lines through the latent space.</summary>
public static class PathFigures
{
    private const int Steps = 11;

    /// <summary>Decodes z = (1 − α)·z_A + α·z_B for α = 0, 0.1, …, 1, with the images A and B at the ends.</summary>
    /// <param name="subject">Network and images.</param>
    /// <param name="pairs">A and B of each row, by their numbers.</param>
    public static FigureReport Interpolate(LatentSubject subject, IReadOnlyList<(int A, int B)> pairs)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var alphas = Integral.Grid(0, 1, Steps);
        var rows = new List<TileRow>();
        var difference = 0.0;
        foreach (var (a, b) in pairs)
        {
            var ends = subject.Batch([a, b]);
            var codes = subject.Means([a, b]);
            var decoded = subject.Decode(Between(codes[0], codes[1], alphas));
            var reconstructed = subject.Network.Reconstruct(ends).cpu();
            foreach (var (i, step) in ((int, int)[])[(0, 0), (1, Steps - 1)])
                difference = Math.Max(difference, (decoded[step] - reconstructed[i]).abs().max().item<float>());
            var originals = Tiles.From(ends, i => subject.ClassName(i == 0 ? a : b));
            rows.Add(new TileRow($"{a} → {b}", [originals[0], .. Tiles.From(decoded), originals[1]]));
        }
        var sheet = new TileSheet(
            "interpolate", $"{subject.Name}: from one image to another",
            $"z = (1 − α)·z_A + α·z_B, decoded; the images themselves at the ends ({subject.Images.Name}, numbers at the left).",
            ["A", .. alphas.Select(alpha => $"α = {Tiles.Number(alpha, 1)}"), "B"],
            rows);
        return new FigureReport(
            [sheet.Draw()], [],
            [FormattableString.Invariant($"the ends differ from the reconstructions of A and B by {difference:0.0e+0} at most")]);
    }

    /// <summary>Pairs of images of different classes, drawn at random.</summary>
    public static IReadOnlyList<(int A, int B)> DrawPairs(LatentSubject subject, int count)
    {
        var random = subject.CreateRandom("interpolate/pairs");
        var pairs = new List<(int, int)>();
        while (pairs.Count < count)
        {
            var (a, b) = (random.NextInt(subject.Images.Count), random.NextInt(subject.Images.Count));
            for (var again = 0; again < 50 && subject.Images.Labels[a] == subject.Images.Labels[b]; again++)
                b = random.NextInt(subject.Images.Count);
            pairs.Add((a, b));
        }
        return pairs;
    }

    /// <summary>Changes one dimension at a time of an image's code, or of the middle of all codes.</summary>
    /// <param name="subject">Network and images.</param>
    /// <param name="image">Its number; null: the middle.</param>
    /// <param name="dimensions">Which; null: the ten that tell images apart the most.</param>
    public static FigureReport Traverse(LatentSubject subject, int? image = null, IReadOnlyList<int>? dimensions = null)
    {
        foreach (var d in dimensions ?? [])
            if (d < 0 || d >= subject.LatentSize)
                throw new UsageException(
                    $"there is no dimension {d}: the codes of {subject.Name} have {subject.LatentSize}, counted from 0");
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var encoded = subject.Encode();
        var (mean, deviation) = (encoded.Mean.mean([0]), encoded.Mean.std(0, unbiased: false));
        var isVae = encoded.Posterior is not null;
        var activity = encoded.Posterior is { } posterior
            ? KullbackLeibler.ToStandardNormal(posterior).mean([0]) : deviation;
        var shown = dimensions ?? [.. activity.argsort(0, descending: true).data<long>().ToArray().Take(10).Select(d => (int)d)];
        // N(0, 1) is where a VAE's codes are; a plain autoencoder's say themselves where they are.
        var (middle, unit) = isVae ? (zeros_like(mean), ones_like(mean)) : (mean, deviation);
        var start = image is { } row ? subject.Means([row])[0] : middle;
        var steps = Integral.Grid(-3, 3, Steps);
        var rows = new List<TileRow>();
        foreach (var d in shown)
        {
            using var one = NewDisposeScope();
            var codes = start.repeat(Steps, 1);
            codes[TensorIndex.Colon, TensorIndex.Single(d)] = middle[d] + unit[d] * tensor(steps.Select(step => (float)step).ToArray());
            rows.Add(new TileRow(
                $"z{d}, {(isVae ? "KL" : "deviation")} {Tiles.Number(activity[d].item<float>())}", Tiles.From(subject.Decode(codes))));
        }
        var sheet = new TileSheet(
            "traverse", $"{subject.Name}: one dimension at a time",
            $"The other dimensions stay at {(image is null ? "the middle of all codes" : $"the code of image {image}")}; "
                + (isVae ? "values of the dimension above." : "above: deviations from the mean of the dimension.")
                + (dimensions is null && subject.LatentSize > shown.Count ? $" The {shown.Count} that tell images apart the most." : ""),
            [.. steps.Select(step => Tiles.Number(step, 1))],
            rows);
        return new FigureReport([sheet.Draw()], [], []);
    }

    private static Tensor Between(Tensor a, Tensor b, double[] alphas)
    {
        var alpha = tensor(alphas.Select(value => (float)value).ToArray()).unsqueeze(1); // [S,1]
        return a * (1 - alpha) + b * alpha;
    }
}
