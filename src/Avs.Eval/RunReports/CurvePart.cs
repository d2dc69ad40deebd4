using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using static Avs.Eval.RunReports.ReportNumbers;

namespace Avs.Eval.RunReports;

/// <summary>Precision over recall, and the F-score over the threshold: of one run under every sound, of several under the own.</summary>
internal static class CurvePart
{
    private static readonly string Real = AudioCondition.Real.Name();
    private static readonly double[] Thresholds = [.. FScoreThresholds.Values.ToArray().Select(level => (double)level)];

    /// <summary>The two plots; none where no frame has a target.</summary>
    public static IReadOnlyList<PlotModel> Draw(IReadOnlyList<ReportRun> runs)
    {
        (string Name, ThresholdCurves Curves)[] all = runs.Count == 1
            ? [.. runs[0].Scores.Curves.Select(entry => (entry.Key.Replace('_', ' '), entry.Value))]
            : [.. runs.Where(run => run.Scores.Curves.ContainsKey(Real)).Select(run => (run.Name, run.Scores.Curves[Real]))];
        if (all.Length == 0)
            return [];
        string Describe(string title, Func<ThresholdCurves, string> words) =>
            $"{title}: {string.Join(", ", all.Select(entry => $"{entry.Name} {words(entry.Curves)}"))}";
        return
        [
            ReportPlots.OverShares(
                "Precision over recall", "recall",
                [.. all.Select(entry => new Curve(entry.Name, entry.Curves.Recall, entry.Curves.Precision))],
                Describe("Precision over recall at 255 thresholds, at the middle one", curves =>
                    $"{Score(curves.Precision[Thresholds.Length / 2])} at {Score(curves.Recall[Thresholds.Length / 2])}")),
            ReportPlots.OverShares(
                "F-score over the threshold", "threshold", [.. all.Select(entry => new Curve(entry.Name, Thresholds, entry.Curves.F))],
                Describe("F-score over the threshold, at most", curves => Score(curves.F.Max()))),
        ];
    }
}
