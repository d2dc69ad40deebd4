using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

// Products and mixtures of the modalities' Gaussians N(μ_m, e^{s_m}); a missing one takes no part.
//
//   product   1/σ² = [1 +] Σ_m e^{−s_m},   μ = σ² Σ_m μ_m e^{−s_m}       1: the prior N(0, I) as one more expert
//   mixture   weights 1/(number of modalities that are there)
//   geometric mean with weights π:  1/σ_f² = Σ π_ν/σ_ν²,  μ_f = σ_f² Σ π_ν μ_ν/σ_ν²

namespace Avs.Models.Vae.Multimodal;

/// <summary>How the posteriors of single modalities become one.</summary>
public static class Experts
{
    /// <summary>
    /// The product of some modalities' Gaussians and, where there would be none otherwise or if wanted, the prior: [M,N,K] -> [N,K].
    /// </summary>
    /// <param name="experts">[M,N,K].</param>
    /// <param name="taken">1 where an expert takes part, else 0, [M,N].</param>
    /// <param name="prior">Whether N(0, I) is an expert. Without, some expert has to take part in each row.</param>
    public static DiagonalGaussian Product(DiagonalGaussian experts, Tensor taken, bool prior)
    {
        using var scope = NewDisposeScope();
        var precisions = (-experts.LogVariance).exp() * taken.unsqueeze(-1); // [M,N,K]
        var precision = precisions.sum([0]);
        if (prior)
            precision = precision + 1;
        var mean = (precisions * experts.Mean).sum([0]) / precision;
        return new DiagonalGaussian(mean, -precision.log()).MoveToOuterDisposeScope();
    }

    /// <summary>The mixture of the modalities that are there, each with the same weight.</summary>
    public static JointPosterior Mixture(UnimodalPosteriors posteriors)
    {
        using var scope = NewDisposeScope();
        return new JointPosterior(
            posteriors.Shared.Each(tensor => tensor.alias()), posteriors.Present / posteriors.Present.sum([0])).MoveToOuterDisposeScope();
    }

    /// <summary>The weighted geometric mean, a Gaussian again: [V,N,K] -> [N,K].</summary>
    /// <param name="members">[V,N,K].</param>
    /// <param name="weights">[V,N], with the sum 1 over V.</param>
    public static DiagonalGaussian GeometricMean(DiagonalGaussian members, Tensor weights) => Product(members, weights, prior: false);
}
