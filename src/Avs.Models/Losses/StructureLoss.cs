using Avs.Core;
using Avs.Core.Configuration;
using Avs.Models.Segmentation;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The structure loss of the ECMVAE release, after J. Wei, S. Wang, Q. Huang, "F³Net", AAAI 2020: cross-entropy plus a soft IoU that weighs
// pixels near the border of the mask more.
//
//   w   = 1 + 5·|box(y) − y|                  box: the mean over a k x k window, zeros outside counted (k = 31 at 224 px)
//   ỹ   = 0.999·y + 0.0005
//   BCE = cross-entropy of σ(p) and ỹ, averaged over everything, or per frame Σ w·bce / Σ w
//   IoU = 1 − (Σ w σ(p) y + 1) / (Σ w (σ(p) + y) − Σ w σ(p) y + 1), per frame, with the plain y
//   L   = mean over frames of BCE + IoU

namespace Avs.Models.Losses;

/// <summary>How the cross-entropy of a structure loss is averaged.</summary>
public enum BceWeighting
{
    /// <summary>A plain mean. The release multiplies this mean by the weights and divides by their sum, which cancels.</summary>
    Reference,

    /// <summary>The weighted mean of each frame, as F³Net states it.</summary>
    PixelWeighted,
}

/// <summary>Cross-entropy plus border-weighted soft IoU.</summary>
/// <param name="BoxSize">Side k of the window in pixels, odd. The paper: 31 at 224 px; 13 serves 96 px.</param>
/// <param name="Weighting">How the cross-entropy is averaged.</param>
public sealed record StructureLoss(int BoxSize = 31, BceWeighting Weighting = BceWeighting.Reference)
{
    /// <summary>Side of the window in pixels, odd.</summary>
    [Odd] public int BoxSize { get; init; } = BoxSize;

    /// <summary>The loss, a scalar.</summary>
    /// <param name="logits">[M,1,H,W].</param>
    /// <param name="masks">[M,1,H,W], 0 or 1, without gradient.</param>
    /// <exception cref="UsageException">The window's side is not odd.</exception>
    public Tensor Compute(Tensor logits, Tensor masks)
    {
        RecordCheck.Require(this, "structure");
        using var scope = NewDisposeScope();
        var weight = BorderWeight(masks, BoxSize); // [M,1,H,W]
        var probability = logits.sigmoid();
        var weightedMask = weight * masks;

        var both = (probability * weightedMask).sum([2, 3]); // [M,1]
        var either = (weight * probability).sum([2, 3]) + weightedMask.sum([2, 3]) - both;
        var iou = 1 - (both + 1) / (either + 1);
        return (CrossEntropy(logits, masks, weight) + iou.mean()).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of a batch; of classes their cross-entropy, for the structure is a mask's.</summary>
    /// <param name="logits">Of all frames [N,1,H,W], or of classes [N,K,H,W].</param>
    internal Tensor Compute(Tensor logits, AvsInput input) => ClassLogits.HasClasses(logits)
        ? ClassLogits.CrossEntropy(logits, input)
        : Compute(input.OfLabelled(logits), input.Truth);

    private Tensor CrossEntropy(Tensor logits, Tensor masks, Tensor weight)
    {
        var smoothed = masks * 0.999 + 0.0005;
        if (Weighting == BceWeighting.Reference)
            return F.binary_cross_entropy_with_logits(logits, smoothed);
        var each = F.binary_cross_entropy_with_logits(logits, smoothed, reduction: nn.Reduction.None); // [M,1,H,W]
        return ((weight * each).sum([2, 3]) / weight.sum([2, 3])).mean();
    }

    /// <summary>w = 1 + 5·|box(y) − y|.</summary>
    /// <param name="masks">[M,1,H,W].</param>
    /// <param name="boxSize">Side of the window, odd.</param>
    public static Tensor BorderWeight(Tensor masks, int boxSize)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return ((BoxMean(masks, boxSize) - masks).abs() * 5 + 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The mean over a window of <paramref name="size"/> x <paramref name="size"/> pixels around each pixel, zeros outside counted: what an
    /// average pooling with stride 1 gives. Two running sums, one an axis, so that the cost does not depend on the size; sums of a 0/1 mask
    /// are exact.
    /// </summary>
    /// <param name="x">[M,1,H,W].</param>
    /// <param name="size">Side of the window, odd.</param>
    public static Tensor BoxMean(Tensor x, int size)
    {
        using var scope = NewDisposeScope();
        long radius = size / 2, height = x.shape[2], width = x.shape[3];
        // One zero more before than after: the window sum is then the difference of two running sums, `size` apart.
        var padded = F.pad(x, new long[] { radius + 1, radius, radius + 1, radius }); // [M,1,H+size,W+size]
        var along = padded.cumsum(3);
        along = along.narrow(3, size, width) - along.narrow(3, 0, width); // [M,1,H+size,W]
        var down = along.cumsum(2);
        down = down.narrow(2, size, height) - down.narrow(2, 0, height); // [M,1,H,W]
        return (down / (double)(size * size)).MoveToOuterDisposeScope();
    }
}
