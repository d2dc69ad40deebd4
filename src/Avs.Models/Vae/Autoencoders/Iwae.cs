using Avs.Core.Configuration;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

// The importance-weighted autoencoder: Y. Burda, R. Grosse, R. Salakhutdinov, ICLR 2016, eq. (8).
//
//   log p(x) ≥ E[log 1/k Σᵢ wᵢ],   wᵢ = p(x | zᵢ)·p(zᵢ)/q(zᵢ | x),  zᵢ ~ q(z | x)
//
// With k = 1 the ELBO; the larger k, the tighter.

namespace Avs.Models.Vae.Autoencoders;

/// <summary>An importance-weighted autoencoder: the network of a VAE with k codes an image.</summary>
public sealed record IwaeConfig : AutoencoderConfig
{
    /// <summary>k.</summary>
    [AtLeast(1)] public int Samples { get; init; } = 5;

    public GaussianScale Head { get; init; } = GaussianScale.LogVariance;

    /// <inheritdoc/>
    public override AutoencoderObjective DefaultObjective() => new IwaeObjective();

    private protected override LatentHead CreateHead(long features) => new GaussianHead(features, LatentSize, Head);

    private protected override int SamplesInTraining => Samples;
}

/// <summary>Minus the importance-weighted bound. Its weights multiply log p(x | z) within w.</summary>
public sealed record IwaeObjective : AutoencoderObjective
{
    /// <inheritdoc/>
    public override ObjectiveTerms Compute(
        AutoencoderNetwork network, Tensor images, AutoencoderOutput output, Generator generator, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var posterior = RequirePosterior(output);
        var reconstruction = network.Likelihood.NegativeLog(output.Decoded, images); // [L,N]
        var logWeights = DiagonalGaussian.StandardLogDensity(output.Code) - posterior.LogDensity(output.Code)
            - reconstruction * ReconstructionFactor(images); // [L,N]
        var total = Math.Log(output.Code.shape[0]) - logWeights.logsumexp(0).mean();
        var kl = KullbackLeibler.ToStandardNormal(posterior).sum(-1).mean();
        return new ObjectiveTerms(total, [("reconstruction", reconstruction.mean()), ("kl", kl)]).MoveToOuterDisposeScope();
    }
}
