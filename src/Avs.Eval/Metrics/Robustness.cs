namespace Avs.Eval.Metrics;

/// <summary>
/// Measures of whether masks follow the sound: of AVSBench-Robust (arXiv 2502.00358) and of vssl_eval (arXiv 2410.01020). All shares are
/// from 0 to 1; docs/metrics.md has the formulas.
/// </summary>
public static class Robustness
{
    // The thresholds 0, 0.05, …, 1.
    private const int Steps = 20;

    /// <summary>2ab/(a+b); 0 where both are 0.</summary>
    public static double HarmonicMean(double a, double b) => a + b == 0 ? 0 : 2 * a * b / (a + b);

    /// <summary>
    /// G-mIoU, or G-F of two F-scores: the harmonic mean of the score under the clips' own sound and of what the score under a negative
    /// sound leaves to 1, both against the clips' own masks.
    /// </summary>
    public static double G(double own, double negative) => HarmonicMean(own, 1 - negative);

    /// <summary>vssl_eval's IoU of a frame: 1 where neither mask has a pixel, 0 where only the predicted one has.</summary>
    public static double LocalisationIou(FrameScore frame) => frame.Union == 0 ? 1 : (double)frame.Both / frame.Union;

    /// <summary>AUC+: the area below the share of frames whose IoU is at least t, over t from 0 to 1 in steps of 0.05.</summary>
    public static double AucPositive(IReadOnlyList<double> ious) => Area(ious, (iou, threshold) => iou >= threshold);

    /// <summary>AUC-: the area below the share of frames of which at most the share t is active.</summary>
    public static double AucNegative(IReadOnlyList<double> activeShares) => Area(activeShares, (share, threshold) => share <= threshold);

    private static double Area(IReadOnlyList<double> values, Func<double, double, bool> counts)
    {
        if (values.Count == 0)
            return double.NaN;
        var area = 0.0;
        double previous = 0;
        for (var i = 0; i <= Steps; i++)
        {
            var share = (double)values.Count(value => counts(value, 0.05 * i)) / values.Count;
            if (i > 0)
                area += (previous + share) / 2 / Steps;
            previous = share;
        }
        return area;
    }
}
