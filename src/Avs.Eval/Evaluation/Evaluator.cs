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
    /// Clips in a call of the segmenter, each condition counted. The scores do not depend on it: the protocol's calls are its own.
    /// </summary>
    public int ClipsPerBatch { get; init; } = 4;

    /// <summary>Clips of one call of <see cref="Protocol.AvsBench"/>.</summary>
    public int ClipsPerCall { get; init; } = Protocols.ReferenceClipsPerCall;

    /// <summary>Whether a picture and its mirror image are both looked at and their probabilities averaged.</summary>
    public bool Flip { get; init; }

    /// <summary>Whether <see cref="FrameQuality"/> is measured too, under the clips' own sound.</summary>
    public bool Quality { get; init; }

    /// <summary>Background threads that read clips.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Where the segmenter computes; null for the CPU.</summary>
    public Device? Device { get; init; }

    /// <summary>Sees every clip's prediction under every condition as it is scored, for pictures.</summary>
    public Action<ClipPrediction>? Observe { get; init; }

    /// <summary>Called with the number of clips done so far.</summary>
    public Action<int>? Progress { get; init; }
}

/// <summary>What a segmenter answered for one clip, at the size of its masks.</summary>
/// <param name="Index">The clip's place in the data set.</param>
/// <param name="Audio">Which sound was played.</param>
/// <param name="Clip">The clip whose picture was seen.</param>
/// <param name="SoundFrom">The clip whose sound was played.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Logits">[T, Height, Width] of all frames that exist; of classes the best against the background.</param>
/// <param name="Truth">0 or 1, [L, Height, Width] of the labelled frames.</param>
/// <param name="LabelledFrames">Their frame numbers.</param>
/// <param name="Frames">Their scores.</param>
public sealed record ClipPrediction(
    int Index, AudioCondition Audio, ClipInfo Clip, ClipInfo SoundFrom, int Height, int Width, float[] Logits, byte[] Truth,
    int[] LabelledFrames, IReadOnlyList<FrameScore> Frames)
{
    /// <summary>The most probable class of each pixel [T, Height, Width]; null where there are no classes.</summary>
    public byte[]? Classes { get; init; }

    /// <summary>
    /// The variance of the probabilities over several draws of the latent codes [T, Height, Width]; null for a single draw.
    /// </summary>
    public float[]? Variance { get; init; }
}

/// <summary>Measures a segmenter over a data set under audio conditions.</summary>
public static class Evaluator
{
    /// <summary>Measures it under one condition; see the other overload.</summary>
    public static EvaluationResult Run(
        Segmenter segmenter, IClipDataset dataset, EvaluationOptions options, AudioCondition audio = AudioCondition.Real,
        CancellationToken stop = default) => Run(segmenter, dataset, options, [audio], stop)[0];

    /// <summary>
    /// Runs the segmenter over every clip under every condition and scores its labelled frames at the masks' own resolution (logits resized
    /// bilinearly). The pictures are read once, and the network looks once at what depends on them alone.
    /// </summary>
    /// <param name="segmenter">What is measured.</param>
    /// <param name="options">How.</param>
    /// <param name="conditions">Which sounds are played.</param>
    /// <param name="stop">Ends the run early with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>A result for each condition, in their order.</returns>
    /// <exception cref="UsageException">A condition needs what the data set has not.</exception>
    /// <exception cref="DataException">A clip cannot be read.</exception>
    public static IReadOnlyList<EvaluationResult> Run(
        Segmenter segmenter, IClipDataset dataset, EvaluationOptions options, IReadOnlyList<AudioCondition> conditions,
        CancellationToken stop = default)
    {
        var watch = Stopwatch.StartNew();
        ConditionedSound[] sounds = [.. conditions.Select(audio => new ConditionedSound(dataset, audio))];
        var conditioned = new ConditionedClips(dataset, sounds);
        var pass = new EvaluationPass(
            options.Flip ? Segmenters.WithMirrored(segmenter) : segmenter, dataset.Name, conditioned, sounds, options);
        using var noGradient = no_grad();
        using var loader = new ClipLoader(conditioned,
            // As many rows in a call whatever the number of conditions, so that they cost time and not memory.
            new LoaderOptions(new BatchOptions(options.ImageSize, FullMasks: true), Math.Max(1, options.ClipsPerBatch / conditions.Count))
            {
                Cache = false,
                Threads = options.Threads,
            });
        foreach (var batch in loader.Epoch(0))
        {
            using (batch)
            {
                stop.ThrowIfCancellationRequested();
                pass.Add(batch);
            }
        }
        return pass.Results(watch.Elapsed.TotalSeconds, loader.Waited.TotalSeconds);
    }
}
