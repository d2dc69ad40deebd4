using Avs.Data.Clips;
using Avs.Eval.Metrics;

namespace Avs.Eval.Evaluation;

/// <summary>One clip's scores.</summary>
/// <param name="Iou">Mean over its labelled frames.</param>
/// <param name="F">Largest F-score of its mean curve; 0 when none of its frames has a target.</param>
/// <param name="FrameIous">Each labelled frame's IoU.</param>
public sealed record ClipScore(ClipInfo Clip, double Iou, double F, IReadOnlyList<double> FrameIous);

/// <summary>One category's scores: all its frames together, whatever the mode.</summary>
/// <param name="Miou">Mean IoU over its frames.</param>
/// <param name="FScore">Largest F-score of its mean curve.</param>
/// <param name="Clips">Its number of clips.</param>
public sealed record CategoryScore(double Miou, double FScore, int Clips);

/// <summary>The scores of some clips against one kind of truth.</summary>
/// <param name="Mode">How frames became one number.</param>
/// <param name="Miou">Mean intersection over union.</param>
/// <param name="FScore">F-score.</param>
/// <param name="Clips">Every clip in the order of the data set.</param>
/// <param name="Categories">Every category by name; one with the empty name where the data set has none.</param>
public sealed record Scores(
    EvalMode Mode, double Miou, double FScore, IReadOnlyList<ClipScore> Clips, IReadOnlyDictionary<string, CategoryScore> Categories)
{
    /// <summary>Number of frames that were scored.</summary>
    public int Frames => Clips.Sum(clip => clip.FrameIous.Count);
}

/// <summary>A model, or a baseline, measured over a data set.</summary>
/// <param name="Dataset">The data set's name.</param>
/// <param name="Audio">Which sound was played.</param>
/// <param name="Scores">The scores that count under this condition.</param>
/// <param name="AgainstOriginal">With <see cref="AudioCondition.Other"/>: the same predictions against the truth of the picture's own clip;
/// else null.</param>
/// <param name="UnheardRecordings">Only the clips whose recording was not in training, where the data set says which; else null.</param>
/// <param name="Seconds">Wall-clock time, reading included.</param>
public sealed record EvaluationResult(
    string Dataset, AudioCondition Audio, Scores Scores, Scores? AgainstOriginal, Scores? UnheardRecordings, double Seconds);
