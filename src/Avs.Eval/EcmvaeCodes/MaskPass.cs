using Avs.Core;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Models;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Eval.EcmvaeCodes;

/// <summary>A batch whose labelled frames are to be predicted.</summary>
/// <param name="FirstClip">The place of its first clip in the data set.</param>
/// <param name="Input">Frames and audio embeddings, where the model computes.</param>
internal sealed record MaskBatch(int FirstClip, AvsBatch Batch, AvsInput Input);

/// <summary>The labelled frames of a batch with maps that were predicted for them, at the size of the masks, on the CPU.</summary>
/// <param name="Frames">The clip's place in the data set and the frame's number, of each of the M frames.</param>
/// <param name="Truth">Bool [M,H,W].</param>
/// <param name="Maps">Each [M,H,W].</param>
internal sealed record MaskFrames(IReadOnlyList<(int Clip, int Frame)> Frames, Tensor Truth, IReadOnlyList<Tensor> Maps);

/// <summary>Predicts the labelled frames of a data set in several ways at once.</summary>
internal static class MaskPass
{
    /// <summary>Goes through the data set.</summary>
    /// <param name="model">Set to evaluation mode.</param>
    /// <param name="predict">Maps of all frames of a batch: [N,1,S,S], such as logits, or logits of classes [N,K,S,S], of which the best
    /// against the background counts; enlarged bilinearly as evaluations do.</param>
    /// <param name="see">Gets each batch's frames; their tensors live until it returns.</param>
    public static void Run(
        AudioVisualSegmenter model, IClipDataset dataset, CodePassOptions options, Func<MaskBatch, IReadOnlyList<Tensor>> predict,
        Action<MaskFrames> see)
    {
        using var untracked = no_grad();
        model.eval();
        using var folded = new FoldedNorms(model);
        using var loader = options.Open(dataset, fullMasks: true);
        var done = 0;
        foreach (var batch in loader.Epoch(0))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                var device = options.Device ?? CPU;
                if (batch.Labelled.shape[0] > 0)
                {
                    var input = model.WithEmbedding(Segmenters.InputFrom(batch, device, masks: false));
                    var maps = predict(new MaskBatch(done, batch, input));
                    var rows = batch.Labelled.to(batch.Labelled.dtype, device);
                    long[] size = [batch.FullMasks!.shape[1], batch.FullMasks.shape[2]];
                    Tensor Enlarged(Tensor map) =>
                        PredictedMaps.Enlarge(map.index_select(0, rows), (int)size[0], (int)size[1]).Logits.squeeze(1).cpu(); // [M,H,W]
                    var first = done;
                    see(new MaskFrames(
                        [.. batch.Labelled.data<long>().ToArray().Select(row =>
                            (first + batch.Locate(row).Clip, batch.Locate(row).Frame))],
                        batch.FullMasks.to(ScalarType.Bool), [.. maps.Select(Enlarged)]));
                }
                done += batch.Clips.Count;
                options.Progress?.Invoke(done);
            }
        }
        if (done == 0)
            throw new UsageException($"{dataset.Name} has no clips");
    }

    /// <summary>
    /// AVSBench's intersection over union of each frame [M] (<see cref="Metrics.FrameScore"/>): of a frame without target the share of
    /// pixels left background.
    /// </summary>
    /// <param name="predicted">Bool [M,H,W].</param>
    /// <param name="truth">Bool [M,H,W].</param>
    public static Tensor Iou(Tensor predicted, Tensor truth)
    {
        using var scope = NewDisposeScope();
        static Tensor Count(Tensor mask) => mask.to(ScalarType.Float64).sum([1, 2]);
        var (both, active, target) = (Count(predicted & truth), Count(predicted), Count(truth));
        var pixels = (double)(truth.shape[1] * truth.shape[2]);
        return where(target > 0, both / (active + target - both + 1e-7), (pixels - active) / (pixels + 1e-7)).MoveToOuterDisposeScope();
    }
}
