using Avs.Core.Configuration;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

// mmJSD: T. Sutter, I. Daunhawer, J. Vogt, "Multimodal Generative Learning Utilizing Jensen-Shannon-Divergence", NeurIPS 2020.
//
//   q(c | X) = mixture of the q_m(c | x_m) that are there
//   loss = −E_{c ~ q}[Σ_m log p(x_m | c)] + β·JS_π({q_m}, N(0, I)),     JS_π = Σ_ν π_ν KL(p_ν ‖ f)   over the q_m and the prior
//   f ∝ Π_ν p_ν^{π_ν}, the weighted geometric mean, a Gaussian: the "dynamic prior"
//
// One modality's code is drawn for each example.

namespace Avs.Models.Vae.Multimodal;

/// <summary>mmJSD.</summary>
public sealed record MmjsdConfig : MultimodalConfig
{
    /// <inheritdoc/>
    public override MultimodalObjective DefaultObjective() => new MmjsdObjective();

    private protected override MultimodalNetwork CreateNetwork(IReadOnlyList<Modality> modalities) => new MmjsdNetwork(modalities, this);
}

/// <summary>mmJSD's network.</summary>
public sealed class MmjsdNetwork : MultimodalNetwork
{
    internal MmjsdNetwork(IReadOnlyList<Modality> modalities, MmjsdConfig config) : base(nameof(MmjsdNetwork), modalities, config) { }

    /// <inheritdoc/>
    public override JointPosterior Join(UnimodalPosteriors unimodal) => Experts.Mixture(unimodal);

    /// <inheritdoc/>
    public override MultimodalOutput forward(MultimodalInput input, Generator generator) => DecodeJointSample(input, generator);
}

/// <summary>Reconstruction, and the Jensen-Shannon divergence of the modalities' posteriors and the prior.</summary>
public sealed record MmjsdObjective : MultimodalObjective
{
    /// <summary>
    /// π of the prior; the modalities that are there share the rest. Null: as much as each of them. The paper's two modalities: 0.3.
    /// </summary>
    [Between(0, 1)] public double? PriorWeight { get; init; }

    /// <inheritdoc/>
    public override ObjectiveTerms Compute(MultimodalNetwork network, MultimodalInput input, MultimodalOutput output, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var (sum, byModality) = network.Reconstruction(input, output.Paths[0]);
        var reconstruction = sum.mean();
        var js = JensenShannon(output.Unimodal).mean();
        return new ObjectiveTerms(
            reconstruction + js * Beta(progress), [("reconstruction", reconstruction), ("js", js), .. byModality])
            .MoveToOuterDisposeScope();
    }

    /// <summary>JS_π of each example [N], nats.</summary>
    public Tensor JensenShannon(UnimodalPosteriors unimodal)
    {
        using var scope = NewDisposeScope();
        var there = unimodal.Present.sum([0]); // [N]
        var prior = PriorWeight is { } given ? full_like(there, given) : 1 / (there + 1);
        var weights = cat([unimodal.Present * ((1 - prior) / there), prior.unsqueeze(0)]); // [M+1,N]
        var members = unimodal.Shared.Each(tensor => cat([tensor, zeros_like(tensor[0]).unsqueeze(0)])); // with N(0, I), [M+1,N,K]
        var mean = Experts.GeometricMean(members, weights); // [N,K]
        return (KullbackLeibler.Between(members, mean).sum(-1) * weights).sum([0]).MoveToOuterDisposeScope();
    }
}
