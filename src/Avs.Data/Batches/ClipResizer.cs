using Avs.Data.Clips;
using Avs.Data.Media;

namespace Avs.Data.Batches;

/// <summary>Resizes decoded clips to the size of a model's input.</summary>
internal static class ClipResizer
{
    /// <summary>A clip with square frames of the given side.</summary>
    /// <param name="side">Side in pixels.</param>
    /// <param name="keepMasks">Whether the masks stay at their own size.</param>
    public static Clip Resize(Clip clip, int side, bool keepMasks)
    {
        var fits = clip.Height == side && clip.Width == side;
        var masksFit = keepMasks || (clip.MaskHeight == side && clip.MaskWidth == side);
        if (fits && masksFit)
            return clip;

        var reduced = fits ? clip : clip.WithPictures(side, side, Frames(clip, side));
        return masksFit ? reduced : reduced.WithMasks(side, side, Masks(clip, side), clip.Labels is null ? null : Labels(clip, side));
    }

    /// <summary>
    /// The masks with the given side: `[L, side, side]`. Where a clip has labels, a mask is where its reduced labels are not 0.
    /// </summary>
    public static byte[] Masks(Clip clip, int side)
    {
        if (clip.MaskHeight == side && clip.MaskWidth == side)
            return clip.Masks;
        if (clip.Labels is not null)
            return Array.ConvertAll(Labels(clip, side), label => label != 0 ? (byte)1 : (byte)0);
        var masks = new byte[clip.LabelledFrames.Length * side * side];
        var size = clip.MaskHeight * clip.MaskWidth;
        for (var i = 0; i < clip.LabelledFrames.Length; i++)
            PixelResize.Mask(clip.Masks.AsSpan(i * size, size), clip.MaskHeight, clip.MaskWidth, masks.AsSpan(i * side * side, side * side),
                side, side);
        return masks;
    }

    /// <summary>The class labels with the given side, each pixel its nearest: `[L, side, side]`.</summary>
    public static byte[] Labels(Clip clip, int side)
    {
        var labels = clip.Labels ?? throw new ArgumentException("the clip has no labels", nameof(clip));
        if (clip.MaskHeight == side && clip.MaskWidth == side)
            return labels;
        var result = new byte[clip.LabelledFrames.Length * side * side];
        var size = clip.MaskHeight * clip.MaskWidth;
        for (var i = 0; i < clip.LabelledFrames.Length; i++)
            PixelResize.Nearest(labels.AsSpan(i * size, size), clip.MaskHeight, clip.MaskWidth, result.AsSpan(i * side * side, side * side),
                side, side);
        return result;
    }

    private static byte[] Frames(Clip clip, int side)
    {
        var frames = new byte[clip.Frames * side * side * 3];
        int size = clip.Height * clip.Width * 3, newSize = side * side * 3;
        for (var t = 0; t < clip.Frames; t++)
            PixelResize.Rgb(clip.Pixels.AsSpan(t * size, size), clip.Height, clip.Width, frames.AsSpan(t * newSize, newSize), side, side);
        return frames;
    }
}
