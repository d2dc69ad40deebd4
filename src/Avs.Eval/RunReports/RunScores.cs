using Avs.Core;
using Avs.Core.Formats;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;

namespace Avs.Eval.RunReports;

/// <summary>One clip's scores with its own sound.</summary>
/// <param name="Index">Its place in the data set.</param>
/// <param name="Scene">Clips of one scene show the same picture; null or empty where nothing is known.</param>
/// <param name="Iou">Mean IoU of its frames.</param>
/// <param name="F">Its F-score; null where nothing sounds in it.</param>
/// <param name="Uncertainty">Mean binary entropy of a pixel in bits; null where it was not written down.</param>
public sealed record ScoredClip(int Index, string Id, string Category, string? Scene, double Iou, double? F, double? Uncertainty)
{
    public static ScoredClip From(int index, ClipScore clip) => new(
        index, clip.Clip.Id, clip.Clip.Category, clip.Clip.Scene, clip.Iou, clip.Totals.FramesWithTarget == 0 ? null : clip.F,
        Metrics.Uncertainty.Compute(clip.Frames));
}

/// <summary>An evaluation as reports need it: fresh, or from the folder that `avs eval --out` made.</summary>
/// <param name="Clips">In the order of the data set.</param>
/// <param name="Curves">Precision, recall and F-score over the thresholds, by the name of the sound; those of frames with a target.</param>
public sealed record RunScores(
    MetricsJson Metrics, IReadOnlyList<ScoredClip> Clips, IReadOnlyDictionary<string, ThresholdCurves> Curves)
{
    /// <summary>The scores under the clips' own sound.</summary>
    public MetricsJson.ConditionPart Own => Metrics.Conditions[AudioCondition.Real.Name()];

    /// <summary>The scores of a fresh evaluation.</summary>
    /// <param name="report">The clips' own sound is among its conditions.</param>
    public static RunScores From(EvaluationReport report)
    {
        var own = report.Results.First(result => result.Audio == AudioCondition.Real);
        return new RunScores(
            MetricsJson.From(report), [.. own.Scores.Clips.Select((clip, i) => ScoredClip.From(i, clip))],
            report.Results.Where(result => result.Scores.Curves is not null)
                .ToDictionary(result => result.Audio.Name(), result => result.Scores.Curves!));
    }

    /// <summary>Reads the folder of an evaluation.</summary>
    /// <exception cref="DataException">A file is missing or damaged, or the clips' own sound was not played.</exception>
    public static RunScores Read(string folder)
    {
        var file = Path.Combine(folder, EvaluationFolder.MetricsFile);
        var metrics = MetricsJson.Read(file);
        if (!metrics.Conditions.ContainsKey(AudioCondition.Real.Name()))
            throw new DataException($"{file} has no scores under the clips' own sound (real), which a report begins with");
        return new RunScores(metrics, ReadClips(Path.Combine(folder, EvaluationFolder.ClipsFile)),
            ReadCurves(Path.Combine(folder, EvaluationFolder.CurvesFile)));
    }

    private static IReadOnlyList<ScoredClip> ReadClips(string file)
    {
        var table = CsvTable.Read(file);
        int condition = table.Require("condition"), id = table.Require("clip"), category = table.Require("category"),
            scene = table.Require("scene"), iou = table.Require("iou"), f = table.Require("f_score"),
            uncertainty = table.Column("uncertainty");
        var own = table.Rows.Where(line => line.Fields[condition] == AudioCondition.Real.Name());
        return
        [
            .. own.Select((line, i) => new ScoredClip(
                i, line.Fields[id], line.Fields[category], line.Fields[scene], table.Number<double>(line, iou),
                table.OptionalNumber<double>(line, f), table.OptionalNumber<double>(line, uncertainty))),
        ];
    }

    private static Dictionary<string, ThresholdCurves> ReadCurves(string file)
    {
        var table = CsvTable.Read(file);
        int condition = table.Require("condition"), precision = table.Require("precision"), recall = table.Require("recall"),
            f = table.Require("f_score");
        return table.Rows.GroupBy(line => line.Fields[condition]).ToDictionary(group => group.Key, group =>
        {
            double[] Column(int at) => [.. group.Select(line => table.Number<double>(line, at))];
            return group.Count() == FScoreThresholds.Count
                ? new ThresholdCurves(Column(precision), Column(recall), Column(f))
                : throw new DataException($"{file}: found {group.Count()} rows of '{group.Key}', expected {FScoreThresholds.Count}");
        });
    }
}
