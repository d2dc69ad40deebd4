using static TorchSharp.torch;

namespace Avs.Models.Segmentation;

/// <summary>The terms of an objective, each an unweighted scalar, and their weighted sum.</summary>
/// <param name="Total">The number to minimise.</param>
public abstract record LossTerms(Tensor Total)
{
    /// <summary>The terms by name, for logs; the total first.</summary>
    public abstract IEnumerable<(string Name, Tensor Value)> Named();
}

/// <summary>What a network learns by: one sealed record of weights and choices a family, an <see cref="Objective{TOutput}"/>.</summary>
public abstract record SegmentationObjective
{
    /// <summary>The terms for one batch.</summary>
    /// <param name="output">What the network returned for the batch.</param>
    /// <param name="input">The batch, with masks.</param>
    /// <param name="progress">How far the training is, 0 to 1, for weights that change on the way.</param>
    /// <exception cref="ArgumentException">The input has no masks, or the output is another family's.</exception>
    public abstract LossTerms Compute(SegmenterOutput output, AvsInput input, double progress = 1);

    /// <summary>The same objective with those terms switched on that are off by default, as a measurement of cost wants it.</summary>
    public virtual SegmentationObjective WithEveryTerm() => this;
}

/// <summary>What the networks of a family learn by.</summary>
/// <typeparam name="TOutput">What they return.</typeparam>
public abstract record Objective<TOutput> : SegmentationObjective where TOutput : SegmenterOutput
{
    /// <summary>The terms for one batch; see <see cref="SegmentationObjective.Compute"/>.</summary>
    public abstract LossTerms Compute(TOutput output, AvsInput input, double progress = 1);

    /// <inheritdoc/>
    public sealed override LossTerms Compute(SegmenterOutput output, AvsInput input, double progress = 1) => output is TOutput own
        ? Compute(own, input, progress)
        : throw new ArgumentException($"{GetType().Name}: found a {output.GetType().Name}, expected a {typeof(TOutput).Name}",
            nameof(output));
}
