using static TorchSharp.torch;

namespace Avs.Models.Losses;

/// <summary>The terms of an objective, each an unweighted scalar, and their weighted sum.</summary>
/// <param name="Total">The number to minimise.</param>
public abstract record LossTerms(Tensor Total)
{
    /// <summary>The terms by name, for logs; the total first.</summary>
    public abstract IEnumerable<(string Name, Tensor Value)> Named();
}

/// <summary>What a family of networks learns by: one sealed record of weights and choices.</summary>
public abstract record SegmentationObjective
{
    /// <summary>The terms for one batch.</summary>
    /// <param name="output">What the network returned for the batch; it must have been given masks.</param>
    /// <param name="masks">[M,1,H,W].</param>
    /// <param name="labelled">The rows of the masks (int64 [M]); null when M = N.</param>
    /// <param name="noise">The draws of terms that are estimated by sampling.</param>
    /// <param name="progress">How far the training is, 0 to 1, for weights that change on the way.</param>
    /// <exception cref="ArgumentException">The output lacks what a term needs.</exception>
    public abstract LossTerms Compute(SegmenterOutput output, Tensor masks, Tensor? labelled, ILatentNoise noise, double progress = 1);

    /// <summary>The terms for one batch; see <see cref="Compute(SegmenterOutput, Tensor, Tensor?, ILatentNoise, double)"/>.</summary>
    /// <exception cref="ArgumentException">The input has no masks, or the output lacks what a term needs.</exception>
    public LossTerms Compute(SegmenterOutput output, AvsInput input, ILatentNoise noise, double progress = 1) =>
        Compute(output, input.Masks ?? throw new ArgumentException("the objective needs masks", nameof(input)), input.Labelled, noise, progress);
}
