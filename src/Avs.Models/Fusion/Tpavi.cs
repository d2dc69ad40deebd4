using Avs.Models.Segmentation;
using TorchSharp.Modules;
using static TorchSharp.torch;

// TPAVI, temporal pixel-wise audio-visual interaction, as ECMVAE uses it.
//
//   J. Zhou et al., "Audio-Visual Segmentation", ECCV 2022, eq. (1)-(2); the variant of
//   Y. Mao et al., "Multimodal Variational Auto-encoder based Audio-Visual Segmentation", ICCV 2023.
//
//   v̂, â  = L2-normalised over channels                     θ, φ, g: 1x1x1 convolutions C -> C'
//   A     = θ(v̂)ᵀ φ(â) / M      [M,M], M = T·h·w            (a dot product: no softmax, no 1/√d)
//   Y     = A g(v̂)ᵀ             [M,C']
//   Z     = LayerNorm( BatchNorm(W_z Y) + v̂ )
//
// The attention matrix is never built: without a softmax the product has a form that costs one small matrix product a position, O(M)
// instead of O(M²); see LinearInteraction.cs.

namespace Avs.Models.Fusion;

/// <summary>Which frames share the matrix K of a <see cref="Tpavi"/>.</summary>
public enum TpaviSpan
{
    /// <summary>All frames of a clip (the paper). K then cannot tell which second a sound belongs to.</summary>
    Clip,

    /// <summary>Every frame has its own.</summary>
    Frame,
}

/// <summary>TPAVI with a dot-product kernel, normalised inputs and cost linear in the number of positions.</summary>
public sealed class Tpavi : AudioVisualFusion
{
    private readonly TpaviSpan span;

    private readonly Conv3d g, theta, phi;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> W_z;
    private readonly LayerNorm norm_layer;

    /// <summary>Creates the block. It starts as LayerNorm(v̂): the BatchNorm before the sum has weight and bias zero.</summary>
    /// <param name="channels">C of the visual features and of the audio vectors. The paper: 128.</param>
    /// <param name="inner">C'. The paper: C/2.</param>
    /// <param name="span">Which frames share K.</param>
    public Tpavi(long channels, long inner, TpaviSpan span = TpaviSpan.Clip) : base(nameof(Tpavi))
    {
        this.span = span;
        (g, theta, phi, W_z, norm_layer) = LinearInteraction.CreateLayers(channels, inner);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override FusedFeatures forward(Tensor visual, Tensor audio, ClipFrames framesPerClip)
    {
        using var scope = NewDisposeScope();
        var frames = span == TpaviSpan.Clip ? framesPerClip : 1;
        var v = Normalise(visual); // [N,C,h,w]
        var a = Normalise(audio); // [N,C]
        var sum = LinearInteraction.WithSound(phi, g, v, a, frames); // [B,C',C']
        var kernel = frames.DividedByPlaces(sum, v.shape[2] * v.shape[3]);
        var z = LinearInteraction.Output(theta, W_z, norm_layer, v, kernel, frames); // [N,C,h,w]
        return new FusedFeatures(z.MoveToOuterDisposeScope(), a.MoveToOuterDisposeScope());
    }
}
