using Avs.Core;
using Avs.Eval.Autoencoding;
using Avs.Models.Ecmvae;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

// What is measured of an ECMVAE's codes over the frames of a split:
//
//   active units     dimensions whose mean varies over the frames by more than 0.01 (Y. Burda, R. Grosse, R. Salakhutdinov, 2016)
//   KL(q‖p)          of each dimension, between the posterior, which saw the mask, and the prior, which did not; mean over labelled frames
//   cosine           mean of |cos(a, b)| of two codes of a frame, each centred over the split; directions drawn at random have
//                    Γ(K/2) / (√π Γ((K+1)/2)), 0.2 for K = 16
//   difference       the difference loss of training over all frames at once, divided by N², so that it does not grow with them
//   bound            the mutual-information bound that training maximises, without the entropy that it leaves out (MutualInformation.cs)

namespace Avs.Eval.EcmvaeCodes;

/// <summary>One code.</summary>
/// <param name="Code">Its symbol.</param>
/// <param name="Size">K.</param>
/// <param name="ActivePrior">Active units of the code that test time has.</param>
/// <param name="ActivePosterior">Active units of the code that saw the masks.</param>
/// <param name="Kl">KL(q‖p), nats, all dimensions together.</param>
/// <param name="KlByDimension">The same for each dimension.</param>
/// <param name="VarianceByDimension">Variance of the prior mean over the frames, for each dimension.</param>
public sealed record CodeMeasures(
    string Code, int Size, int ActivePrior, int ActivePosterior, double Kl, IReadOnlyList<double> KlByDimension,
    IReadOnlyList<double> VarianceByDimension);

/// <summary>Two codes of the same frames.</summary>
/// <param name="Path">`prior` or `posterior`.</param>
/// <param name="Cosine">Mean |cos|.</param>
/// <param name="CosineByChance">That of directions drawn at random.</param>
/// <param name="Difference">The difference loss divided by N².</param>
/// <param name="Information">How much they know of each other, were they Gaussian.</param>
public sealed record PairMeasures(
    string Path, string First, string Second, double Cosine, double CosineByChance, double Difference, GaussianInformation Information);

/// <summary>The bound between the two fused codes that training maximises.</summary>
/// <param name="Path">`prior` or `posterior`.</param>
/// <param name="Reference">As the release has it, at most 0.</param>
/// <param name="GaussianNormalised">The full Gaussian log-likelihood.</param>
/// <param name="TargetDeviation">
/// How much the learned target differs from frame to frame, mean over its dimensions: where it is 0, a constant reaches the bound.
/// </param>
public sealed record TrainedBound(string Path, double Reference, double GaussianNormalised, double TargetDeviation);

/// <summary>The measures of all codes of a split.</summary>
public sealed record FactorMeasures(
    string Dataset, int Clips, int Frames, int LabelledFrames, IReadOnlyList<CodeMeasures> Codes, IReadOnlyList<PairMeasures> Pairs,
    IReadOnlyList<TrainedBound> Bounds)
{
    private const int FewestFrames = 3;

    /// <summary>Measures codes.</summary>
    /// <param name="codes">What was collected.</param>
    /// <param name="seed">Of the shuffles by which chance is measured.</param>
    /// <exception cref="UsageException">There are too few labelled frames.</exception>
    public static FactorMeasures Compute(CollectedCodes codes, long seed)
    {
        if (codes.Labelled.Count < FewestFrames)
        {
            throw new UsageException($"{codes.Dataset} has {codes.Labelled.Count} frames with a mask, too few to measure codes; "
                + $"expected {FewestFrames} or more");
        }
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var clipOf = new List<int>();
        foreach (var (row, frame) in codes.Frames.Index())
            clipOf.Add(row == 0 ? 0 : clipOf[^1] + (frame.Clip == codes.Frames[row - 1].Clip ? 0 : 1));
        int[] clipOfLabelled = [.. codes.Labelled.Select(row => clipOf[row])];
        return new FactorMeasures(
            codes.Dataset, clipOf[^1] + 1, codes.Frames.Count, codes.Labelled.Count,
            [.. codes.Factors.Select(factor => MeasureOne(factor, codes.Labelled))],
            [
                .. Compare("prior", codes, factor => factor.Prior.Mean, clipOf, seed),
                .. Compare("posterior", codes, factor => factor.Posterior.Mean, clipOfLabelled, seed),
            ],
            [.. Bound("prior", codes.PriorInformation), .. Bound("posterior", codes.PosteriorInformation)]);
    }

    private static CodeMeasures MeasureOne(FactorCodes factor, IReadOnlyList<int> labelled)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(labelled.Select(row => (long)row).ToArray());
        var prior = new DiagonalGaussian(factor.Prior.Mean.index_select(0, rows), factor.Prior.LogVariance.index_select(0, rows));
        var kl = ImageBatches.Numbers(KullbackLeibler.Between(factor.Posterior, prior).mean([0]));
        var mean = factor.Prior.Mean;
        return new CodeMeasures(
            factor.Symbol, factor.Size, Measures.ActiveUnits(mean), Measures.ActiveUnits(factor.Posterior.Mean), kl.Sum(), kl,
            ImageBatches.Numbers((mean - mean.mean([0])).square().mean([0])));
    }

    private static IEnumerable<PairMeasures> Compare(
        string path, CollectedCodes codes, Func<FactorCodes, Tensor> means, IReadOnlyList<int> clips, long seed) =>
        from first in Enumerable.Range(0, codes.Factors.Count)
        from second in Enumerable.Range(first + 1, codes.Factors.Count - first - 1)
        select Pair(path, codes.Factors[first], codes.Factors[second], means, clips, seed);

    private static PairMeasures Pair(
        string path, FactorCodes first, FactorCodes second, Func<FactorCodes, Tensor> means, IReadOnlyList<int> clips, long seed)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (means(first).to(ScalarType.Float64), means(second).to(ScalarType.Float64));
        return new PairMeasures(
            path, first.Symbol, second.Symbol, Cosine(x, y), CosineByChance(first.Size),
            DifferenceLoss.Compute(x, y).item<double>() / ((double)x.shape[0] * x.shape[0]),
            GaussianInformation.Compute(x, y, clips, seed));
    }

    /// <summary>Mean |cos| of the rows of two codes, each centred; a row of length 0 counts as 0.</summary>
    internal static double Cosine(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        static Tensor Directions(Tensor rows)
        {
            var centred = rows - rows.mean([0], keepdim: true);
            return centred / centred.norm(1, keepdim: true).clamp(min: 1e-12);
        }
        return (Directions(x) * Directions(y)).sum(1).abs().to(ScalarType.Float64).mean().item<double>();
    }

    /// <summary>E|cos| of two directions drawn at random, of K dimensions.</summary>
    internal static double CosineByChance(int size)
    {
        var value = size % 2 == 0 ? 2 / Math.PI : 1.0; // of K = 2 and K = 1; from K to K + 2 it falls by K/(K + 1)
        for (var k = size % 2 == 0 ? 2 : 1; k < size; k += 2)
            value *= k / (k + 1.0);
        return value;
    }

    private static IEnumerable<TrainedBound> Bound(string path, MutualInformationHeads? heads)
    {
        if (heads is null)
            return [];
        using var scope = NewDisposeScope();
        double Of(MiBound bound) => MutualInformation.LowerBound(heads, bound).to(ScalarType.Float64).item<double>();
        var target = heads.Target.to(ScalarType.Float64);
        var deviation = (target - target.mean([0])).square().mean([0]).sqrt().mean().item<double>();
        return [new TrainedBound(path, Of(MiBound.Reference), Of(MiBound.GaussianNormalised), deviation)];
    }
}
