using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

// The plain autoencoder: z = e(x), x̃ = d(z), learned by how far x̃ is from x. Nothing says where codes lie, so the space between them is
// empty.

namespace Avs.Models.Vae.Autoencoders;

/// <summary>A plain autoencoder.</summary>
public sealed record PlainAutoencoderConfig : AutoencoderConfig
{
    /// <inheritdoc/>
    public override AutoencoderObjective DefaultObjective() => new ReconstructionObjective();

    private protected override LatentHead CreateHead(long features) => new CodeHead(features, LatentSize);
}

/// <summary>w_rec·R, R by default the mean over the image's numbers.</summary>
public sealed record ReconstructionObjective : AutoencoderObjective
{
    public ReconstructionObjective() => Reduction = ReconstructionReduction.PerPixelMean;

    /// <inheritdoc/>
    public override ObjectiveTerms Compute(
        AutoencoderNetwork network, Tensor images, AutoencoderOutput output, Generator generator, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var reconstruction = network.Likelihood.NegativeLog(output.Decoded, images).mean();
        return new ObjectiveTerms(
            reconstruction * ReconstructionFactor(images), [("reconstruction", reconstruction)]).MoveToOuterDisposeScope();
    }
}
