using Avs.Data.Clips;
using Avs.Eval.Metrics;

namespace Avs.Eval.Evaluation;

/// <summary>Collects the frame scores of clips that come in file order.</summary>
/// <param name="mode">How frames become one number.</param>
internal sealed class ScoreSheet(EvalMode mode)
{
    private readonly IouMeter iou = new(mode);
    private readonly FScoreMeter f = new(mode);
    private readonly List<(ClipInfo Clip, double[] FrameIous)> clips = [];

    public bool IsEmpty => clips.Count == 0;

    public void Add(ClipInfo clip, IReadOnlyList<FrameScore> frames)
    {
        iou.Add(clip.Id, clip.Category, frames);
        f.Add(clip.Id, clip.Category, frames);
        clips.Add((clip, [.. frames.Select(frame => frame.Iou)]));
    }

    public Scores Result()
    {
        var (ious, fs) = (iou.Result(), f.Result());
        var scored = clips.Select(item => new ClipScore(item.Clip, ious.PerClip[item.Clip.Id], fs.PerClip[item.Clip.Id], item.FrameIous));
        var categories = ious.PerCategory.ToDictionary(
            pair => pair.Key,
            pair => new CategoryScore(pair.Value, fs.PerCategory[pair.Key], clips.Count(item => item.Clip.Category == pair.Key)));
        return new Scores(mode, ious.Value, fs.Value, [.. scored], categories);
    }
}
