using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Ecmvae;

/// <summary>What one path of ECMVAE computes.</summary>
/// <param name="Logits">Mask logits [N,1,H,W], or those of classes [N,K,H,W].</param>
/// <param name="Visual">Fused visual features of the four scales, fine to coarse, [N,C,H/4,W/4] … [N,C,H/32,W/32].</param>
/// <param name="Audio">Audio vectors of the four scales as the fusion blocks saw them, each [N,C], clip-major; none where the network uses
/// no sound.</param>
/// <param name="Codes">The latent codes: of all N rows on the prior path, of the annotated rows on the posterior path.</param>
/// <param name="Information">The mutual-information heads, of the same rows as the codes; null for a variant without, and where there are
/// no masks.</param>
public sealed record EcmvaePath(
    Tensor Logits, IReadOnlyList<Tensor> Visual, IReadOnlyList<Tensor> Audio, LatentCodes Codes, MutualInformationHeads? Information)
{
    internal EcmvaePath Each(Func<Tensor, Tensor> change) =>
        new(change(Logits), [.. Visual.Select(change)], [.. Audio.Select(change)], Codes.Each(change), Information?.Each(change));
}

/// <summary>What ECMVAE returns.</summary>
/// <param name="Prior">The path used at test time.</param>
/// <param name="Posterior">The path that saw the masks; null when none were given.</param>
/// <param name="AnnotatedRows">Which of the N rows the posterior codes belong to (int64 [M]); null when all.</param>
public sealed record EcmvaeOutput(EcmvaePath Prior, EcmvaePath? Posterior = null,
    Tensor? AnnotatedRows = null) : SegmenterOutput(Prior.Logits)
{
    /// <inheritdoc/>
    protected override SegmenterOutput Each(Func<Tensor, Tensor> change) =>
        new EcmvaeOutput(Prior.Each(change), Posterior?.Each(change), AnnotatedRows);
}
