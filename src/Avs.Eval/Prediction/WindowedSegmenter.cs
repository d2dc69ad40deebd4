using Avs.Data.AvsBench;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using static TorchSharp.torch;

namespace Avs.Eval.Prediction;

/// <summary>The frame that a mask is made from.</summary>
/// <param name="Index">The mask's number.</param>
/// <param name="Rgb">`[224, 224, 3]`.</param>
internal sealed record SampledFrame(int Index, byte[] Rgb);

/// <summary>
/// Gives a model successive seconds of a video in windows of T, as it learned them. Where the length is no multiple of T, the last window
/// reaches back over the one before and only its new seconds count; a video shorter than T repeats its last frame.
/// </summary>
internal sealed class WindowedSegmenter(Segmenter segmenter, EvaluationOptions options, SoundOfVideo sound, int window)
{
    // The frame of a second is shown a sixteenth of a second before its end.
    private const double InstantInSecond = 15.0 / 16;

    private static readonly ClipInfo Anonymous = new("video", "", Split.Test, Scene: null);

    private readonly List<SampledFrame> pending = [];
    private readonly List<SampledFrame> before = [];
    private double firstSecond;

    /// <summary>Adds the next second's frame, and segments the window when it is complete.</summary>
    /// <param name="instant">When it is shown. The frames of one segmenter are a second apart.</param>
    /// <param name="answer">Takes each mask's number and its logits `[1, 1, S, S]`, which are disposed of afterwards.</param>
    public void Add(SampledFrame frame, double instant, Action<int, Tensor> answer)
    {
        if (pending.Count == 0)
            firstSecond = instant - InstantInSecond;
        pending.Add(frame);
        if (pending.Count < window)
            return;
        Segment(pending, firstSecond, 0, pending.Count, answer);
        before.Clear();
        before.AddRange(pending);
        pending.Clear();
    }

    /// <summary>Segments the last seconds, which fill no window.</summary>
    public void Finish(Action<int, Tensor> answer)
    {
        if (pending.Count == 0)
            return;
        var again = Math.Min(before.Count, window - pending.Count);
        List<SampledFrame> frames = [.. before.TakeLast(again), .. pending];
        while (frames.Count < window)
            frames.Add(frames[^1]);
        Segment(frames, firstSecond - again, again, pending.Count, answer);
        pending.Clear();
    }

    // Of the frames' answers, only `count` from number `skip` on are passed on.
    private void Segment(List<SampledFrame> frames, double from, int skip, int count, Action<int, Tensor> answer)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        byte[] pixels = [.. frames.SelectMany(frame => frame.Rgb)];
        const int side = AvsBenchDataset.OfficialSize;
        var clip = new Clip(Anonymous, side, side, pixels, [], [], sound.LogMel(from, window));
        using var batch = AvsBatch.From([clip], new BatchOptions(options.ImageSize));
        var looks = options.Flip ? Segmenters.WithMirrored(segmenter) : segmenter;
        var logits = looks(Segmenters.InputFrom(batch, options.Device ?? CPU, masks: false)).Logits; // [T, 1, S, S]

        for (var k = skip; k < skip + count; k++)
            answer(frames[k].Index, logits.narrow(0, k, 1));
    }
}
