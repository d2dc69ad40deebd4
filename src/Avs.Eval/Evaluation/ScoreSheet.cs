using Avs.Data.Clips;
using Avs.Eval.Metrics;

namespace Avs.Eval.Evaluation;

/// <summary>Collects the frame scores of clips that come in file order.</summary>
/// <param name="mode">How frames become one number.</param>
internal sealed class ScoreSheet(EvalMode mode)
{
    private readonly IouMeter _iou = new(mode);
    private readonly FMeasureMeter _f = new(mode);
    private readonly List<(ClipInfo Clip, double[] FrameIous)> _clips = [];

    public bool IsEmpty => _clips.Count == 0;

    public void Add(ClipInfo clip, IReadOnlyList<FrameScore> frames)
    {
        _iou.Add(clip.Id, clip.Category, frames);
        _f.Add(clip.Id, clip.Category, frames);
        _clips.Add((clip, [.. frames.Select(frame => frame.Iou)]));
    }

    public Scores Result()
    {
        MetricResult iou = _iou.Result(), f = _f.Result();
        var clips = _clips.Select(item => new ClipScore(item.Clip, iou.PerClip[item.Clip.Id], f.PerClip[item.Clip.Id], item.FrameIous));
        var categories = iou.PerCategory.ToDictionary(
            pair => pair.Key,
            pair => new CategoryScore(pair.Value, f.PerCategory[pair.Key], _clips.Count(item => item.Clip.Category == pair.Key)));
        return new Scores(mode, iou.Value, f.Value, [.. clips], categories);
    }
}
