using static TorchSharp.torch;

namespace Avs.Models.Segmentation;

/// <summary>
/// What a segmenter returns. A family's own record adds what its objective looks at; the losses themselves are the objective's.
/// </summary>
/// <param name="Logits">Mask logits of the path that is used at test time [N,1,H,W]; of several classes [N,K,H,W].</param>
public abstract record SegmenterOutput(Tensor Logits)
{
    /// <summary>The same numbers in another type: what autocast computed, for losses in float32.</summary>
    public SegmenterOutput To(ScalarType type) => Each(tensor => tensor.to(type));

    /// <summary>Lets the output outlive the dispose scope in which it was made.</summary>
    public SegmenterOutput MoveToOuterDisposeScope() => Each(tensor => tensor.MoveToOuterDisposeScope());

    /// <summary>The output with every computed tensor replaced.</summary>
    protected abstract SegmenterOutput Each(Func<Tensor, Tensor> change);
}
