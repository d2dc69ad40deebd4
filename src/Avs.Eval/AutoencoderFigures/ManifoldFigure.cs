using Avs.Core;
using Avs.Eval.Reports;
using Avs.Models.LatentVariables;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>What the decoder makes of a grid over the latent plane.</summary>
public static class ManifoldFigure
{
    /// <summary>Where probabilities are held back from 0 and 1, whose quantiles are infinite.</summary>
    private const double LeastProbability = 0.001;

    /// <summary>Decodes a grid.</summary>
    /// <param name="subject">Network with two dimensions, and images.</param>
    /// <param name="useQuantiles">
    /// Whether the grid has equal steps of probability under N(0, I), as suits a VAE; else it has equal steps between the least and the
    /// largest code.
    /// </param>
    /// <param name="side">Images a side.</param>
    public static FigureReport Draw(LatentSubject subject, bool useQuantiles, int side = 15)
    {
        if (subject.LatentSize != 2)
            throw new UsageException(
                $"a decoded plane needs codes of 2 dimensions, but those of {subject.Name} have {subject.LatentSize}; "
                + "'avs latent traverse' shows any number");
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var (xs, ys) = useQuantiles ? (Quantiles(side), Quantiles(side)) : Box(Tiles.Rows(subject.Encode().Mean), side);
        var codes = new float[side * side, 2];
        for (var i = 0; i < side; i++)
            for (var j = 0; j < side; j++)
                (codes[i * side + j, 0], codes[i * side + j, 1]) = ((float)xs[j], (float)ys[side - 1 - i]); // upwards, as in a plot
        var tiles = Tiles.From(subject.Decode(tensor(codes)));
        var sheet = new TileSheet(
            "manifold", $"{subject.Name}: the decoded plane",
            (useQuantiles
                ? $"z = Φ⁻¹(p) for {side} equal steps of p from 0 to 1 on each axis (held within 0.001 and 0.999)."
                : $"{side} equal steps between the least and the largest code on each axis.")
                + " z₀ to the right, z₁ upwards.",
            [.. xs.Select(x => Tiles.Number(x, 1))],
            [.. tiles.Chunk(side).Select((row, i) => new TileRow(Tiles.Number(ys[side - 1 - i], 1), row))])
        { Gap = 0, TileSide = 48 };
        return new FigureReport([sheet.Draw()], [], []);
    }

    internal static double[] Quantiles(int side) =>
    [
        .. Integral.Grid(0, 1, side)
            .Select(p => StandardNormal.Quantile(Math.Clamp(p, LeastProbability, 1 - LeastProbability))),
    ];

    private static (double[] X, double[] Y) Box(double[][] codes, int side)
    {
        double[] Axis(int d) => Integral.Grid(codes.Min(code => code[d]), codes.Max(code => code[d]), side);
        return (Axis(0), Axis(1));
    }
}
