using Avs.Data.Clips;
using Avs.Eval.Metrics;

namespace Avs.Eval.Evaluation;

/// <summary>One clip's scores.</summary>
/// <param name="Clip">The clip whose picture was seen.</param>
/// <param name="SoundFrom">The clip whose sound was played; with silence and noise the same.</param>
/// <param name="Frames">Its labelled frames.</param>
/// <param name="FrameNumbers">Their numbers, from 0.</param>
public sealed record ClipScore(ClipInfo Clip, ClipInfo SoundFrom, IReadOnlyList<FrameScore> Frames, IReadOnlyList<int> FrameNumbers)
{
    /// <summary>Its frames' sums.</summary>
    public ClipTotals Totals { get; } = ClipTotals.From(Frames);

    /// <summary>Mean IoU of its labelled frames.</summary>
    public double Iou => Totals.MeanIou;

    /// <summary>Largest F-score of its mean curve; 0 when none of its frames has a target.</summary>
    public double F => Totals.MaximumF;

    /// <summary>The sums of its classes; null where the data set has none, or the truth is another clip's.</summary>
    public ClassTotals? Classes { get; init; }

    /// <summary>Each frame's quality beside IoU and F-score; null where it was not measured.</summary>
    public IReadOnlyList<FrameQuality>? Quality { get; init; }
}

/// <summary>One category's scores: all its frames together (the protocol <see cref="Protocol.Frame"/>).</summary>
/// <param name="Miou">Mean IoU over its frames.</param>
/// <param name="FScore">Largest F-score of its mean curve.</param>
/// <param name="Clips">Its number of clips.</param>
public sealed record CategoryScore(double Miou, double FScore, int Clips);

/// <summary>The frames whose true mask is empty.</summary>
/// <param name="Frames">Their number.</param>
/// <param name="Miou">Mean share of pixels left background, which is AVSBench's IoU of such a frame; NaN without any.</param>
/// <param name="Exact">Share of them that have no active pixel; NaN without any.</param>
public sealed record EmptyFrameScore(int Frames, double Miou, double Exact);

/// <summary>The mean precision, recall and F-score of the frames with a target at each of the 255 thresholds.</summary>
public sealed record ThresholdCurves(IReadOnlyList<double> Precision, IReadOnlyList<double> Recall, IReadOnlyList<double> F);

/// <summary>The scores of some clips against one kind of truth.</summary>
/// <param name="Clips">Every clip in the order of the data set.</param>
/// <param name="ClipsPerCall">Clips of one call of <see cref="Protocol.AvsBench"/>.</param>
public sealed record Scores(IReadOnlyList<ClipScore> Clips, int ClipsPerCall = Protocols.ReferenceClipsPerCall)
{
    /// <summary>The two scores of every protocol.</summary>
    public IReadOnlyDictionary<Protocol, ProtocolScore> ByProtocol { get; } =
        Protocols.Compute([.. Clips.Select(clip => clip.Totals)], ClipsPerCall);

    /// <summary>
    /// How well classes are told apart; null where the data set has none. Then all else here is of the foreground: where anything sounds.
    /// </summary>
    public ClassScores? Classes { get; } = Clips.Count > 0 && Clips.All(clip => clip.Classes is not null)
        ? ClassScores.Compute([.. Clips.Select(clip => clip.Classes!)])
        : null;

    /// <summary>Mean IoU as papers print it (<see cref="Protocol.AvsBench"/>).</summary>
    public double Miou => ByProtocol[Protocol.AvsBench].Miou;

    /// <summary>F-score as papers print it.</summary>
    public double FScore => ByProtocol[Protocol.AvsBench].FScore;

    /// <summary>Every category by name; one with the empty name where the data set has none.</summary>
    public IReadOnlyDictionary<string, CategoryScore> Categories => Clips
        .GroupBy(clip => clip.Clip.Category, StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group =>
        {
            var totals = ClipTotals.Sum(group.Select(clip => clip.Totals));
            return new CategoryScore(totals.MeanIou, totals.MaximumF, group.Count());
        });

    /// <summary>Number of frames that were scored.</summary>
    public int Frames => Clips.Sum(clip => clip.Frames.Count);

    /// <summary>Mean share of active pixels of a frame; under a sound that fits nothing in the picture the false-positive rate.</summary>
    public double ActiveShare => AllFrames.Average(frame => frame.ActiveShare);

    /// <summary>Mean F-score of the masks themselves, at the threshold 0.5, over the frames with a target; NaN without any.</summary>
    public double MaskF => AllFrames.Where(frame => frame.HasTarget).Select(frame => frame.MaskF).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Mean E-measure of the masks themselves over all frames.</summary>
    public double MaskE => AllFrames.Average(frame => frame.MaskE);

    /// <summary>Largest value over the 255 thresholds of the mean E-measure over all frames.</summary>
    public double MaximumE =>
        Enumerable.Range(0, FScoreThresholds.Count).Max(i => AllFrames.Average(frame => frame.EMeasureAt(i)));

    /// <summary>The frames whose true mask is empty, by themselves.</summary>
    public EmptyFrameScore EmptyFrames
    {
        get
        {
            FrameScore[] empty = [.. AllFrames.Where(frame => !frame.HasTarget)];
            return empty.Length == 0
                ? new EmptyFrameScore(0, double.NaN, double.NaN)
                : new EmptyFrameScore(
                    empty.Length, empty.Average(frame => frame.Iou), (double)empty.Count(frame => frame.Active == 0) / empty.Length);
        }
    }

    /// <summary>The precision-recall curve; null where no frame has a target.</summary>
    public ThresholdCurves? Curves
    {
        get
        {
            FrameScore[] frames = [.. AllFrames.Where(frame => frame.HasTarget)];
            double[] Mean(Func<FrameScore, float[]> curve)
            {
                var sum = new double[FScoreThresholds.Count];
                foreach (var frame in frames)
                {
                    var values = curve(frame);
                    for (var i = 0; i < sum.Length; i++)
                        sum[i] += values[i] / frames.Length;
                }
                return sum;
            }
            return frames.Length == 0 ? null : new ThresholdCurves(Mean(f => f.Precision!), Mean(f => f.Recall!), Mean(f => f.F!));
        }
    }

    /// <summary>The mean of each measure of quality over the frames that have it; null where none was measured.</summary>
    public FrameQuality? Quality => Clips.All(clip => clip.Quality is null)
        ? null
        : FrameQuality.Mean([.. Clips.SelectMany(clip => clip.Quality ?? [])]);

    /// <summary>Every frame in order.</summary>
    public IEnumerable<FrameScore> AllFrames => Clips.SelectMany(clip => clip.Frames);
}

/// <summary>Where the time of an evaluation went, in seconds.</summary>
/// <param name="All">Wall-clock time, reading included.</param>
/// <param name="Network">In the network.</param>
/// <param name="Waiting">Waiting for clips to be read.</param>
/// <param name="Scoring">Comparing masks.</param>
public sealed record EvaluationTimes(double All, double Network, double Waiting, double Scoring);

/// <summary>A model, or a baseline, measured over a data set under one condition.</summary>
/// <param name="Dataset">The data set's name.</param>
/// <param name="Audio">Which sound was played.</param>
/// <param name="Scores">The scores that count under this condition.</param>
/// <param name="AgainstOriginal">With <see cref="AudioCondition.Other"/>: the same predictions against the truth of the picture's own clip;
/// else null.</param>
/// <param name="UnheardRecordings">Only the clips whose recording was not in training, where the data set says which; else null.</param>
/// <param name="Times">Of the whole pass, with all its conditions.</param>
public sealed record EvaluationResult(
    string Dataset, AudioCondition Audio, Scores Scores, Scores? AgainstOriginal, Scores? UnheardRecordings, EvaluationTimes Times)
{
    /// <summary>The names of the classes by number, the background first; empty where the data set has none.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>The scores against the clips' own masks, whatever was played.</summary>
    public Scores AgainstOwn => AgainstOriginal ?? Scores;
}
