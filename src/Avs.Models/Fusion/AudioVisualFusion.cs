using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Fusion;

/// <summary>What a fusion block returns.</summary>
/// <param name="Visual">Visual features with the sound mixed in [N,C,h,w].</param>
/// <param name="Audio">The audio vectors as the block saw them, normalised [N,C], clip-major.</param>
public sealed record FusedFeatures(Tensor Visual, Tensor Audio);

/// <summary>A block that lets the sound of a clip act on the visual features of its frames.</summary>
/// <remarks>Inputs of <c>forward</c>: visual [N,C,h,w], audio [N,C], the frames of each clip (rows are clip-major).</remarks>
public abstract class AudioVisualFusion(string name) : nn.Module<Tensor, Tensor, ClipFrames, FusedFeatures>(name)
{
    /// <summary>x / √(Σ x² + 1e-6) over the channels: axis 1 of [N,C,h,w] or [N,C].</summary>
    private protected static Tensor Normalise(Tensor x) => x * ((x * x).sum(1, keepdim: true) + 1e-6).rsqrt();
}
