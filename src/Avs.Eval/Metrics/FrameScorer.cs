namespace Avs.Eval.Metrics;

/// <summary>What the metrics need of one frame.</summary>
/// <param name="Iou">Intersection over union of the mask <c>sigmoid(logit) &gt; 0.5</c>; for a frame without target the share of pixels
/// left background.</param>
/// <param name="Precision">Precision at each of the 255 thresholds; null for a frame without target.</param>
/// <param name="Recall">Recall at each threshold; null for a frame without target.</param>
/// <param name="F">F-score at each threshold; null for a frame without target, which the F-score skips.</param>
public sealed record FrameScore(double Iou, float[]? Precision, float[]? Recall, float[]? F);

/// <summary>
/// Scores predicted frames against true masks. The 255 precision-recall points come from one histogram of the probabilities instead of 255
/// passes over the picture. One scorer serves one thread.
/// </summary>
public sealed class FrameScorer
{
    /// <summary>Weight of precision against recall in the F-score (beta squared).</summary>
    public const double BetaSquared = 0.3;

    // How many pixels have exactly k thresholds at or below their probability, k = 0 .. 255: all pixels, and those of the target.
    private readonly int[] all = new int[FScoreThresholds.Count + 1];
    private readonly int[] hit = new int[FScoreThresholds.Count + 1];

    /// <summary>Scores one frame.</summary>
    /// <param name="logits">Predicted logits of the frame's pixels.</param>
    /// <param name="truth">The true mask of the same pixels: 0 or not.</param>
    /// <exception cref="ArgumentException">The two differ in length, or are empty.</exception>
    public FrameScore Score(ReadOnlySpan<float> logits, ReadOnlySpan<byte> truth)
    {
        if (logits.Length != truth.Length || logits.IsEmpty)
            throw new ArgumentException($"A frame of {logits.Length} logits cannot be scored against a mask of {truth.Length} pixels.");
        Array.Clear(all);
        Array.Clear(hit);
        int target = 0, predicted = 0, both = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            var probability = 1f / (1f + MathF.Exp(-logits[i]));
            var reached = FScoreThresholds.CountReached(probability);
            all[reached]++;
            var above = probability > MaskThreshold.Usual;
            if (above)
                predicted++;
            if (truth[i] == 0)
                continue;
            target++;
            hit[reached]++;
            if (above)
                both++;
        }
        return target == 0
            ? new FrameScore((logits.Length - predicted) / (logits.Length + 1e-7), null, null, null)
            : Curves(both / (predicted + target - both + 1e-7), target);
    }

    private FrameScore Curves(double iou, int target)
    {
        var precision = new float[FScoreThresholds.Count];
        var recall = new float[FScoreThresholds.Count];
        var f = new float[FScoreThresholds.Count];
        long positive = 0, truePositive = 0;
        // A pixel counts as positive at threshold i when it reached more than i thresholds: cumulate from the top.
        for (var i = FScoreThresholds.Count - 1; i >= 0; i--)
        {
            positive += all[i + 1];
            truePositive += hit[i + 1];
            var p = truePositive / (positive + 1e-20);
            var r = truePositive / (target + 1e-20);
            precision[i] = (float)p;
            recall[i] = (float)r;
            f[i] = truePositive == 0 ? 0 : (float)((1 + BetaSquared) * p * r / (BetaSquared * p + r));
        }
        return new FrameScore(iou, precision, recall, f);
    }
}
