using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Ecmvae;

/// <summary>What the deterministic network returns.</summary>
/// <param name="Logits">Mask logits [N,1,H,W], or those of classes [N,K,H,W].</param>
/// <param name="Visual">Fused visual features of the four scales, fine to coarse, [N,C,H/4,W/4] … [N,C,H/32,W/32].</param>
/// <param name="Audio">Audio vectors of the four scales as the fusion blocks saw them, each [N,C], clip-major.</param>
/// <param name="Levels">What the regularisers read off the scales, coarse to fine; empty without regularisers or masks.</param>
public sealed record DeterministicOutput(
    Tensor Logits, IReadOnlyList<Tensor> Visual, IReadOnlyList<Tensor> Audio,
        IReadOnlyList<LevelInformation> Levels) : SegmenterOutput(Logits)
{
    /// <inheritdoc/>
    protected override SegmenterOutput Each(Func<Tensor, Tensor> change) => new DeterministicOutput(
        change(Logits), [.. Visual.Select(change)], [.. Audio.Select(change)], [.. Levels.Select(level => level.Each(change))]);
}
