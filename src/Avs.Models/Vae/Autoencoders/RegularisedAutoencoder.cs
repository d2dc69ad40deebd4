using Avs.Core.Configuration;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

// The regularised autoencoder with an L2 penalty: P. Ghosh, M. Sajjadi, A. Vergari, M. Black, B. Schölkopf, "From Variational to
// Deterministic Autoencoders", ICLR 2020, eq. (6) and "RAE-L2".
//
//   loss = w_rec·R + β·½‖z‖² + λ·‖θ_D‖²,   θ_D the decoder's parameters
//
// There is no prior: codes to sample from are drawn of a mixture fitted after training (GaussianMixtureSampler).

namespace Avs.Models.Vae.Autoencoders;

/// <summary>A regularised autoencoder: the network of a plain one.</summary>
public sealed record RaeConfig : AutoencoderConfig
{
    /// <inheritdoc/>
    public override AutoencoderObjective DefaultObjective() => new RaeObjective();

    private protected override LatentHead CreateHead(long features) => new CodeHead(features, LatentSize);
}

/// <summary>Reconstruction, small codes and a smooth decoder.</summary>
public sealed record RaeObjective : AutoencoderObjective
{
    /// <summary>β.</summary>
    [AtLeast(0)] public double CodeWeight { get; init; } = 1e-4;

    /// <summary>λ.</summary>
    [AtLeast(0)] public double DecoderWeight { get; init; } = 1e-7;

    /// <inheritdoc/>
    public override ObjectiveTerms Compute(
        AutoencoderNetwork network, Tensor images, AutoencoderOutput output, Generator generator, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var reconstruction = network.Likelihood.NegativeLog(output.Decoded, images).mean();
        var code = output.Code.square().sum(-1).mean() * 0.5;
        var decoder = network.Decoder.parameters().Select(parameter => parameter.square().sum()).Aggregate((sum, next) => sum + next);
        var total = reconstruction * ReconstructionFactor(images) + code * CodeWeight + decoder * DecoderWeight;
        return new ObjectiveTerms(
            total, [("reconstruction", reconstruction), ("code", code), ("decoder", decoder)]).MoveToOuterDisposeScope();
    }
}
