using static TorchSharp.torch;

namespace Avs.Models.Backbones;

/// <summary>Stochastic depth (G. Huang et al., ECCV 2016), per sample.</summary>
internal static class StochasticDepth
{
    /// <summary>A residual branch that is left out of a sample with a probability; the others are scaled up to keep the mean.</summary>
    /// <param name="branch">[N,…].</param>
    /// <param name="probability">Of leaving it out.</param>
    /// <param name="training">Whether anything is left out at all.</param>
    public static Tensor Of(Tensor branch, double probability, bool training)
    {
        if (!training || probability == 0)
            return branch;
        var keep = 1 - probability;
        long[] one = [branch.shape[0], .. Enumerable.Repeat(1L, branch.shape.Length - 1)];
        return branch * ((rand(one, branch.dtype, branch.device) < keep).to(branch.dtype) / keep);
    }
}
