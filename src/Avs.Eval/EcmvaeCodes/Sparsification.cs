using Avs.Eval.Autoencoding;
using static TorchSharp.torch;

// Whether an uncertainty knows where a mask is wrong: E. Ilg et al., "Uncertainty Estimates and Multi-Hypotheses Networks for Optical
// Flow", ECCV 2018. The most uncertain pixels are taken away, share by share, and the error of the rest is looked at. An uncertainty that
// knows lets it fall at once; one that knows nothing leaves it where it was. The oracle takes the wrong pixels first.
//
//   AUSE = ∫ (error by the uncertainty − error by the oracle) d share / e       0 is perfect; 1/2 or so: it knows nothing

namespace Avs.Eval.EcmvaeCodes;

/// <summary>The error that is left when the most uncertain pixels are taken away.</summary>
/// <param name="Shares">What is taken away, from 0 to 1.</param>
/// <param name="Errors">The share of wrong pixels among the rest.</param>
/// <param name="AboveOracle">AUSE; NaN where no pixel is wrong.</param>
public sealed record SparsificationCurve(IReadOnlyList<double> Shares, IReadOnlyList<double> Errors, double AboveOracle);

/// <summary>Collects a sparsification curve by counts in fine bins of the uncertainty, so no pixel has to be kept.</summary>
public sealed class Sparsification
{
    private const int Bins = 4000, Points = 100;

    // Bins are of equal width in the logarithm: most pixels are nearly certain, and their order counts too. The largest deviation that a
    // probability can have is 0.5.
    private const double Smallest = 1e-12, Largest = 0.5;

    private readonly double[] pixels = new double[Bins], wrong = new double[Bins];

    /// <summary>Adds pixels.</summary>
    /// <param name="deviation">How uncertain, 0 to 0.5, any shape.</param>
    /// <param name="isWrong">Bool, of the same shape.</param>
    public void Add(Tensor deviation, Tensor isWrong)
    {
        using var scope = NewDisposeScope();
        var height = (deviation.flatten().to(ScalarType.Float64).clamp(min: Smallest) / Smallest).log();
        var bin = (height * (Bins / Math.Log(Largest / Smallest))).floor().clamp(0, Bins - 1).to(ScalarType.Int64);
        var (all, those) = (
            ImageBatches.Numbers(bin.bincount(null, Bins)),
            ImageBatches.Numbers(bin.bincount(isWrong.flatten().to(ScalarType.Float64), Bins)));
        for (var b = 0; b < Bins; b++)
        {
            pixels[b] += all[b];
            wrong[b] += those[b];
        }
    }

    /// <summary>The curve of all pixels so far; within a bin the wrong pixels are taken to lie evenly.</summary>
    public SparsificationCurve Result()
    {
        var (all, errors) = (pixels.Sum(), wrong.Sum());
        var (shares, left) = (new double[Points + 1], new double[Points + 1]);
        var (bin, gone, goneWrong) = (Bins - 1, 0.0, 0.0);
        for (var i = 0; i <= Points; i++)
        {
            var wanted = all * i / Points;
            while (bin > 0 && gone + pixels[bin] <= wanted)
                (gone, goneWrong, bin) = (gone + pixels[bin], goneWrong + wrong[bin], bin - 1);
            var part = pixels[bin] > 0 ? Math.Clamp((wanted - gone) / pixels[bin], 0, 1) : 0;
            shares[i] = (double)i / Points;
            // Nothing is left in the end: its error is that of what went last.
            left[i] = i == Points ? left[i - 1] : (errors - goneWrong - part * wrong[bin]) / (all - wanted);
        }
        var start = errors / all;
        double Above(int i) => left[i] - Math.Max(0, (start - shares[i]) / Math.Max(1 - shares[i], 1e-12));
        var area = Enumerable.Range(0, Points).Sum(i => (Above(i) + Above(i + 1)) / 2) / Points;
        return new SparsificationCurve(shares, left, start > 0 ? area / start : double.NaN);
    }
}
