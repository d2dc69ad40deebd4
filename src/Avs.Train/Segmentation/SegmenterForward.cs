using Avs.Models;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Segmentation;

/// <summary>The forward pass of a training step.</summary>
public static class SegmenterForward
{
    /// <summary>What a segmenter returns for a batch, in float32 for the losses, whatever it was computed in.</summary>
    /// <param name="precision">What to compute in.</param>
    /// <param name="recompute">Whether backward may compute activations again instead of keeping them.</param>
    public static SegmenterOutput Run(AudioVisualSegmenter model, AvsInput input, Precision precision, bool recompute = true)
    {
        using var recomputation = new Recomputation(recompute);
        if (precision == Precision.Fp32)
            return model.call(input);
        // A frozen audio network computes in float32, as it does for a cache.
        if (model.FrozenAudio is { } audio && input.AudioEmbedding is null)
        {
            using var untracked = no_grad();
            input = input with { AudioEmbedding = audio.call(input.LogMel!) };
        }
        using var autocast = MixedPrecision.Begin(precision, input.Images.device);
        return model.call(input).To(ScalarType.Float32);
    }
}
