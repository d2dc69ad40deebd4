using Avs.Core.Libtorch;
using static TorchSharp.torch;

namespace Avs.Models.Backbones;

/// <summary>
/// Stochastic depth (G. Huang et al., ECCV 2016), per sample: in training a residual branch is left out of a sample with a probability, and
/// scaled up in the others to keep the mean.
/// </summary>
internal sealed class StochasticDepth : nn.Module<Tensor, Tensor>
{
    /// <param name="probability">Of leaving the branch out.</param>
    public StochasticDepth(double probability) : base(nameof(StochasticDepth))
    {
        Probability = probability;
        RegisterComponents();
    }

    /// <summary>Of leaving the branch out.</summary>
    public double Probability { get; }

    /// <summary>
    /// What decides; null: torch's default generator of the CPU, as for the weights. Its state belongs to the caller, who saves it with a
    /// run.
    /// </summary>
    public Generator? Source { get; set; }

    /// <summary>The part of a batch that comes here.</summary>
    public BatchPart Part { get; set; } = BatchPart.Whole;

    /// <summary>[N,…] -> [N,…].</summary>
    public override Tensor forward(Tensor branch)
    {
        if (!training || Probability == 0)
            return branch;
        var keep = 1 - Probability;
        long[] one = [branch.shape[0], .. Enumerable.Repeat(1L, branch.shape.Length - 1)];
        var drawn = Part.Draw(one, whole => RandomNumbers.Uniform(whole, branch.dtype, branch.device, Source));
        return branch * ((drawn < keep).to(branch.dtype) / keep);
    }
}
