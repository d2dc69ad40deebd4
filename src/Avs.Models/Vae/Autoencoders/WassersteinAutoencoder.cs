using Avs.Core.Configuration;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

// The Wasserstein autoencoder with maximum mean discrepancy: I. Tolstikhin, O. Bousquet, S. Gelly, B. Schölkopf, ICLR 2018, algorithm 2.
//
//   loss = w_rec·R + λ·MMD²(q_z, p_z),   p_z = N(0, σ_z² I),  n codes z and n draws z* of the prior
//   MMD² = 1/(n(n−1)) Σ_{i≠j} [k(zᵢ, zⱼ) + k(z*ᵢ, z*ⱼ)] − 2/n² Σ_{i,j} k(zᵢ, z*ⱼ)
//   k(a, b) = Σ_s C_s/(C_s + ‖a − b‖²),   C_s = 2Kσ_z²·s,  s ∈ {0.1, 0.2, 0.5, 1, 2, 5, 10}     inverse multiquadratic, as in their program
//
// Only the codes together look like the prior; no code of an image does, so they need not overlap. As it estimates without bias, MMD² may
// be below 0.

namespace Avs.Models.Vae.Autoencoders;

/// <summary>A Wasserstein autoencoder: the network of a plain one.</summary>
public sealed record WaeConfig : AutoencoderConfig
{
    /// <inheritdoc/>
    public override AutoencoderObjective DefaultObjective() => new WaeObjective();

    private protected override LatentHead CreateHead(long features) => new CodeHead(features, LatentSize);
}

/// <summary>Reconstruction, and how far the codes of a batch are from draws of the prior.</summary>
public sealed record WaeObjective : AutoencoderObjective
{
    private static readonly double[] Scales = [0.1, 0.2, 0.5, 1, 2, 5, 10];

    /// <summary>λ. The paper: 10 on MNIST.</summary>
    [AtLeast(0)] public double MmdWeight { get; init; } = 10;

    /// <inheritdoc/>
    public override ObjectiveTerms Compute(
        AutoencoderNetwork network, Tensor images, AutoencoderOutput output, Generator generator, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var reconstruction = network.Likelihood.NegativeLog(output.Decoded, images).mean();
        var codes = output.Code.flatten(0, 1); // [1,N,K] -> [N,K]
        var mmd = SquaredMmd(codes, StandardNormalNoise.Draw(generator, codes.shape, codes));
        var total = reconstruction * ReconstructionFactor(images) + mmd * MmdWeight;
        return new ObjectiveTerms(total, [("reconstruction", reconstruction), ("mmd", mmd)]).MoveToOuterDisposeScope();
    }

    /// <summary>MMD² of two samples [n,K], a scalar; σ_z is 1.</summary>
    public static Tensor SquaredMmd(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        var n = a.shape[0];
        if (n < 2)
            return (a.sum() * 0).MoveToOuterDisposeScope();
        // A point's kernel with itself is 1 for each scale, and not a part of the sums within a sample.
        var within = Kernel(a, a).sum() + Kernel(b, b).sum() - 2.0 * Scales.Length * n;
        return (within / (n * (n - 1.0)) - Kernel(a, b).sum() * (2.0 / n / n)).MoveToOuterDisposeScope();
    }

    private static Tensor Kernel(Tensor a, Tensor b)
    {
        // ‖a − b‖² as a product of matrices, [n,n]: what it rounds off near 0 is nothing beside the smallest C, 0.2·K.
        var distance = (a.square().sum(-1, keepdim: true) + b.square().sum(-1) - a.matmul(b.t()) * 2).clamp(min: 0);
        return Scales.Select(scale => 2 * a.shape[1] * scale).Select(c => c / (distance + c)).Aggregate((sum, next) => sum + next);
    }
}
