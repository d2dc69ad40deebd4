using Avs.Data.AvsBench;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Prediction;

/// <summary>A frame to find the sounding object in.</summary>
/// <param name="Index">The mask's number.</param>
/// <param name="Rgb">`[224, 224, 3]`.</param>
internal sealed record SampledFrame(int Index, byte[] Rgb);

/// <summary>
/// Shows a model successive seconds of a film in windows of T, as it learned them. Where the film is no multiple of T long, the last window
/// reaches back over the one before and only its new seconds count; a film shorter than T repeats its last frame.
/// </summary>
internal sealed class WindowedSegmenter(Segmenter segmenter, EvaluationOptions options, HeardSound sound, int window)
{
    // The frame of a second is shown a sixteenth of a second before its end.
    private const double InstantInSecond = 15.0 / 16;

    private static readonly ClipInfo Anonymous = new("film", "", Split.Test, Scene: null);

    private readonly List<SampledFrame> pending = [];
    private readonly List<SampledFrame> seen = [];
    private double firstSecond;

    /// <summary>Takes the next second's frame; gives the answers of a whole window when one is complete.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="instant">When it is shown. The frames of one segmenter are a second apart.</param>
    /// <param name="answer">Takes each mask's number and its logits `[1, 1, S, S]`, which are disposed of afterwards.</param>
    public void Add(SampledFrame frame, double instant, Action<int, Tensor> answer)
    {
        if (pending.Count == 0)
            firstSecond = instant - InstantInSecond;
        pending.Add(frame);
        if (pending.Count < window)
            return;
        Look(pending, firstSecond, 0, answer);
        seen.Clear();
        seen.AddRange(pending);
        pending.Clear();
    }

    /// <summary>Gives the answers of the seconds that fill no window.</summary>
    public void Finish(Action<int, Tensor> answer)
    {
        if (pending.Count == 0)
            return;
        var before = Math.Min(seen.Count, window - pending.Count);
        List<SampledFrame> frames = [.. seen.TakeLast(before), .. pending];
        while (frames.Count < window)
            frames.Add(frames[^1]);
        Look(frames, firstSecond - before, before, answer, pending.Count);
        pending.Clear();
    }

    private void Look(List<SampledFrame> frames, double from, int skip, Action<int, Tensor> answer, int? count = null)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        byte[] pixels = [.. frames.SelectMany(frame => frame.Rgb)];
        var clip = new Clip(Anonymous, AvsBenchDataset.OfficialSize, AvsBenchDataset.OfficialSize, pixels, [], [], sound.LogMel(from, window));
        using var batch = AvsBatch.From([clip], new BatchOptions(options.ImageSize));
        var looks = options.Flip ? Segmenters.WithMirrored(segmenter) : segmenter;
        var logits = looks(Segmenters.InputFrom(batch, options.Device ?? CPU, masks: false)).Logits; // [T, 1, S, S]

        for (var k = skip; k < skip + (count ?? frames.Count); k++)
            answer(frames[k].Index, logits.narrow(0, k, 1));
    }
}
