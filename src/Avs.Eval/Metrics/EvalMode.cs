namespace Avs.Eval.Metrics;

/// <summary>How per-frame results become one number.</summary>
public enum EvalMode
{
    /// <summary>
    /// As the published numbers were made: calls of four clips in file order, then the mean over calls; the F-score takes its maximum in
    /// every call.
    /// </summary>
    Reference,

    /// <summary>Independent of the batch size: the mean over all frames; the F-score takes one maximum of one mean curve.</summary>
    Dataset,
}

/// <summary>One metric over a data set.</summary>
/// <param name="Value">The number to report, by <paramref name="Mode"/>; NaN when nothing was added.</param>
/// <param name="Mode">How it was made.</param>
/// <param name="PerClip">Each clip by itself.</param>
/// <param name="PerCategory">All frames of a category together, whatever the mode.</param>
public sealed record MetricResult(
    double Value, EvalMode Mode, IReadOnlyDictionary<string, double> PerClip, IReadOnlyDictionary<string, double> PerCategory);
