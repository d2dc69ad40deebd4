using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.AvsBench;

/// <summary>What the baseline returns.</summary>
/// <param name="Logits">Mask logits [N,1,H,W], or those of classes [N,K,H,W].</param>
/// <param name="Visual">ReLU of what TPAVI gives at the four scales (of the head's map where a scale has no TPAVI), fine to coarse,
/// [N,C,h,w].</param>
/// <param name="Audio">The aligned audio vectors of the four scales, each [N,C], clip-major; [N,0] where a scale uses no sound.</param>
public sealed record AvsBenchOutput(Tensor Logits, IReadOnlyList<Tensor> Visual, IReadOnlyList<Tensor> Audio) : SegmenterOutput(Logits)
{
    /// <inheritdoc/>
    protected override SegmenterOutput Each(Func<Tensor, Tensor> change) =>
        new AvsBenchOutput(change(Logits), [.. Visual.Select(change)], [.. Audio.Select(change)]);
}
