using System.Diagnostics;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Metrics;

namespace Avs.Eval.Evaluation;

/// <summary>Answers that need no model: what a score has to beat.</summary>
public enum Baseline
{
    /// <summary>Nothing sounds.</summary>
    AllBackground,

    /// <summary>Everything sounds.</summary>
    AllForeground,

    /// <summary>Every object of the scene: the best that can be had without listening. Needs scenes.</summary>
    EveryObject,

    /// <summary>One object of the scene, drawn blindly. Needs scenes.</summary>
    RandomObject,
}

public static class Baselines
{
    /// <summary>Scores one baseline over a data set.</summary>
    /// <param name="baseline">Which.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="seed">Seed of the blind draw.</param>
    /// <exception cref="UsageException">The baseline needs scenes and the data set has none.</exception>
    public static EvaluationResult Run(Baseline baseline, IClipDataset dataset, long seed = 0)
    {
        var watch = Stopwatch.StartNew();
        var scenes = baseline is Baseline.EveryObject or Baseline.RandomObject
            ? new Scenes(dataset, baseline == Baseline.EveryObject ? "The baseline 'every object'" : "The baseline 'random object'")
            : null;
        var random = new NamedRandom(seed, "baseline/random object");
        var scores = new List<ClipScore>();
        var scorer = new FrameScorer();
        for (var i = 0; i < dataset.Clips.Count; i++)
        {
            var clip = dataset.Load(i);
            var guess = baseline switch
            {
                Baseline.AllBackground => new byte[clip.Masks.Length],
                Baseline.AllForeground => Filled(clip.Masks.Length),
                Baseline.EveryObject =>
                    Union(clip, scenes!.Members(i).Where(other => other != i).Select(other => dataset.Load(other, clip))),
                _ => Fitting(clip, dataset.Load(scenes!.Members(i)[random.NextInt(scenes.Members(i).Count)], clip)).Masks,
            };
            scores.Add(new ClipScore(clip.Info, clip.Info, Score(scorer, clip, guess), clip.LabelledFrames)
            {
                Classes = baseline == Baseline.AllBackground ? CountBackground(clip, dataset.Classes.Count) : null,
            });
        }
        ClipScore[] unheard = [.. scores.Where(score => score.Clip.RecordingSeen == false)];
        return new EvaluationResult(
            dataset.Name, AudioCondition.Real, new Scores(scores), null, unheard.Length == 0 ? null : new Scores(unheard),
            new EvaluationTimes(watch.Elapsed.TotalSeconds, 0, 0, 0))
        {
            ClassNames = dataset.Classes,
        };
    }

    // Everything foreground, or an object drawn blindly, names no class.
    private static ClassTotals? CountBackground(Clip clip, int classes)
    {
        if (clip.Labels is not { } labels)
            return null;
        var totals = new ClassTotals(classes, clip.Frames - clip.FramesPresent);
        var pixels = clip.MaskHeight * clip.MaskWidth;
        for (var frame = 0; frame < clip.LabelledFrames.Length; frame++)
            totals.Add(new byte[pixels], labels.AsSpan(frame * pixels, pixels));
        return totals;
    }

    private static FrameScore[] Score(FrameScorer scorer, Clip clip, byte[] guess)
    {
        var pixels = clip.MaskHeight * clip.MaskWidth;
        var logits = Array.ConvertAll(guess, value => value == 0 ? -20f : 20f);
        return [.. Enumerable.Range(0, clip.LabelledFrames.Length).Select(frame =>
            scorer.Score(logits.AsSpan(frame * pixels, pixels), clip.Masks.AsSpan(frame * pixels, pixels)))];
    }

    private static byte[] Union(Clip clip, IEnumerable<Clip> siblings)
    {
        byte[] union = [.. clip.Masks];
        foreach (var sibling in siblings)
        {
            var masks = Fitting(clip, sibling).Masks;
            for (var i = 0; i < union.Length; i++) union[i] |= masks[i];
        }
        return union;
    }

    private static Clip Fitting(Clip clip, Clip sibling) => sibling.Masks.Length == clip.Masks.Length
        ? sibling
        : throw new DataException(
            $"The clips '{clip.Info.Id}' and '{sibling.Info.Id}' of one scene have masks of different size or number.");

    private static byte[] Filled(int length)
    {
        var ones = new byte[length];
        Array.Fill(ones, (byte)1);
        return ones;
    }
}
