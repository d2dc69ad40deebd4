using System.Diagnostics;
using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Data.Audio;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Eval.Metrics;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Eval.Evaluation;

/// <summary>One pass over a data set under several conditions: which clip comes next, and the scores so far.</summary>
internal sealed class EvaluationPass(
    Segmenter segmenter, string dataset, ConditionedClips conditioned, IReadOnlyList<ConditionedSound> conditions,
    EvaluationOptions options)
{
    private readonly FrameScorer scorer = new();
    private readonly QualityScorer? quality = options.Quality ? new QualityScorer() : null;
    private readonly Stopwatch network = new(), scoring = new();
    private readonly List<ClipScore>[] scores = [.. conditions.Select(_ => new List<ClipScore>())];
    private readonly List<ClipScore>[] againstOriginal = [.. conditions.Select(_ => new List<ClipScore>())];
    private int next;

    /// <summary>Predicts and scores the next clips of the data set.</summary>
    public void Add(AvsBatch batch)
    {
        using var scope = NewDisposeScope();
        var truth = batch.FullMasks!; // [M,H,W]
        int height = (int)truth.shape[1], width = (int)truth.shape[2];
        ConditionedClips.Sounds[] sounds = [.. batch.Clips.Select((_, b) => conditioned.Take(next + b))];
        int[] lengths = [.. sounds.Select(clip => clip.FramesPresent)];
        var labelled = batch.Labelled.data<long>().ToArray().Select(batch.Locate).ToLookup(row => row.Clip, row => row.Frame);

        network.Start();
        var (logits, variance) = segmenter(Input(batch, sounds)); // rows b, c, t
        RequireClasses(logits);
        // Only scored frames are enlarged, unless somebody looks at all of them.
        var all = options.Observe is not null;
        long[] rows = all
            ? [.. Enumerable.Range(0, (int)logits.shape[0]).Select(row => (long)row)]
            : [.. Places(lengths).SelectMany(place => labelled[place.Clip].Select(frame => (long)place.First + frame))];
        var maps = PredictedMaps.Enlarge(all ? logits : logits.index_select(0, tensor(rows).to(logits.device)), height, width);
        var values = maps.Logits.ToFloats();
        var classes = maps.Classes?.cpu().contiguous().bytes.ToArray();
        var spread = all && variance is not null ? PredictedMaps.Enlarge(variance, height, width).Logits.ToFloats() : null;
        network.Stop();

        scoring.Start();
        var taken = 0; // maps used so far, where only labelled frames are there
        foreach (var (b, c, firstRow) in Places(lengths))
        {
            int[] own = [.. labelled[b]];
            var first = all ? firstRow : taken;
            taken += own.Length;
            var found = new ClipMaps(values, classes, first, all ? own : [.. Enumerable.Range(0, own.Length)], height, width);
            var scored = Note(next + b, c, sounds[b], found, own);
            if (!all)
                continue;
            int from = first * height * width, to = from + lengths[b] * height * width;
            options.Observe!(new ClipPrediction(
                next + b, conditions[c].Audio, scored.Clip, scored.SoundFrom, height, width, values[from..to], sounds[b].Played[c].Truth,
                own, scored.Frames)
            {
                Classes = classes?[from..to],
                Variance = spread?[from..to],
            });
        }
        scoring.Stop();
        next += sounds.Length;
        options.Progress?.Invoke(next);
    }

    /// <summary>The results of every condition.</summary>
    /// <param name="seconds">Wall-clock time of the pass.</param>
    /// <param name="waiting">Of these, waiting for clips.</param>
    public IReadOnlyList<EvaluationResult> Results(double seconds, double waiting)
    {
        var times = new EvaluationTimes(seconds, network.Elapsed.TotalSeconds, waiting, scoring.Elapsed.TotalSeconds);
        Scores? Some(IReadOnlyList<ClipScore> clips) => clips.Count == 0 ? null : new Scores(clips, options.ClipsPerCall);
        return
        [
            .. conditions.Select((condition, c) =>
            {
                var soundCounts = condition.Audio is AudioCondition.Real or AudioCondition.Other;
                return new EvaluationResult(
                    dataset, condition.Audio, new Scores(scores[c], options.ClipsPerCall), Some(againstOriginal[c]),
                    soundCounts ? Some([.. scores[c].Where(clip => clip.SoundFrom.RecordingSeen == false)]) : null, times)
                {
                    ClassNames = conditioned.Classes,
                };
            }),
        ];
    }

    // The predicted maps of a clip's labelled frames within the maps of a batch.
    private readonly record struct ClipMaps(float[] Values, byte[]? Classes, int First, int[] Places, int Height, int Width)
    {
        public int Pixels => Height * Width;

        public ReadOnlySpan<float> this[int frame] => Values.AsSpan((First + Places[frame]) * Pixels, Pixels);

        public ReadOnlySpan<byte> ClassesOf(int frame) => Classes.AsSpan((First + Places[frame]) * Pixels, Pixels);
    }

    private ClipScore Note(int index, int c, ConditionedClips.Sounds sounds, ClipMaps maps, int[] numbers)
    {
        var (condition, played) = (conditions[c], sounds.Played[c]);
        ClipScore Against(byte[] truth) => new(conditioned.Clips[index], condition.SoundFrom(index),
            [.. numbers.Select((_, k) => scorer.Score(maps[k], truth.AsSpan(k * maps.Pixels, maps.Pixels)))], numbers);
        var score = Against(played.Truth);
        if (maps.Classes is not null && condition.Audio != AudioCondition.Other)
            score = score with { Classes = CountClasses(sounds, maps, numbers.Length) };
        if (quality is not null && condition.Audio == AudioCondition.Real)
        {
            score = score with
            {
                Quality = [.. score.Frames.Select((_, k) => quality.Score(
                    maps[k], played.Truth.AsSpan(k * maps.Pixels, maps.Pixels), maps.Height, maps.Width))],
            };
        }
        scores[c].Add(score);
        if (condition.Audio == AudioCondition.Other)
            againstOriginal[c].Add(Against(sounds.OwnTruth));
        return score;
    }

    private ClassTotals CountClasses(ConditionedClips.Sounds sounds, ClipMaps maps, int frames)
    {
        var totals = new ClassTotals(conditioned.Classes.Count, sounds.Padding);
        for (var k = 0; k < frames; k++)
            totals.Add(maps.ClassesOf(k), sounds.Labels.AsSpan(k * maps.Pixels, maps.Pixels));
        return totals;
    }

    private void RequireClasses(Tensor logits)
    {
        var expected = Math.Max(1, conditioned.Classes.Count);
        if (logits.shape[1] != expected)
        {
            throw new UsageException($"the model tells {logits.shape[1]} classes apart (model.network.classes), and {dataset} has "
                + $"{expected}, expected a model of these data");
        }
    }

    // Each clip under each condition, and the first of its rows: b, c, t.
    private IEnumerable<(int Clip, int Condition, int First)> Places(int[] lengths)
    {
        var first = 0;
        for (var b = 0; b < lengths.Length; b++)
        {
            for (var c = 0; c < conditions.Count; c++, first += lengths[b])
                yield return (b, c, first);
        }
    }

    // Each picture once for each condition: rows b, c, t. The network looks at the first of them only (ClipsPerPicture).
    private AvsInput Input(AvsBatch batch, ConditionedClips.Sounds[] sounds)
    {
        var device = options.Device ?? CPU;
        var count = conditions.Count;
        var input = Segmenters.InputFrom(batch, device, masks: false);
        int[] lengths = [.. sounds.SelectMany(clip => Enumerable.Repeat(clip.FramesPresent, count))];
        var sources = new List<long>();
        for (var (b, first) = (0, 0); b < sounds.Length; first += sounds[b++].FramesPresent)
        {
            for (var c = 0; c < count; c++)
                sources.AddRange(Enumerable.Range(first, sounds[b].FramesPresent).Select(row => (long)row));
        }
        (PlayedSound Sound, int Frames)[] played =
            [.. sounds.SelectMany(clip => clip.Played.Select(sound => (sound, clip.FramesPresent)))];
        var logMel = Join(played.Select(ReadOnlyMemory<float> (one) => one.Sound.LogMel.AsMemory(0, one.Frames * Clip.LogMelSize)));
        var embedding = played.All(one => one.Sound.Embedding is not null)
            ? Join(played.Select(ReadOnlyMemory<float> (one) => one.Sound.Embedding.AsMemory(0, one.Frames * EmbeddingSize(one.Sound))))
            : null;
        return input with
        {
            Images = count == 1 ? input.Images : input.Images.index_select(0, tensor(sources.ToArray(), device: device)),
            LogMel = tensor(logMel, [sources.Count, 1, LogMelFrontEnd.ExampleFrames, LogMelFrontEnd.Bands]).to(device),
            AudioEmbedding = embedding is null ? null : tensor(embedding, [sources.Count, embedding.Length / sources.Count]).to(device),
            FramesPerClip = new ClipFrames(lengths),
            ClipsPerPicture = count,
        };
    }

    private static int EmbeddingSize(PlayedSound sound) => sound.Embedding!.Length / (sound.LogMel.Length / Clip.LogMelSize);

    private static float[] Join(IEnumerable<ReadOnlyMemory<float>> parts)
    {
        ReadOnlyMemory<float>[] all = [.. parts];
        var joined = new float[all.Sum(part => part.Length)];
        var at = 0;
        foreach (var part in all)
        {
            part.CopyTo(joined.AsMemory(at));
            at += part.Length;
        }
        return joined;
    }
}
