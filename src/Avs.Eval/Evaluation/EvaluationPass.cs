using System.Diagnostics;
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
        int height = (int)truth.shape[1], width = (int)truth.shape[2], frames = batch.FramesPerClip;
        var labelled = batch.Labelled.data<long>().ToArray();
        ConditionedClips.Sounds[] sounds = [.. batch.Clips.Select((_, b) => conditioned.Take(next + b))];

        network.Start();
        var (logits, variance) = segmenter(Input(batch, sounds)); // [B·C·T,1,S,S]
        // Only scored frames are enlarged, unless somebody looks at all of them.
        var all = options.Observe is not null;
        var rows = all ? [.. Enumerable.Range(0, (int)logits.shape[0]).Select(row => (long)row)] : LabelledRows(labelled, frames);
        var values = Enlarged(all ? logits : logits.index_select(0, tensor(rows).to(logits.device)), height, width);
        var spread = all && variance is not null ? Enlarged(variance, height, width) : null;
        network.Stop();

        scoring.Start();
        var taken = 0; // maps of `values` used so far, where only labelled frames are there
        for (var b = 0; b < sounds.Length; b++)
        {
            int[] own = [.. labelled.Where(row => row / frames == b).Select(row => (int)(row % frames))];
            for (var c = 0; c < conditions.Count; c++)
            {
                var first = all ? (b * conditions.Count + c) * frames : taken;
                taken += own.Length;
                var maps = new ClipMaps(values, first, all ? own : [.. Enumerable.Range(0, own.Length)], height, width);
                var scored = Note(next + b, c, sounds[b], maps, own);
                if (!all)
                    continue;
                var clip = frames * height * width;
                options.Observe!(new ClipPrediction(
                    next + b, conditions[c].Audio, scored.Clip, scored.SoundFrom, height, width,
                    values[(first * height * width)..(first * height * width + clip)], sounds[b].Played[c].Truth, own, scored.Frames)
                {
                    Variance = spread?[(first * height * width)..(first * height * width + clip)],
                });
            }
        }
        scoring.Stop();
        next += sounds.Length;
        options.Progress?.Report(next);
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
                    soundCounts ? Some([.. scores[c].Where(clip => clip.SoundFrom.RecordingSeen == false)]) : null, times);
            }),
        ];
    }

    // The predicted maps of a clip's labelled frames within the maps of a batch.
    private readonly record struct ClipMaps(float[] Values, int First, int[] Places, int Height, int Width)
    {
        public int Pixels => Height * Width;

        public ReadOnlySpan<float> this[int frame] => Values.AsSpan((First + Places[frame]) * Pixels, Pixels);
    }

    private ClipScore Note(int index, int c, ConditionedClips.Sounds sounds, ClipMaps maps, int[] numbers)
    {
        var (condition, played) = (conditions[c], sounds.Played[c]);
        ClipScore Against(byte[] truth) => new(conditioned.Clips[index], condition.SoundFrom(index),
            [.. numbers.Select((_, k) => scorer.Score(maps[k], truth.AsSpan(k * maps.Pixels, maps.Pixels)))], numbers);
        var score = Against(played.Truth);
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

    // Each picture once for each condition: rows b, c, t. The network looks at the first of them only (ClipsPerPicture).
    private AvsInput Input(AvsBatch batch, ConditionedClips.Sounds[] sounds)
    {
        var device = options.Device ?? CPU;
        int count = conditions.Count, frames = batch.FramesPerClip;
        var input = Segmenters.InputFrom(batch, device, masks: false);
        var one = input.Images.shape[1..];
        var images = count == 1
            ? input.Images
            : input.Images.view([sounds.Length, 1, frames, .. one]).expand([sounds.Length, count, frames, .. one])
                .reshape([sounds.Length * count * frames, .. one]);
        PlayedSound[] played = [.. sounds.SelectMany(clip => clip.Played)];
        var rows = played.Length * frames;
        var embedding = played.All(sound => sound.Embedding is not null)
            ? tensor(Join([.. played.Select(sound => sound.Embedding!)]), [rows, played[0].Embedding!.Length / frames]).to(device)
            : null;
        var logMel = Join([.. sounds.SelectMany(clip => clip.Played.Select(sound => Present(sound.LogMel, clip, frames)))]);
        return input with
        {
            Images = images,
            LogMel = tensor(logMel, [rows, 1, LogMelFrontEnd.ExampleFrames, LogMelFrontEnd.Bands]).to(device),
            AudioEmbedding = embedding,
            ClipsPerPicture = count,
        };
    }

    // Frames that only pad a clip hear zeros, as batches have them.
    private static float[] Present(float[] logMel, ConditionedClips.Sounds clip, int frames)
    {
        if (clip.FramesPresent == frames)
            return logMel;
        float[] present = [.. logMel];
        Array.Clear(present, clip.FramesPresent * Clip.LogMelSize, (frames - clip.FramesPresent) * Clip.LogMelSize);
        return present;
    }

    private static float[] Join(float[][] parts)
    {
        var joined = new float[parts.Sum(part => part.Length)];
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(joined, at);
            at += part.Length;
        }
        return joined;
    }

    // The labelled rows of every clip under every condition: b, c, m.
    private long[] LabelledRows(long[] labelled, int frames) =>
    [
        .. labelled.GroupBy(row => row / frames).SelectMany(clip => Enumerable.Range(0, conditions.Count).SelectMany(c =>
            clip.Select(row => (clip.Key * conditions.Count + c) * frames + row % frames))),
    ];

    private static float[] Enlarged(Tensor maps, int height, int width)
    {
        // At the same size a bilinear copy has the same values.
        var large = maps.shape[2] == height && maps.shape[3] == width
            ? maps
            : nn.functional.interpolate(maps, [height, width], null, InterpolationMode.Bilinear, false);
        return large.ToFloats();
    }
}
