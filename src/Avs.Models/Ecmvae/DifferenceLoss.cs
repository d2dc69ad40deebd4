using static TorchSharp.torch;

// The orthogonality ("difference") loss between a specific and the shared code, after K. Bousmalis et al., "Domain Separation Networks",
// NIPS 2016, in the form of the ECMVAE release:
//
//   X̂, Ŷ: centred over the batch, each row divided by (its length + 1e-6), the length without gradient
//   L    = mean over the K x K entries of (X̂ᵀŶ)²

namespace Avs.Models.Ecmvae;

/// <summary>Which representative of a code the difference loss compares.</summary>
public enum DifferenceOn
{
    /// <summary>The samples (the release).</summary>
    Samples,

    Means,
}

/// <summary>How far two codes are from being uncorrelated.</summary>
public static class DifferenceLoss
{
    /// <summary>The loss, a scalar; 0 for a single row. It is a sum over rows inside the square and so grows with the batch.</summary>
    /// <param name="x">[N,K].</param>
    /// <param name="y">[N,K].</param>
    public static Tensor Compute(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        return Directions(x).t().matmul(Directions(y)).square().mean().MoveToOuterDisposeScope(); // [K,K] -> scalar
    }

    private static Tensor Directions(Tensor x)
    {
        var centred = x - x.mean([0], keepdim: true);
        var length = centred.detach().square().sum(1, keepdim: true).sqrt(); // [N,1]
        return centred / (length + 1e-6);
    }
}
