using Avs.Core;
using Avs.Data.Batches;
using Avs.Models;
using Avs.Models.Segmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Eval.Evaluation;

/// <summary>Anything that segments: frames and sound in, masks out. Called without gradient.</summary>
/// <param name="input">Frames and sound on the evaluation's device, without masks.</param>
public delegate MaskPrediction Segmenter(AvsInput input);

/// <summary>Segmenters made of models and of other segmenters.</summary>
public static class Segmenters
{
    /// <summary>A model in evaluation mode; the mode it was in before is restored after every call.</summary>
    /// <param name="latent">How the latent codes are chosen; several draws have their probabilities averaged.</param>
    /// <param name="noise">The draws, for the modes that draw.</param>
    /// <exception cref="DataException">Called, where the answer is not a number.</exception>
    public static Segmenter FromModel(AudioVisualSegmenter model, LatentAtTest latent, ILatentNoise noise) => input =>
    {
        var training = model.training;
        model.eval();
        try
        {
            using var scope = NewDisposeScope();
            var prediction = model.Predict(input, latent, noise);
            // Scored, it would be a model that finds nothing.
            if (prediction.Logits.isnan().any().item<bool>())
                throw new DataException("the model answers with numbers that are NaN: its weights have gone wrong, as too high a learning "
                    + "rate leaves them, or the input has");
            return prediction.MoveToOuterDisposeScope();
        }
        finally
        {
            model.train(training);
        }
    };

    /// <summary>A segmenter that also looks at the mirrored picture; the probabilities of both are averaged.</summary>
    /// <param name="segmenter">What looks at each.</param>
    public static Segmenter WithMirrored(Segmenter segmenter) => input =>
    {
        using var scope = NewDisposeScope();
        var straight = segmenter(input);
        var (logits, variance) = segmenter(input with { Images = input.Images.flip(3) });
        return straight.MeanWith(new MaskPrediction(logits.flip(3), variance?.flip(3))).MoveToOuterDisposeScope();
    };

    /// <summary>A batch as segmenters take it.</summary>
    /// <param name="batch">The batch; it stays the caller's, and on the CPU its tensors are used as they are.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="masks">Whether the masks go along, for training.</param>
    public static AvsInput InputFrom(AvsBatch batch, Device device, bool masks)
    {
        // From page-locked memory a GPU copies while it computes.
        Tensor Moved(Tensor tensor) => tensor.to(device, false, false, device.type == DeviceType.CUDA);
        return new AvsInput(
            Moved(batch.Images), Moved(batch.LogMel), batch.Lengths is { } lengths ? new ClipFrames(lengths) : batch.FramesPerClip,
            masks ? Moved(batch.Masks) : null, masks ? Moved(batch.Labelled) : null, batch.ClipsPerPicture)
        {
            Labels = masks && batch.Labels is { } labels ? Moved(labels) : null,
            AudioEmbedding = batch.SoundEmbedding is { } embedding ? Moved(embedding) : null,
        };
    }
}
