using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Autoencoding;
using Avs.Eval.Evaluation;
using Avs.Models;
using Avs.Models.Ecmvae;
using static TorchSharp.torch;

// What a code does to the mask: the prior path decodes other codes than its own, all else unchanged (backbone, TPAVI and so the sound too).
//
//   zero       0 instead of the code
//   average    its mean over all frames of the split: as little said, but a code such as the decoder knows
//   swapped    the same frame's code of a clip of another category and scene
//
// At the means of the codes (ε = 0) and without mirroring, so the unchanged score is that of `avs eval --latent mean` without `flip`.

namespace Avs.Eval.EcmvaeCodes;

/// <summary>The masks under one change of the codes.</summary>
/// <param name="Change">`unchanged`, `zero`, `average` or `swapped`.</param>
/// <param name="Code">Which code was changed, or `all`; empty of the unchanged masks.</param>
/// <param name="MeanIou">Over the labelled frames.</param>
/// <param name="ActiveShare">The share of pixels in the mask.</param>
/// <param name="LikeUnchanged">IoU with the unchanged mask, mean over the frames: 1 where the code does nothing.</param>
public sealed record EffectScore(string Change, string Code, double MeanIou, double ActiveShare, double LikeUnchanged);

/// <summary>What each code does to the masks of a data set.</summary>
/// <param name="Scores">The unchanged masks first.</param>
public sealed record EffectResult(string Dataset, int Clips, int Frames, IReadOnlyList<EffectScore> Scores);

/// <summary>A frame with its masks under every change, for pictures.</summary>
/// <param name="Clip">The clip's place in the data set.</param>
/// <param name="Frame">The frame's number.</param>
/// <param name="Partner">The place of the clip whose codes were swapped in.</param>
/// <param name="Probabilities">[height,width] for each score.</param>
/// <param name="Ious">For each score.</param>
internal sealed record EffectExample(
    int Clip, int Frame, int Partner, int Height, int Width, IReadOnlyList<float[]> Probabilities, IReadOnlyList<double> Ious);

/// <summary>Measures what each code does to the masks.</summary>
public static class CodeEffects
{
    public const string Unchanged = "unchanged", Zero = "zero", Average = "average", Swapped = "swapped", All = "all";

    /// <summary>Predicts the data set with each code changed.</summary>
    /// <param name="model">An ECMVAE; it is set to evaluation mode.</param>
    /// <param name="codes">Its codes of this data set.</param>
    /// <param name="examples">How many clips are kept for pictures, spread over the data set.</param>
    internal static (EffectResult Result, IReadOnlyList<EffectExample> Examples) Run(
        AudioVisualSegmenter model, IClipDataset dataset, CollectedCodes codes, CodePassOptions options, int examples)
    {
        var network = CodePass.Require(model);
        if (dataset.Clips.Count < 2)
            throw new UsageException($"codes are swapped between clips, and {dataset.Name} has {dataset.Clips.Count}; expected 2 or more");
        var partners = SoundSwap.Partners(dataset.Clips, dataset.Name);
        var changes = Changes([.. codes.Factors.Select(factor => factor.Symbol)]);
        var rows = codes.Frames.Index().ToDictionary(frame => (frame.Item.Clip, frame.Item.Frame), frame => frame.Index);
        var shown = Enumerable.Range(0, Math.Min(examples, dataset.Clips.Count))
            .Select(i => (int)((2L * i + 1) * dataset.Clips.Count / (2L * Math.Min(examples, dataset.Clips.Count)))).ToHashSet();
        var sums = new double[changes.Length, 3];
        var (frames, kept) = (0, new List<EffectExample>());

        int RowOf(int clip, int frame)
        {
            while (frame > 0 && !rows.ContainsKey((dataset.Clips[clip].Id, frame)))
                frame--; // a shorter clip
            return rows[(dataset.Clips[clip].Id, frame)];
        }

        using var scope = NewDisposeScope();
        var average = codes.Factors.ToDictionary(factor => factor.Symbol, factor => factor.Prior.Mean.mean([0], keepdim: true));
        MaskPass.Run(model, dataset, options, batch =>
        {
            var n = (int)batch.Input.Images.shape[0];
            var others = tensor(Enumerable.Range(0, n).Select(row => batch.Batch.Locate(row)).Select(place => (long)RowOf(
                partners[batch.FirstClip + place.Clip], place.Frame)).ToArray());
            LatentCode Changed(string change, string symbol, LatentCode code)
            {
                var factor = codes.Find(symbol);
                var mean = change switch
                {
                    Zero => zeros_like(code.Mean),
                    Average => average[symbol].to(code.Mean.device).expand_as(code.Mean),
                    _ => factor.Prior.Mean.index_select(0, others).to(code.Mean.device),
                };
                var logVariance = change == Swapped
                    ? factor.Prior.LogVariance.index_select(0, others).to(code.Mean.device) : code.LogVariance;
                return new LatentCode(mean, logVariance, mean);
            }
            return network.DecodeChanged(batch.Input, [.. changes.Select(change => (Func<LatentCodes, LatentCodes>)(own => Replace(
                own, (symbol, code) => change.Code == All || change.Code == symbol ? Changed(change.Change, symbol, code) : code)))]);
        }, seen =>
        {
            Tensor[] masks = [.. seen.Maps.Select(logits => logits > 0)];
            double[][] ious = [.. masks.Select(mask => ImageBatches.Numbers(MaskPass.Iou(mask, seen.Truth)))];
            for (var i = 0; i < changes.Length; i++)
            {
                sums[i, 0] += ious[i].Sum();
                sums[i, 1] += ImageBatches.Numbers(masks[i].to(ScalarType.Float64).mean([1, 2])).Sum();
                sums[i, 2] += ImageBatches.Numbers(MaskPass.Iou(masks[i], masks[0])).Sum();
            }
            frames += seen.Frames.Count;
            foreach (var group in seen.Frames.Index().GroupBy(frame => frame.Item.Clip).Where(group => shown.Contains(group.Key)))
            {
                var all = group.ToArray();
                var (m, (clip, frame)) = all[all.Length / 2];
                kept.Add(new EffectExample(
                    clip, frame, partners[clip], (int)seen.Truth.shape[1], (int)seen.Truth.shape[2],
                    [.. seen.Maps.Select(logits => logits[m].sigmoid().contiguous().data<float>().ToArray())],
                    [.. ious.Select(iou => iou[m])]));
            }
        });
        if (frames == 0)
            throw new UsageException($"{dataset.Name} has no frame with a mask: there is nothing to compare with");
        return (new EffectResult(dataset.Name, dataset.Clips.Count, frames, [.. changes.Select((change, i) => new EffectScore(
            change.Change, change.Code, sums[i, 0] / frames, sums[i, 1] / frames, sums[i, 2] / frames))]), kept);
    }

    /// <summary>The codes with some of them replaced.</summary>
    private static LatentCodes Replace(LatentCodes codes, Func<string, LatentCode, LatentCode> change) => new(
        change(CollectedCodes.Visual, codes.Visual),
        codes.Audio is { } audio ? change(CollectedCodes.Audio, audio) : null,
        codes.Shared is { } shared ? change(CollectedCodes.Shared, shared) : null);

    private static (string Change, string Code)[] Changes(string[] symbols) =>
    [
        (Unchanged, ""),
        .. from change in (string[])[Zero, Average, Swapped]
           from code in symbols.Length > 1 ? [.. symbols, All] : symbols
           select (change, code),
    ];
}
