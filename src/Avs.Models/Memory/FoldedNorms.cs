using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// With the running statistics a BatchNorm is an affine map of each channel, which the convolution before it can do itself:
//
//   γ (w∗x + b − μ)/√(σ² + ε) + β  =  (s w)∗x + (s (b − μ) + β),   s = γ/√(σ² + ε)

namespace Avs.Models.Memory;

/// <summary>
/// While this lives, convolutions of a model that a BatchNorm follows in <see cref="Layers"/> run in evaluation mode, without gradients, as
/// one convolution, with the weights and statistics that the model has when it first runs. Training mode is not changed by it.
/// </summary>
public sealed class FoldedNorms : IDisposable
{
    private static readonly ConditionalWeakTable<BatchNorm2d, FoldedNorms> Owners = new();

    private readonly BatchNorm2d[] norms;
    private readonly Dictionary<BatchNorm2d, FoldedConvolution> folded = new(ReferenceEqualityComparer.Instance);

    /// <summary>Folds the BatchNorms of a model.</summary>
    /// <param name="model">The model; its weights are to stay as they are until <see cref="Dispose"/>.</param>
    public FoldedNorms(nn.Module model)
    {
        norms = [.. model.modules().OfType<BatchNorm2d>()];
        foreach (var norm in norms)
            Owners.AddOrUpdate(norm, this);
    }

    /// <summary>How many BatchNorms were folded so far.</summary>
    public int Count => folded.Count;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var norm in norms)
            Owners.Remove(norm);
        foreach (var one in folded.Values)
            one.Dispose();
        folded.Clear();
    }

    /// <summary>The two as one convolution, or null where they are to run as they are.</summary>
    internal static FoldedConvolution? Fold(Conv2d convolution, BatchNorm2d norm)
    {
        if (norm.training || is_grad_enabled() || !Owners.TryGetValue(norm, out var owner))
            return null;
        lock (owner.folded)
        {
            if (!owner.folded.TryGetValue(norm, out var one))
                owner.folded.Add(norm, one = new FoldedConvolution(convolution, norm));
            return one;
        }
    }
}

/// <summary>A convolution with the BatchNorm after it folded in.</summary>
internal sealed class FoldedConvolution : IDisposable
{
    private readonly Conv2d convolution;
    private readonly Tensor weight, bias;

    public FoldedConvolution(Conv2d convolution, BatchNorm2d norm)
    {
        this.convolution = convolution;
        using var scope = NewDisposeScope();
        var scale = norm.weight! * (norm.running_var! + norm.eps).rsqrt(); // [Co]
        var mean = convolution.bias is { } own ? norm.running_mean! - own : norm.running_mean!;
        weight = (convolution.weight * scale.view(-1, 1, 1, 1)).DetachFromDisposeScope();
        bias = (norm.bias! - mean * scale).DetachFromDisposeScope();
    }

    public Tensor Run(Tensor x) => F.conv2d(
        x, weight, bias, convolution.stride, convolution.padding, convolution.dilation, convolution.groups);

    public void Dispose()
    {
        weight.Dispose();
        bias.Dispose();
    }
}
