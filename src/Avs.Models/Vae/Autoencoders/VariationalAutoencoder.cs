using Avs.Core.Configuration;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

// The variational autoencoder: D. Kingma, M. Welling, "Auto-Encoding Variational Bayes", ICLR 2014.
//
//   log p(x) ≥ ELBO = E_q(z|x)[log p(x | z)] − KL(q(z | x) ‖ N(0, I))
//   loss = w_rec·R + β·κ·KL,   R = −E_q[log p(x | z)] by L samples, summed over the image or averaged;  summed, with both weights 1, −ELBO
//
//   β        weight of the KL (I. Higgins et al., "beta-VAE", ICLR 2017)
//   κ        rises linearly from 0 to 1 in the first part of the training (S. Bowman et al., CoNLL 2016)
//   λ        free bits: Σ_d max(λ, KL_d), so that a dimension whose KL, averaged over the batch, is below λ is not pressed further
//            (D. Kingma et al., NeurIPS 2016)
//
// A mean over P pixels with weight w has the same minimum as the sum with β = P/w, and as a Gaussian likelihood with σ² = P/(2w) if R is a
// squared error.

namespace Avs.Models.Vae.Autoencoders;

/// <summary>A variational autoencoder.</summary>
public sealed record VaeConfig : AutoencoderConfig
{
    /// <summary>What the encoder's second head is.</summary>
    public GaussianScale Head { get; init; } = GaussianScale.LogVariance;

    /// <summary>L, codes drawn for each image.</summary>
    [AtLeast(1)] public int Samples { get; init; } = 1;

    /// <inheritdoc/>
    public override AutoencoderObjective DefaultObjective() => new VaeObjective();

    private protected override LatentHead CreateHead(long features) => new GaussianHead(features, LatentSize, Head);

    private protected override int SamplesInTraining => Samples;
}

/// <summary>The evidence lower bound, weighted.</summary>
public sealed record VaeObjective : AutoencoderObjective
{
    /// <summary>β.</summary>
    [AtLeast(0)] public double KlWeight { get; init; } = 1;

    /// <summary>The share of the training in which the KL's weight rises from 0 to β.</summary>
    [Between(0, 1)] public double KlAnnealing { get; init; }

    /// <summary>λ of free bits, in nats a dimension of the code.</summary>
    [AtLeast(0)] public double FreeBits { get; init; }

    /// <summary>β of the same objective with the reconstruction summed over the image and weight 1.</summary>
    /// <param name="numbers">P of the image.</param>
    public double EquivalentKlWeight(int numbers) =>
        KlWeight / (Reduction == ReconstructionReduction.PerPixelMean ? ReconstructionWeight / numbers : ReconstructionWeight);

    /// <summary>σ² of the Gaussian likelihood that this is the bound of, where the reconstruction is a squared error and β is 1.</summary>
    /// <param name="numbers">P of the image.</param>
    public double EquivalentVariance(int numbers) => EquivalentKlWeight(numbers) / (2 * KlWeight);

    /// <inheritdoc/>
    public override ObjectiveTerms Compute(
        AutoencoderNetwork network, Tensor images, AutoencoderOutput output, Generator generator, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var reconstruction = network.Likelihood.NegativeLog(output.Decoded, images).mean(); // [L,N] -> []
        var byDimension = KullbackLeibler.ToStandardNormal(RequirePosterior(output)).mean([0]); // [N,K] -> [K]
        var kl = byDimension.sum();
        var pressed = FreeBits == 0 ? kl : byDimension.clamp(min: FreeBits).sum();
        var total = reconstruction * ReconstructionFactor(images) + pressed * (KlWeight * Losses.KlAnnealing.Weight(KlAnnealing, progress));
        return new ObjectiveTerms(total, [("reconstruction", reconstruction), ("kl", kl)]).MoveToOuterDisposeScope();
    }
}
