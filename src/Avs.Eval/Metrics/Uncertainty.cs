namespace Avs.Eval.Metrics;

/// <summary>How undecided a prediction is, whatever the truth.</summary>
public static class Uncertainty
{
    /// <summary>
    /// Mean binary entropy of a pixel of some frames in bits, from the counts at the 255 thresholds: a pixel counts as if its probability
    /// lay in the middle between two of them. Below the first step and above the last one nothing is undecided.
    /// </summary>
    /// <returns>0 to 1; NaN without frames.</returns>
    public static double Compute(IReadOnlyList<FrameScore> frames)
    {
        if (frames.Count == 0)
            return double.NaN;
        const int last = FScoreThresholds.Count - 1;
        return frames.Average(frame => Enumerable.Range(1, last - 2).Sum(i =>
        {
            var middle = (FScoreThresholds.Values[i] + FScoreThresholds.Values[i + 1]) / 2;
            return (frame.Positive[i] - frame.Positive[i + 1]) * Entropy(middle);
        }) / frame.Pixels);
    }

    private static double Entropy(double p) => -p * Math.Log2(p) - (1 - p) * Math.Log2(1 - p);
}
