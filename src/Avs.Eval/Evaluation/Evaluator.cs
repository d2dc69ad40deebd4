using System.Diagnostics;
using Avs.Core;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Eval.Metrics;
using static TorchSharp.torch;

namespace Avs.Eval.Evaluation;

/// <summary>How a data set is gone through and scored.</summary>
/// <param name="ImageSize">Side of the square pictures that the segmenter takes, in pixels.</param>
public sealed record EvaluationOptions(int ImageSize)
{
    /// <summary>
    /// Clips in a call of the segmenter. The scores do not depend on it: the reference mode's calls of four are the metric's own.
    /// </summary>
    public int ClipsPerBatch { get; init; } = 4;

    /// <summary>How frames become one number.</summary>
    public EvalMode Mode { get; init; } = EvalMode.Reference;

    /// <summary>Whether a picture and its mirror image are both looked at and their probabilities averaged.</summary>
    public bool Flip { get; init; }

    /// <summary>Background threads that read clips.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Where the segmenter computes; null for the CPU.</summary>
    public Device? Device { get; init; }

    /// <summary>Sees every clip's prediction as it is scored, for pictures.</summary>
    public Action<ClipPrediction>? Observe { get; init; }

    /// <summary>Called with the number of clips done so far.</summary>
    public IProgress<int>? Progress { get; init; }
}

/// <summary>What a segmenter answered for one clip, at the size of its masks.</summary>
/// <param name="Index">The clip's place in the data set.</param>
/// <param name="Clip">The clip whose picture was seen.</param>
/// <param name="SoundFrom">The clip whose sound was played.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Logits">[T, Height, Width] of all frames.</param>
/// <param name="Truth">0 or 1, [L, Height, Width] of the labelled frames.</param>
/// <param name="LabelledFrames">Their frame numbers.</param>
/// <param name="Frames">Their scores.</param>
public sealed record ClipPrediction(
    int Index, ClipInfo Clip, ClipInfo SoundFrom, int Height, int Width, float[] Logits, byte[] Truth, int[] LabelledFrames,
    IReadOnlyList<FrameScore> Frames)
{
    /// <summary>
    /// The variance of the probabilities over several draws of the latent codes [T, Height, Width]; null for a single draw.
    /// </summary>
    public float[]? Variance { get; init; }
}

/// <summary>Measures a segmenter over a data set under an audio condition.</summary>
public static class Evaluator
{
    /// <summary>
    /// Runs the segmenter over every clip and scores its labelled frames at the masks' own resolution (logits resized bilinearly).
    /// </summary>
    /// <param name="segmenter">What is measured.</param>
    /// <param name="options">How.</param>
    /// <param name="audio">Which sound is played.</param>
    /// <param name="stop">Ends the run early with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UsageException">The condition needs scenes, or more clips, than the data set has.</exception>
    /// <exception cref="DataException">A clip cannot be read.</exception>
    public static EvaluationResult Run(
        Segmenter segmenter, IClipDataset dataset, EvaluationOptions options, AudioCondition audio = AudioCondition.Real,
        CancellationToken stop = default)
    {
        var watch = Stopwatch.StartNew();
        var conditioned = new ConditionedDataset(dataset, audio);
        var run = new EvaluationRun(options.Flip ? Segmenters.WithMirrored(segmenter) : segmenter, dataset, conditioned, options, audio);
        using var noGradient = no_grad();
        using var loader = new ClipLoader(conditioned,
            new LoaderOptions(new BatchOptions(options.ImageSize, FullMasks: true), options.ClipsPerBatch)
            {
                Cache = false,
                Threads = options.Threads,
            });
        foreach (var batch in loader.Epoch(0))
        {
            using (batch)
            {
                stop.ThrowIfCancellationRequested();
                run.Add(batch);
            }
        }
        return run.Result(watch.Elapsed.TotalSeconds);
    }

    /// <summary>One pass: which clip comes next, and the scores so far.</summary>
    private sealed class EvaluationRun(
        Segmenter segmenter, IClipDataset dataset, ConditionedDataset conditioned, EvaluationOptions options, AudioCondition audio)
    {
        private readonly FrameScorer scorer = new();
        private readonly ScoreSheet scores = new(options.Mode), againstOriginal = new(options.Mode), unheard = new(options.Mode);
        private int next;

        public void Add(AvsBatch batch)
        {
            using var scope = NewDisposeScope();
            var truth = batch.FullMasks!; // [M,H,W]
            int height = (int)truth.shape[1], width = (int)truth.shape[2], pixels = height * width;
            var (logits, variance) = segmenter(Segmenters.InputFrom(batch, options.Device ?? CPU, masks: false)); // [N,1,S,S]
            var rows = batch.Labelled.data<long>().ToArray();
            // Only scored frames are enlarged, unless somebody looks at all of them.
            var wanted = options.Observe is null ? logits.index_select(0, batch.Labelled.to(logits.device)) : logits;
            float[] Enlarged(Tensor maps) => nn.functional.interpolate(maps, [height, width], null, InterpolationMode.Bilinear, false)
                .cpu().contiguous().data<float>().ToArray();
            var values = Enlarged(wanted);
            var spread = options.Observe is null || variance is null ? null : Enlarged(variance);
            var masks = truth.contiguous().data<byte>().ToArray();

            for (int b = 0, m = 0; b < batch.Clips.Count; b++)
            {
                var first = m;
                while (m < rows.Length && rows[m] / batch.FramesPerClip == b) m++;
                int RowOf(int k) => options.Observe is null ? k : (int)rows[k];
                FrameScore[] Score(byte[] against, int offset) => [.. Enumerable.Range(first, m - first).Select(k =>
                    scorer.Score(values.AsSpan(RowOf(k) * pixels, pixels), against.AsSpan((k - offset) * pixels, pixels)))];

                var index = next++;
                var frames = Score(masks, 0);
                Note(index, batch.Clips[b], frames);
                if (audio == AudioCondition.Other)
                    againstOriginal.Add(batch.Clips[b], Score(OriginalMasks(index, (m - first) * pixels), first));
                if (options.Observe is { } observe)
                {
                    var clipValues = batch.FramesPerClip * pixels;
                    observe(new ClipPrediction(
                        index, batch.Clips[b], conditioned.SoundFrom(index), height, width,
                        values[(b * clipValues)..((b + 1) * clipValues)], masks[(first * pixels)..(m * pixels)],
                        [.. rows[first..m].Select(row => (int)(row % batch.FramesPerClip))], frames)
                    {
                        Variance = spread?[(b * clipValues)..((b + 1) * clipValues)],
                    });
                }
            }
            options.Progress?.Report(next);
        }

        public EvaluationResult Result(double seconds) => new(
            dataset.Name, audio, scores.Result(),
            againstOriginal.IsEmpty ? null : againstOriginal.Result(),
            unheard.IsEmpty ? null : unheard.Result(),
            seconds);

        private void Note(int index, ClipInfo clip, FrameScore[] frames)
        {
            scores.Add(clip, frames);
            var soundCounts = audio is AudioCondition.Real or AudioCondition.Other;
            if (soundCounts && conditioned.SoundFrom(index).RecordingSeen == false) unheard.Add(clip, frames);
        }

        private byte[] OriginalMasks(int index, int length)
        {
            var masks = dataset.Load(index).Masks;
            return masks.Length == length
                ? masks
                : throw new DataException(
                    $"The clip '{dataset.Clips[index].Id}' and another of its scene have masks of different size or number.");
        }
    }
}
