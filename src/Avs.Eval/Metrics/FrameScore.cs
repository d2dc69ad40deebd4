namespace Avs.Eval.Metrics;

/// <summary>
/// What the metrics need of one frame: counts of pixels. "Active" pixels are those of the predicted mask, <c>sigmoid(logit) &gt; 0.5</c>.
/// </summary>
/// <param name="Pixels">All pixels.</param>
/// <param name="Target">Pixels of the true mask.</param>
/// <param name="Active">Pixels of the predicted mask.</param>
/// <param name="Both">Pixels of both.</param>
/// <param name="Positive">Pixels whose probability reaches each of the 255 thresholds of <see cref="FScoreThresholds"/>.</param>
/// <param name="TruePositive">Those of them that are in the true mask.</param>
public sealed record FrameScore(int Pixels, int Target, int Active, int Both, int[] Positive, int[] TruePositive)
{
    /// <summary>Weight of precision against recall in the F-score (beta squared).</summary>
    public const double BetaSquared = 0.3;

    private const double IouEpsilon = 1e-7, PrecisionEpsilon = 1e-20, MachineEpsilon = 2.220446049250313e-16;

    private float[]? f;

    /// <summary>Whether anything is in the true mask; the F-score skips frames where nothing is.</summary>
    public bool HasTarget => Target > 0;

    /// <summary>Pixels of either mask.</summary>
    public int Union => Active + Target - Both;

    /// <summary>
    /// AVSBench's intersection over union (J); for a frame without target the share of pixels left background.
    /// </summary>
    public double Iou => HasTarget ? Both / (Union + IouEpsilon) : (Pixels - Active) / (Pixels + IouEpsilon);

    /// <summary>Share of pixels that are active.</summary>
    public double ActiveShare => (double)Active / Pixels;

    /// <summary>The F-score of the predicted mask itself (threshold 0.5); NaN for a frame without target.</summary>
    public double MaskF => HasTarget ? FScore(Both, Active, Target) : double.NaN;

    /// <summary>Precision at each threshold; null for a frame without target.</summary>
    public float[]? Precision => HasTarget ? Curve((both, positive) => both / (positive + PrecisionEpsilon)) : null;

    /// <summary>Recall at each threshold; null for a frame without target.</summary>
    public float[]? Recall => HasTarget ? Curve((both, _) => both / (Target + PrecisionEpsilon)) : null;

    /// <summary>F-score at each threshold; null for a frame without target.</summary>
    public float[]? F => f ??= HasTarget ? Curve((both, positive) => FScore(both, positive, Target)) : null;

    /// <summary>The F-score of counts, AVSBench's: 0 where nothing is right.</summary>
    /// <param name="both">Pixels that are positive and of the target.</param>
    /// <param name="positive">Pixels that are positive.</param>
    /// <param name="target">Pixels of the target.</param>
    public static double FScore(double both, double positive, double target)
    {
        if (both == 0)
            return 0;
        var precision = both / (positive + PrecisionEpsilon);
        var recall = both / (target + PrecisionEpsilon);
        return (1 + BetaSquared) * precision * recall / (BetaSquared * precision + recall);
    }

    /// <summary>The E-measure of the predicted mask itself (threshold 0.5).</summary>
    public double MaskE => EMeasure(Both, Active);

    /// <summary>The E-measure at a threshold.</summary>
    /// <param name="threshold">Its place in <see cref="FScoreThresholds"/>.</param>
    public double EMeasureAt(int threshold) => EMeasure(TruePositive[threshold], Positive[threshold]);

    // Enhanced alignment (Fan et al., IJCAI 2018) of two binary maps: its terms are the same for all pixels with the same pair of values.
    private double EMeasure(int both, int positive)
    {
        if (Target == 0)
            return (double)(Pixels - positive) / Pixels;
        if (Target == Pixels)
            return (double)positive / Pixels;
        double meanPositive = (double)positive / Pixels, meanTarget = (double)Target / Pixels;
        double Term(int pixels, int value, int truth)
        {
            double a = value - meanPositive, b = truth - meanTarget;
            var alignment = 2 * a * b / (a * a + b * b + MachineEpsilon);
            return pixels * (alignment + 1) * (alignment + 1) / 4;
        }
        var union = positive + Target - both;
        return (Term(both, 1, 1) + Term(positive - both, 1, 0) + Term(Target - both, 0, 1) + Term(Pixels - union, 0, 0)) / Pixels;
    }

    private float[] Curve(Func<int, int, double> value)
    {
        var curve = new float[FScoreThresholds.Count];
        for (var i = 0; i < curve.Length; i++)
            curve[i] = (float)value(TruePositive[i], Positive[i]);
        return curve;
    }
}
