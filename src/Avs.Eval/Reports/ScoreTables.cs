using System.Globalization;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;

namespace Avs.Eval.Reports;

/// <summary>An evaluation's scores of single clips, frames and thresholds as tables, for files.</summary>
public static class ScoreTables
{
    /// <summary>A row for each clip under each condition.</summary>
    public static Table Clips(IReadOnlyList<EvaluationResult> results) => new(
        [
            "condition", "clip", "category", "scene", "sound_from", "frames", "frames_with_target", "iou", "f_score", "active_share",
            "target", "active", "both", "s_measure", "mae", "boundary_f", "uncertainty",
        ],
        [
            .. results.SelectMany(result => result.Scores.Clips.Select(clip =>
            {
                var totals = clip.Totals;
                var quality = clip.Quality is { Count: > 0 } some ? FrameQuality.Mean(some) : null;
                return (IReadOnlyList<string>)
                [
                    result.Audio.Name(), clip.Clip.Id, clip.Clip.Category, clip.Clip.Scene ?? "", clip.SoundFrom.Id,
                    Text(totals.Frames), Text(totals.FramesWithTarget), Text(clip.Iou), totals.FramesWithTarget == 0 ? "" : Text(clip.F),
                    Text(totals.ActiveShare / totals.Frames), Text(totals.Target), Text(totals.Active), Text(totals.Both),
                    Text(quality?.SMeasure), Text(quality?.Mae), Text(quality?.BoundaryF), Text(Uncertainty.Compute(clip.Frames)),
                ];
            })),
        ]);

    /// <summary>A row for each labelled frame under each condition, frames counted from 0.</summary>
    public static Table Frames(IReadOnlyList<EvaluationResult> results) => new(
        ["condition", "clip", "frame", "target", "active", "both", "iou", "mask_f", "s_measure", "e_measure", "mae", "boundary_f"],
        [
            .. results.SelectMany(result => result.Scores.Clips.SelectMany(clip => clip.Frames.Select((frame, k) =>
            {
                var quality = clip.Quality?[k];
                return (IReadOnlyList<string>)
                [
                    result.Audio.Name(), clip.Clip.Id, Text(clip.FrameNumbers[k]), Text(frame.Target), Text(frame.Active), Text(frame.Both),
                    Text(frame.Iou), frame.HasTarget ? Text(frame.MaskF) : "", Text(quality?.SMeasure), Text(frame.MaskE),
                    Text(quality?.Mae), Text(quality?.BoundaryF),
                ];
            }))),
        ]);

    /// <summary>Mean precision, recall and F-score at each of the 255 thresholds under each condition.</summary>
    public static Table Curves(IReadOnlyList<EvaluationResult> results) => new(
        ["condition", "threshold", "precision", "recall", "f_score"],
        [
            .. results.Where(result => result.Scores.Curves is not null).SelectMany(result =>
            {
                var curves = result.Scores.Curves!;
                return Enumerable.Range(0, FScoreThresholds.Count).Select(i => (IReadOnlyList<string>)
                [
                    result.Audio.Name(), FScoreThresholds.Values[i].ToString("R", CultureInfo.InvariantCulture),
                    Text(curves.Precision[i]), Text(curves.Recall[i]), Text(curves.F[i]),
                ]);
            }),
        ]);

    /// <summary>A row for each class that is in the truth or in a prediction, under each condition.</summary>
    public static Table Classes(IReadOnlyList<EvaluationResult> results) => new(
        ["condition", "number", "class", "frames", "target_frames", "iou", "f_score", "summed_iou", "summed_f_score"],
        [
            .. results.Where(result => result.Scores.Classes is not null).SelectMany(result =>
                result.Scores.Classes!.Classes.Where(one => one.Frames > 0).Select(one => (IReadOnlyList<string>)
                [
                    result.Audio.Name(), Text(one.Number), result.ClassNames[one.Number], Text(one.Frames), Text(one.TargetFrames),
                    Text(one.Iou), Text(one.F), Text(one.SummedIou), Text(one.SummedF),
                ])),
        ]);

    private static string Text(double? value) =>
        value is { } number && double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "";
}
