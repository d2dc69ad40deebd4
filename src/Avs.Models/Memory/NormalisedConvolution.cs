using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// With the running statistics a BatchNorm is an affine map of each channel, which the convolution before it can do itself:
//
//   γ (w∗x + b − μ)/√(σ² + ε) + β  =  (s w)∗x + (s (b − μ) + β),   s = γ/√(σ² + ε)

namespace Avs.Models.Memory;

/// <summary>A module with convolutions that a BatchNorm follows.</summary>
internal interface INormalisedConvolutions
{
    /// <summary>Its own, without those of its children.</summary>
    IEnumerable<NormalisedConvolution> Convolutions { get; }
}

/// <summary>A convolution and the BatchNorm after it. Both belong to a module, which registers them.</summary>
internal sealed class NormalisedConvolution(Conv2d convolution, BatchNorm2d norm, long stride = 1, long padding = 0)
{
    private readonly Conv2d convolution = convolution;
    private (Tensor Weight, Tensor Bias)? folded;

    // Smaller maps weigh little, and 3x3 convolutions' gradients by way of the adjoint are then slower than autograd's own
    // (see docs/performance.md).
    private const long FewestPlaces = 3000;

    /// <summary>Whether a graph with batch statistics is being recorded.</summary>
    public bool Learns => norm.training && is_grad_enabled();

    /// <summary>The two.</summary>
    public IReadOnlyList<nn.Module> Modules => [convolution, norm];

    /// <summary>The norm.</summary>
    public nn.Module Norm => norm;

    /// <summary>BatchNorm(conv(x)).</summary>
    /// <param name="x">[N,C,H,W].</param>
    public Tensor Run(Tensor x)
    {
        if (folded is { } one && !norm.training)
            return F.conv2d(x, one.Weight, one.Bias, [stride, stride], [padding, padding]);
        using var scope = NewDisposeScope();
        return norm.call(convolution.call(x)).MoveToOuterDisposeScope();
    }

    /// <summary>conv(x).</summary>
    public Tensor Convolve(Tensor x) => convolution.call(x);

    /// <summary>BatchNorm(z) with the statistics of z itself.</summary>
    /// <param name="z">What <see cref="Convolve"/> gave, in training.</param>
    public Tensor Normalise(Tensor z) => norm.call(z);

    /// <summary>Whether so many places are being learned from that what lies between convolutions is worth computing again.</summary>
    public bool LearnsFromMany(Tensor x) => Learns && Places(x) >= FewestPlaces;

    /// <summary>next(then(BatchNorm(conv(x)))) of which training remembers x.</summary>
    public Tensor RunInto(NormalisedConvolution next, Tensor x, Func<Tensor, Tensor> then) =>
        Recomputed.Before(next.convolution, y => then(Run(y)), Modules, x);

    /// <summary>next(then(BatchNorm(z))) of which training remembers z.</summary>
    public Tensor NormaliseInto(NormalisedConvolution next, Tensor z, Func<Tensor, Tensor> then) => Places(z) < FewestPlaces
        ? next.Convolve(then(Normalise(z)))
        : Recomputed.Before(next.convolution, y => then(Normalise(y)), [norm], z);

    /// <summary>then(BatchNorm(z)) of which training remembers z.</summary>
    public Tensor NormaliseThen(Tensor z, Func<Tensor, Tensor> then) =>
        Recomputed.Of(inputs => then(Normalise(inputs[0])), [norm], z);

    private static long Places(Tensor map) => map.shape[0] * map.shape[2] * map.shape[3];

    /// <summary>From now on evaluation runs one convolution with the weights and statistics of this moment.</summary>
    public void Fold()
    {
        using var without = no_grad();
        using var scope = NewDisposeScope();
        var scale = norm.weight * (norm.running_var! + norm.eps).rsqrt(); // [Co]
        var mean = convolution.bias is { } bias ? norm.running_mean! - bias : norm.running_mean!;
        folded = ((convolution.weight * scale.view(-1, 1, 1, 1)).DetachFromDisposeScope(), (norm.bias! - mean * scale).DetachFromDisposeScope());
    }

    /// <summary>Back to the two, whose weights may then change again.</summary>
    public void Unfold()
    {
        folded?.Weight.Dispose();
        folded?.Bias.Dispose();
        folded = null;
    }
}

/// <summary>
/// While this lives, every convolution of a model that a BatchNorm follows runs in evaluation mode as one convolution, with the weights and
/// statistics that the model had when this was made. Training mode is not changed by it.
/// </summary>
public sealed class FoldedNorms : IDisposable
{
    private readonly IReadOnlyList<NormalisedConvolution> convolutions;

    /// <summary>Folds the BatchNorms of a model.</summary>
    /// <param name="model">The model; its weights are to stay as they are until <see cref="Dispose"/>.</param>
    public FoldedNorms(nn.Module model)
    {
        convolutions = [.. model.modules().OfType<INormalisedConvolutions>().SelectMany(module => module.Convolutions)];
        foreach (var convolution in convolutions)
            convolution.Fold();
    }

    /// <summary>How many BatchNorms were folded.</summary>
    public int Count => convolutions.Count;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var convolution in convolutions)
            convolution.Unfold();
    }
}
