using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Eval.Evaluation;

/// <summary>What a segmenter's logits say at another size.</summary>
/// <param name="Logits">Of a mask [N,1,H,W]; of classes the best against the background (<see cref="ClassLogits"/>).</param>
/// <param name="Classes">The most probable class of each pixel, uint8 [N,H,W]; null where there are none.</param>
internal sealed record PredictedMaps(Tensor Logits, Tensor? Classes)
{
    /// <summary>Enlarges logits bilinearly, and decides on the enlarged ones.</summary>
    /// <param name="logits">[N,K,S,S].</param>
    public static PredictedMaps Enlarge(Tensor logits, int height, int width)
    {
        if (!ClassLogits.HasClasses(logits))
            return new PredictedMaps(Resize(logits, height, width), null);
        // Frame by frame: the 71 enlarged maps of one take 14 MB.
        using var scope = NewDisposeScope();
        var (maps, classes) = (new List<Tensor>(), new List<Tensor>());
        for (var frame = 0L; frame < logits.shape[0]; frame++)
        {
            using var inner = NewDisposeScope();
            var enlarged = Resize(logits.narrow(0, frame, 1), height, width);
            maps.Add(ClassLogits.AgainstBackground(enlarged).MoveToOuterDisposeScope());
            classes.Add(enlarged.argmax(1).to(ScalarType.Byte).MoveToOuterDisposeScope());
        }
        return new PredictedMaps(cat(maps).MoveToOuterDisposeScope(), cat(classes).MoveToOuterDisposeScope());
    }

    // At the same size a bilinear copy has the same values.
    private static Tensor Resize(Tensor maps, int height, int width) => maps.shape[2] == height && maps.shape[3] == width
        ? maps
        : nn.functional.interpolate(maps, [height, width], null, InterpolationMode.Bilinear, false);
}
