using Avs.Core.Configuration;
using Avs.Models.Losses;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

// The objective of ECMVAE. The release holds no training program; the sum below is the paper's objective with the weights of the release's
// configuration (see docs/):
//
//   L =  w_prior·L_seg(prior) + w_post·L_seg(posterior)
//      + λ_sim·½[ L_sim(prior) + L_sim(posterior) ]
//      + λ_kl·κ·( KL(s_v) + KL(s_a) + JS(c) )
//      + λ_diff·L_diff − λ_mi·I

namespace Avs.Models.Ecmvae;

/// <summary>The terms of the objective, each an unweighted scalar, and their weighted sum.</summary>
/// <param name="Total">The number to minimise.</param>
/// <param name="SegPrior">Structure loss of the prior path.</param>
/// <param name="SegPost">Structure loss of the posterior path.</param>
/// <param name="Kl">KL(s_v) + KL(s_a).</param>
/// <param name="Js">Jensen-Shannon term of c.</param>
/// <param name="Diff">Orthogonality, four terms.</param>
/// <param name="Mi">Mutual-information bound of both paths; larger is better.</param>
/// <param name="SimPrior">Matching loss of the prior path; zero when its weight is.</param>
/// <param name="SimPost">Matching loss of the posterior path; zero when its weight is.</param>
public sealed record EcmvaeTerms(
    Tensor Total, Tensor SegPrior, Tensor SegPost, Tensor Kl, Tensor Js, Tensor Diff, Tensor Mi, Tensor SimPrior,
        Tensor SimPost) : LossTerms(Total)
{
    /// <summary>The mean of the two matching losses.</summary>
    public Tensor Sim => (SimPrior + SimPost) * 0.5;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Value)> Named() =>
    [
        ("total", Total), ("seg_prior", SegPrior), ("seg_post", SegPost), ("kl", Kl), ("js", Js), ("diff", Diff), ("mi", Mi),
        ("sim_prior", SimPrior), ("sim_post", SimPost),
    ];
}

/// <summary>The terms on the latent codes, each an unweighted scalar.</summary>
/// <param name="Kl">KL(s_v) + KL(s_a).</param>
/// <param name="Js">Jensen-Shannon term of c.</param>
/// <param name="Diff">Orthogonality, four terms.</param>
/// <param name="Mi">Mutual-information bound of both paths; larger is better.</param>
public sealed record LatentTerms(Tensor Kl, Tensor Js, Tensor Diff, Tensor Mi);

/// <summary>
/// The objective with every weight and choice. Defaults: the paper's, with the corrections that the documentation explains. A term whose
/// codes a variant does not have is zero.
/// </summary>
public sealed record EcmvaeObjective : Objective<EcmvaeOutput>
{
    /// <summary>w_prior. Default 1; the authors' earlier work uses 0.6.</summary>
    [AtLeast(0)] public double PriorWeight { get; init; } = 1;

    /// <summary>w_post. Default 1; the authors' earlier work uses 0.4.</summary>
    [AtLeast(0)] public double PosteriorWeight { get; init; } = 1;

    /// <summary>λ_sim. Default 0, the value for S4; the authors' for MS3: 0.5.</summary>
    [AtLeast(0)] public double SimilarityWeight { get; init; }

    /// <summary>λ_kl. Default and the authors': 0.01.</summary>
    [AtLeast(0)] public double KlWeight { get; init; } = 0.01;

    /// <summary>Share of the training over which κ rises linearly from 0 to 1; 0 (default): κ = 1 throughout.</summary>
    [AtLeast(0)] public double KlAnnealing { get; init; }

    /// <summary>λ_diff. Default and the authors': 0.001.</summary>
    [AtLeast(0)] public double DifferenceWeight { get; init; } = 0.001;

    /// <summary>λ_mi. Default and the authors': 0.001.</summary>
    [AtLeast(0)] public double InformationWeight { get; init; } = 0.001;

    /// <summary>The structure loss. Its window: 31 at 224 px, 13 at 96 px. Classes (AVSS) learn by cross-entropy in its place.</summary>
    public StructureLoss Structure { get; init; } = new();

    /// <summary>The matching loss.</summary>
    public SimilarityLoss Similarity { get; init; } = new();

    /// <summary>What s means in the KL terms. Default: log σ², as in sampling.</summary>
    public KlScale KlScale { get; init; } = KlScale.LogVariance;

    /// <summary>The Jensen-Shannon term. Default: the closed form.</summary>
    public JsMode Js { get; init; } = JsMode.Geometric;

    /// <summary>The mutual-information bound. Default: the release's.</summary>
    public MiBound Information { get; init; } = MiBound.Reference;

    /// <summary>What the difference loss compares. Default: samples.</summary>
    public DifferenceOn Difference { get; init; } = DifferenceOn.Samples;

    /// <summary>The release's own losses: KL with s as log σ, the sampled Jensen-Shannon term.</summary>
    public static EcmvaeObjective Reference { get; } = new() { KlScale = KlScale.Reference, Js = JsMode.ReferenceSampled };

    /// <inheritdoc/>
    public override EcmvaeTerms Compute(EcmvaeOutput output, AvsInput input, double progress = 1)
    {
        var prior = output.Prior;
        var posterior = output.Posterior
            ?? throw new ArgumentException("the objective needs the posterior path: give the network masks", nameof(output));
        using var scope = NewDisposeScope();
        var segPrior = Structure.Compute(prior.Logits, input); // of [M,1,H,W]
        var segPost = Structure.Compute(posterior.Logits, input);
        var (codes, heads) = (prior.Codes, prior.Information);
        if (output.AnnotatedRows is { } annotated)
            (codes, heads) = (codes.Rows(annotated), heads?.Rows(annotated));
        var (kl, js, diff, mi) = Latent(
            codes, posterior.Codes, heads, posterior.Information, input.Noise ?? new ZeroNoise(), input.WholeBatch);
        var (simPrior, simPost) = SimilarityWeight == 0 || posterior.Audio.Count == 0
            ? (zeros_like(segPrior), zeros_like(segPrior))
            : (Match(prior, input), Match(posterior, input));

        var kappa = Losses.KlAnnealing.Weight(KlAnnealing, progress);
        var total = segPrior * PriorWeight + segPost * PosteriorWeight
            + (simPrior + simPost) * (0.5 * SimilarityWeight)
            + (kl + js) * (KlWeight * kappa)
            + diff * DifferenceWeight - mi * InformationWeight;
        var terms = new EcmvaeTerms(total, segPrior, segPost, kl, js, diff, mi, simPrior, simPost);
        foreach (var (_, value) in terms.Named())
            value.MoveToOuterDisposeScope();
        return terms;
    }

    /// <inheritdoc/>
    public override SegmentationObjective WithEveryTerm() => this with { SimilarityWeight = 0.5 };

    /// <summary>The terms on the latent codes; zero where a variant does not have the codes.</summary>
    /// <param name="prior">The prior codes of the annotated rows.</param>
    /// <param name="posterior">The posterior codes of the same rows.</param>
    /// <param name="ofPrior">The mutual-information heads of the prior path, of the same rows.</param>
    /// <param name="ofPosterior">Those of the posterior path.</param>
    /// <param name="noise">The draws of the sampled Jensen-Shannon terms.</param>
    /// <param name="batch">Where the rows are a part of a batch: the whole.</param>
    public LatentTerms Latent(
        LatentCodes prior, LatentCodes posterior, MutualInformationHeads? ofPrior, MutualInformationHeads? ofPosterior, ILatentNoise noise,
        WholeBatch? batch = null)
    {
        using var scope = NewDisposeScope();
        Tensor Zero() => zeros([], prior.Visual.Mean.dtype, prior.Visual.Mean.device);
        var kl = GaussianDivergence.Kl(posterior.Visual, prior.Visual, KlScale);
        if (posterior.Audio is { } audio)
            kl = kl + GaussianDivergence.Kl(audio, prior.Audio!, KlScale);
        var js = posterior.Shared is { } shared ? GaussianDivergence.Js(prior.Shared!, shared, Js, noise) : Zero();
        var diff = posterior.Shared is null ? Zero() : Orthogonality(prior, batch) + Orthogonality(posterior, batch);
        var mi = ofPrior is null || ofPosterior is null
            ? Zero()
            : MutualInformation.LowerBound(ofPrior, Information) + MutualInformation.LowerBound(ofPosterior, Information);
        return new LatentTerms(
            kl.MoveToOuterDisposeScope(), js.MoveToOuterDisposeScope(), diff.MoveToOuterDisposeScope(), mi.MoveToOuterDisposeScope());
    }

    private Tensor Orthogonality(LatentCodes codes, WholeBatch? batch)
    {
        var shared = Rows(codes.Shared!);
        return DifferenceLoss.Compute(Rows(codes.Visual), shared) + DifferenceLoss.Compute(Rows(codes.Audio!), shared);

        Tensor Rows(LatentCode code)
        {
            var own = Difference == DifferenceOn.Samples ? code.Sample : code.Mean;
            return batch is null ? own : batch.Gather(own);
        }
    }

    private Tensor Match(EcmvaePath path, AvsInput input) => Similarity.Compute(path.Logits, path.Visual, path.Audio, input);
}
