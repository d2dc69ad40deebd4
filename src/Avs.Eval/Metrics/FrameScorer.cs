namespace Avs.Eval.Metrics;

/// <summary>What the metrics need of one frame.</summary>
/// <param name="Iou">Intersection over union of the mask <c>sigmoid(logit) &gt; 0.5</c>; for a frame without target the share of pixels
/// left background.</param>
/// <param name="Precision">Precision at each of the 255 thresholds; null for a frame without target.</param>
/// <param name="Recall">Recall at each threshold; null for a frame without target.</param>
/// <param name="F">F-measure at each threshold; null for a frame without target, which the F-measure skips.</param>
public sealed record FrameScore(double Iou, float[]? Precision, float[]? Recall, float[]? F);

/// <summary>
/// Scores predicted frames against true masks. The 255 precision-recall points come from one histogram of the probabilities instead of 255
/// passes over the picture. One scorer serves one thread.
/// </summary>
public sealed class FrameScorer
{
    /// <summary>Number of thresholds of the F-measure.</summary>
    public const int Thresholds = 255;

    /// <summary>Weight of precision against recall in the F-measure (beta squared).</summary>
    public const double BetaSquared = 0.3;

    private static readonly float[] Levels = MakeLevels();

    // How many pixels have exactly k thresholds at or below their probability, k = 0 .. 255: all pixels, and those of the target.
    private readonly int[] _all = new int[Thresholds + 1];
    private readonly int[] _hit = new int[Thresholds + 1];

    /// <summary>The thresholds: 255 float32 values from 0 to 1.</summary>
    public static ReadOnlySpan<float> ThresholdValues => Levels;

    /// <summary>Scores one frame.</summary>
    /// <param name="logits">Predicted logits of the frame's pixels.</param>
    /// <param name="truth">The true mask of the same pixels: 0 or not.</param>
    /// <exception cref="ArgumentException">The two differ in length, or are empty.</exception>
    public FrameScore Score(ReadOnlySpan<float> logits, ReadOnlySpan<byte> truth)
    {
        if (logits.Length != truth.Length || logits.IsEmpty)
            throw new ArgumentException($"A frame of {logits.Length} logits cannot be scored against a mask of {truth.Length} pixels.");
        Array.Clear(_all);
        Array.Clear(_hit);
        int target = 0, predicted = 0, both = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            var probability = 1f / (1f + MathF.Exp(-logits[i]));
            var reached = Reached(probability);
            _all[reached]++;
            var above = probability > 0.5f;
            if (above) predicted++;
            if (truth[i] == 0) continue;
            target++;
            _hit[reached]++;
            if (above) both++;
        }
        return target == 0
            ? new FrameScore((logits.Length - predicted) / (logits.Length + 1e-7), null, null, null)
            : Curves(both / (predicted + target - both + 1e-7), target);
    }

    private FrameScore Curves(double iou, int target)
    {
        var precision = new float[Thresholds];
        var recall = new float[Thresholds];
        var f = new float[Thresholds];
        long positive = 0, truePositive = 0;
        // A pixel counts as positive at threshold i when it reached more than i thresholds: cumulate from the top.
        for (var i = Thresholds - 1; i >= 0; i--)
        {
            positive += _all[i + 1];
            truePositive += _hit[i + 1];
            var p = truePositive / (positive + 1e-20);
            var r = truePositive / (target + 1e-20);
            precision[i] = (float)p;
            recall[i] = (float)r;
            f[i] = truePositive == 0 ? 0 : (float)((1 + BetaSquared) * p * r / (BetaSquared * p + r));
        }
        return new FrameScore(iou, precision, recall, f);
    }

    /// <summary>How many thresholds lie at or below a probability (none for NaN).</summary>
    private static int Reached(float probability)
    {
        if (!(probability >= 0)) return 0;
        // Nearly even spacing gives the place to within one; the two loops settle the last bit.
        var reached = Math.Min(Thresholds, (int)(probability * (Thresholds - 1)) + 1);
        while (reached < Thresholds && Levels[reached] <= probability) reached++;
        while (reached > 0 && Levels[reached - 1] > probability) reached--;
        return reached;
    }

    // linspace(0, 1 - 1e-10, 255) in float32: the end rounds to 1, and the upper half counts down from it.
    private static float[] MakeLevels()
    {
        var levels = new float[Thresholds];
        const float step = 1f / (Thresholds - 1);
        for (var i = 0; i < Thresholds; i++)
            levels[i] = i < Thresholds / 2 ? step * i : 1f - step * (Thresholds - 1 - i);
        return levels;
    }
}
