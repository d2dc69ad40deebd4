using Avs.Eval.Metrics;

namespace Avs.Eval.Evaluation;

/// <summary>
/// How a model does under one negative sound: one that fits nothing that the clips' own masks show. The masks stay the clips' own, so lower
/// mIoU and F-score are better.
/// </summary>
/// <param name="Audio">Which sound.</param>
/// <param name="Miou">mIoU against the clips' own masks (<see cref="Protocol.AvsBench"/>).</param>
/// <param name="FScore">F-score against them.</param>
/// <param name="FalsePositiveRate">Mean share of active pixels (pIA).</param>
/// <param name="GMiou">Harmonic mean of mIoU under the own sound and 1 - mIoU under this.</param>
/// <param name="GF">The same of the F-scores.</param>
/// <param name="AucNegative">vssl_eval's AUC-.</param>
/// <param name="FPia">vssl_eval's harmonic mean of cIoU and 1 - pIA.</param>
/// <param name="FAuc">vssl_eval's harmonic mean of AUC+ and AUC-.</param>
public sealed record NegativeScore(
    AudioCondition Audio, double Miou, double FScore, double FalsePositiveRate, double GMiou, double GF, double AucNegative, double FPia,
    double FAuc);

/// <summary>Whether masks follow the sound; formulas and sources in docs/metrics.md.</summary>
/// <param name="Ciou">vssl_eval's mean IoU of the frames under the own sound, where empty against empty is 1.</param>
/// <param name="AucPositive">vssl_eval's AUC+.</param>
/// <param name="Negatives">Each negative sound that was played.</param>
/// <param name="GMiou">Mean of their G-mIoU.</param>
/// <param name="GF">Mean of their G-F.</param>
/// <param name="FPia">vssl_eval's harmonic mean of cIoU and the mean of 1 - pIA over silence, noise and off-screen sound, as far as they
/// were played; NaN without any.</param>
/// <param name="FAuc">The same of AUC+ and the mean AUC-.</param>
public sealed record RobustnessScores(
    double Ciou, double AucPositive, IReadOnlyList<NegativeScore> Negatives, double GMiou, double GF, double FPia, double FAuc)
{
    /// <summary>The scores of an evaluation; null where the own sound, or a negative one, was not played.</summary>
    public static RobustnessScores? From(IReadOnlyList<EvaluationResult> results)
    {
        var own = results.FirstOrDefault(result => result.Audio == AudioCondition.Real)?.Scores;
        EvaluationResult[] others = [.. results.Where(result => result.Audio != AudioCondition.Real)];
        if (own is null || others.Length == 0)
            return null;
        double[] ious = [.. own.AllFrames.Select(Robustness.LocalisationIou)];
        double ciou = ious.Average(), aucPositive = Robustness.AucPositive(ious);
        NegativeScore[] negatives = [.. others.Select(result =>
        {
            var scores = result.AgainstOwn;
            var auc = Robustness.AucNegative([.. scores.AllFrames.Select(frame => frame.ActiveShare)]);
            return new NegativeScore(
                result.Audio, scores.Miou, scores.FScore, scores.ActiveShare, Robustness.G(own.Miou, scores.Miou),
                Robustness.G(own.FScore, scores.FScore), auc, Robustness.HarmonicMean(ciou, 1 - scores.ActiveShare),
                Robustness.HarmonicMean(aucPositive, auc));
        })];
        NegativeScore[] published =
            [.. negatives.Where(n => n.Audio is AudioCondition.Muted or AudioCondition.Noise or AudioCondition.OffScreen)];
        double Combined(double positive, Func<NegativeScore, double> negative) =>
            published.Length == 0 ? double.NaN : Robustness.HarmonicMean(positive, published.Average(negative));
        return new RobustnessScores(
            ciou, aucPositive, negatives, negatives.Average(n => n.GMiou), negatives.Average(n => n.GF),
            Combined(ciou, n => 1 - n.FalsePositiveRate), Combined(aucPositive, n => n.AucNegative));
    }
}
