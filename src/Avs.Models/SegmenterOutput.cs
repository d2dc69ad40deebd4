using Avs.Models.Ecmvae;
using static TorchSharp.torch;

namespace Avs.Models;

/// <summary>What one path (prior or posterior) of a network returns; what a family does not have is null.</summary>
/// <param name="Logits">Mask logits [N,1,H,W].</param>
/// <param name="Visual">Fused visual features of the four scales, fine to coarse, [N,C,H/4,W/4] … [N,C,H/32,W/32].</param>
/// <param name="Audio">Audio vectors of the four scales as the fusion blocks saw them, each [N,C], clip-major; [N,0] where a scale heard no sound.</param>
/// <param name="Codes">The latent codes: of all N rows on the prior path, of the annotated rows on the posterior path.</param>
/// <param name="Information">The mutual-information heads, of the same rows as the codes; null also when the path was run without them.</param>
/// <param name="Levels">What the regularisers of a deterministic network read off the scales, coarse to fine.</param>
public sealed record PathOutput(
    Tensor Logits, IReadOnlyList<Tensor> Visual, IReadOnlyList<Tensor> Audio, LatentCodes? Codes = null, MutualInformationHeads? Information = null,
    IReadOnlyList<LevelInformation>? Levels = null)
{
    internal PathOutput Each(Func<Tensor, Tensor> change) => new(
        change(Logits), [.. Visual.Select(change)], [.. Audio.Select(change)], Codes?.Each(change), Information?.Each(change),
        Levels is null ? null : [.. Levels.Select(level => level.Each(change))]);
}

/// <summary>What a segmenter returns. Everything a loss needs is here; the losses themselves are the objective's of the family.</summary>
/// <param name="Prior">The path used at test time; the only one of a network without a posterior.</param>
/// <param name="Posterior">The path that saw the masks; null when none were given.</param>
/// <param name="AnnotatedRows">Which of the N rows the posterior codes belong to (int64 [M]); null when all.</param>
public sealed record SegmenterOutput(PathOutput Prior, PathOutput? Posterior = null, Tensor? AnnotatedRows = null)
{
    /// <summary>Mask logits of the prior path [N,1,H,W].</summary>
    public Tensor Logits => Prior.Logits;

    /// <summary>Mask logits of the posterior path [N,1,H,W], or null.</summary>
    public Tensor? PosteriorLogits => Posterior?.Logits;

    /// <summary>The same numbers in another type: what autocast computed, for losses in float32.</summary>
    /// <param name="type">The type.</param>
    public SegmenterOutput To(ScalarType type) => Each(tensor => tensor.to(type));

    internal SegmenterOutput Each(Func<Tensor, Tensor> change) => new(Prior.Each(change), Posterior?.Each(change), AnnotatedRows);
}

/// <summary>A prediction for a report: probabilities and, when several codes were drawn, how much they disagree.</summary>
/// <param name="Probability">P(pixel belongs to a sounding object) [N,1,H,W].</param>
/// <param name="Variance">Per-pixel variance over the draws [N,1,H,W] (population form); null for a single draw.</param>
public sealed record Prediction(Tensor Probability, Tensor? Variance = null);
