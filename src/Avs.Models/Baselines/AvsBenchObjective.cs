using Avs.Models.Losses;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The losses of the AVSBench baseline (J. Zhou et al., ECCV 2022, eq. (3)-(4)):
//
//   L = BCE(σ(p), y) + λ·L_AVM          S4: first frames only, λ = 0;  MS3: every frame, λ = 0.5

namespace Avs.Models.Baselines;

/// <summary>The terms of the baseline's objective.</summary>
/// <param name="Total">The number to minimise.</param>
/// <param name="CrossEntropy">BCE, mean over pixels.</param>
/// <param name="Matching">L_AVM; zero when its weight is.</param>
public sealed record AvsBenchTerms(Tensor Total, Tensor CrossEntropy, Tensor Matching);

/// <summary>The baseline's objective.</summary>
public sealed record AvsBenchObjective
{
    /// <summary>λ. S4: 0; MS3: 0.5.</summary>
    public double MatchingWeight { get; init => field = Check.NotNegative(value); }

    /// <summary>L_AVM. The released MS3 command: KL distance, vectors not normalised.</summary>
    public SimilarityLoss Matching { get; init; } = new(Normalise: false);

    /// <summary>The released S4 command.</summary>
    public static AvsBenchObjective S4 { get; } = new();

    /// <summary>The released MS3 command.</summary>
    public static AvsBenchObjective MS3 { get; } = new() { MatchingWeight = 0.5 };

    /// <summary>The terms for one batch.</summary>
    /// <param name="output">What the network returned.</param>
    /// <param name="masks">[M,1,H,W].</param>
    /// <param name="labelled">The rows of the masks (int64 [M]); null when M = N.</param>
    public AvsBenchTerms Compute(AvsBenchOutput output, Tensor masks, Tensor? labelled)
    {
        using var scope = NewDisposeScope();
        var logits = labelled is null || masks.shape[0] == output.Logits.shape[0] ? output.Logits : output.Logits.index_select(0, labelled);
        var crossEntropy = F.binary_cross_entropy_with_logits(logits, masks);
        var matching = MatchingWeight == 0 ? zeros_like(crossEntropy) : Matching.Compute(output.Logits, output.Visual, output.Audio);
        var total = crossEntropy + matching * MatchingWeight;
        return new AvsBenchTerms(
            total.MoveToOuterDisposeScope(), crossEntropy.MoveToOuterDisposeScope(), matching.MoveToOuterDisposeScope());
    }
}
