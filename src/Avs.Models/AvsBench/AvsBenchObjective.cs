using Avs.Core.Configuration;
using Avs.Models.Losses;
using Avs.Models.Segmentation;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The losses of the AVSBench baseline (J. Zhou et al., ECCV 2022, eq. (3)-(4)):
//
//   L = BCE(σ(p), y) + λ·L_AVM          S4: first frames only, λ = 0;  MS3: every frame, λ = 0.5
//   L = CE(p, y) + λ·L_AVM              AVSS: classes, λ = 0.5; both of the labelled frames

namespace Avs.Models.AvsBench;

/// <summary>The terms of the baseline's objective.</summary>
/// <param name="Total">The number to minimise.</param>
/// <param name="CrossEntropy">BCE, or the cross-entropy of classes, mean over pixels.</param>
/// <param name="Matching">L_AVM; zero when its weight is.</param>
public sealed record AvsBenchTerms(Tensor Total, Tensor CrossEntropy, Tensor Matching) : LossTerms(Total)
{
    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Value)> Named() =>
        [("total", Total), ("cross_entropy", CrossEntropy), ("matching", Matching)];
}

/// <summary>The two forms of L_AVM.</summary>
public enum MatchingForm
{
    /// <summary>
    /// A distance between the masked visual vector and its target: <see cref="AvsBenchObjective.Distance"/>, the MS3 program's.
    /// </summary>
    Distance,

    /// <summary>The logarithm of a cosine: <see cref="AvsBenchObjective.Cosine"/>, the S4 program's.</summary>
    Cosine,
}

/// <summary>The baseline's objective.</summary>
public sealed record AvsBenchObjective : Objective<AvsBenchOutput>, ICrossChecked
{
    /// <summary>λ. S4: 0; MS3: 0.5.</summary>
    [AtLeast(0)] public double MatchingWeight { get; init; }

    /// <summary>Which form of L_AVM. Default: the MS3 program's.</summary>
    public MatchingForm Matching { get; init; } = MatchingForm.Distance;

    /// <summary>L_AVM as a distance. Default: the released MS3 command, KL divergence of vectors that are not normalised.</summary>
    public SimilarityLoss Distance { get; init; } = new(Normalise: false);

    /// <summary>L_AVM as a cosine, for <see cref="MatchingForm.Cosine"/>.</summary>
    public CosineMatchingLoss Cosine { get; init; } = new();

    /// <summary>Levels that L_AVM looks at, 0 (fine) to 3 (coarse). The paper: all.</summary>
    [Between(0, 3)] public IReadOnlyList<int> MatchingStages { get; init; } = [0, 1, 2, 3];

    /// <summary>The released S4 command.</summary>
    public static AvsBenchObjective S4 { get; } = new();

    /// <summary>The released MS3 command.</summary>
    public static AvsBenchObjective MS3 { get; } = new() { MatchingWeight = 0.5 };

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">L_AVM is on at a level where the network uses no sound.</exception>
    public override AvsBenchTerms Compute(AvsBenchOutput output, AvsInput input, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var crossEntropy = ClassLogits.HasClasses(output.Logits)
            ? ClassLogits.CrossEntropy(output.Logits, input)
            : F.binary_cross_entropy_with_logits(input.OfLabelled(output.Logits), input.Truth); // of [M,1,H,W]
        var matching = MatchingWeight == 0 ? zeros_like(crossEntropy) : Match(output, input);
        var total = MatchingWeight == 0 ? crossEntropy + 0 : crossEntropy + matching * MatchingWeight;
        return new AvsBenchTerms(
            total.MoveToOuterDisposeScope(), crossEntropy.MoveToOuterDisposeScope(), matching.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override SegmentationObjective WithEveryTerm() => MatchingWeight == 0 ? this with { MatchingWeight = MS3.MatchingWeight } : this;

    private Tensor Match(AvsBenchOutput output, AvsInput input)
    {
        Tensor[] visual = [.. MatchingStages.Select(stage => output.Visual[stage])];
        Tensor[] audio = [.. MatchingStages.Select(stage => output.Audio[stage])];
        for (var i = 0; i < audio.Length; i++)
            if (audio[i].shape[1] == 0)
                throw new ArgumentException(
                    $"the matching loss looks at level {MatchingStages[i]}, where the network uses no sound; leave the level out of "
                        + "matching_stages");
        return Matching == MatchingForm.Cosine
            ? Cosine.Compute(output.Logits, visual, audio, input)
            : Distance.Compute(output.Logits, visual, audio, input);
    }

    public Misfit? FindMisfit() => MatchingStages.Count == 0 ? new Misfit(nameof(MatchingStages), "at least one level") : null;
}
