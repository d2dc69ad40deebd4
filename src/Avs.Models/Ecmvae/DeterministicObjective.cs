using Avs.Core.Configuration;
using Avs.Models.Losses;
using Avs.Models.Segmentation;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The objective of the deterministic network of the ECMVAE release, the one sum that its trainer writes out:
//
//   L = L_seg + λ_sim·L_sim + λ_mi·Σ_levels R
// R = H(σ(z_v), σ(z_a)°) + H(σ(z_a), σ(z_v)°) − [ KL(v‖a) + KL(a‖v) ] ° without gradient, H the binary cross-entropy (code pairs)
// R = − E Σ −(m − a)²/(2 e^l) (lower bound)

namespace Avs.Models.Ecmvae;

/// <summary>The terms of the objective, each an unweighted scalar, and their weighted sum.</summary>
/// <param name="Total">The number to minimise.</param>
/// <param name="Seg">Structure loss.</param>
/// <param name="Sim">Matching loss; zero when its weight is.</param>
/// <param name="Regulariser">Sum of R over the scales; zero for a network without.</param>
public sealed record DeterministicTerms(Tensor Total, Tensor Seg, Tensor Sim, Tensor Regulariser) : LossTerms(Total)
{
    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Value)> Named() =>
        [("total", Total), ("seg", Seg), ("sim", Sim), ("regulariser", Regulariser)];
}

/// <summary>The objective with every weight and choice.</summary>
public sealed record DeterministicObjective : Objective<DeterministicOutput>
{
    /// <summary>λ_sim. Default 0, the value for S4; the authors' for MS3: 0.5.</summary>
    [AtLeast(0)] public double SimilarityWeight { get; init; }

    /// <summary>λ_mi. Default and the authors': 0.001.</summary>
    [AtLeast(0)] public double InformationWeight { get; init; } = 0.001;

    /// <summary>The structure loss. Its window: 31 at 224 px, 13 at 96 px.</summary>
    public StructureLoss Structure { get; init; } = new();

    /// <summary>The matching loss.</summary>
    public SimilarityLoss Similarity { get; init; } = new();

    /// <summary>What s means in the KL terms of code pairs. Default: log σ², as in sampling.</summary>
    public KlScale KlScale { get; init; } = KlScale.LogVariance;

    /// <summary>The form of the lower bound. Default: the release's.</summary>
    public MiBound Information { get; init; } = MiBound.Reference;

    /// <inheritdoc/>
    public override DeterministicTerms Compute(DeterministicOutput output, AvsInput input, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var seg = Structure.Compute(output.Logits, input); // of [M,1,H,W]
        var sim = SimilarityWeight == 0 ? zeros_like(seg) : Similarity.Compute(output.Logits, output.Visual, output.Audio, input);
        var regulariser = output.Levels.Count > 0 ? output.Levels.Select(Regulariser).Aggregate((a, b) => a + b) : zeros_like(seg);
        var total = seg + sim * SimilarityWeight + regulariser * InformationWeight;
        return new DeterministicTerms(
            total.MoveToOuterDisposeScope(), seg.MoveToOuterDisposeScope(), sim.MoveToOuterDisposeScope(),
                regulariser.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override SegmentationObjective WithEveryTerm() => this with { SimilarityWeight = 0.5 };

    /// <summary>R of one scale, a scalar to be minimised.</summary>
    /// <param name="level">What the network's regulariser read.</param>
    public Tensor Regulariser(LevelInformation level)
    {
        using var scope = NewDisposeScope();
        var result = level switch
        {
            CodePair(var v, var a) =>
                F.binary_cross_entropy_with_logits(v.Sample, a.Sample.detach().sigmoid())
                + F.binary_cross_entropy_with_logits(a.Sample, v.Sample.detach().sigmoid())
                - GaussianDivergence.Kl(v, a, KlScale) - GaussianDivergence.Kl(a, v, KlScale),
            LevelBound(var heads) => -MutualInformation.LowerBound(heads, Information),
            _ => throw new ArgumentException($"no objective for {level.GetType().Name}", nameof(level)),
        };
        return result.MoveToOuterDisposeScope();
    }
}
