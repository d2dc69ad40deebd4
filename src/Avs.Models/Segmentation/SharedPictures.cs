using static TorchSharp.torch;

namespace Avs.Models.Segmentation;

/// <summary>
/// Successive clips that show the same frames and differ in their sound: what depends on the picture alone is computed once. Batch
/// statistics of repeated pictures equal those of the pictures, so the function stays the same.
/// </summary>
/// <param name="Groups">Number of different clips as far as the picture goes.</param>
/// <param name="Clips">Clips that share each of them.</param>
/// <param name="Frames">T.</param>
internal sealed record SharedPictures(long Groups, long Clips, long Frames)
{
    public static SharedPictures From(AvsInput input)
    {
        long rows = input.Images.shape[0], shared = input.ClipsPerPicture * input.FramesPerClip;
        if (rows % shared != 0)
            throw new ArgumentException($"{rows} frames are not groups of {input.ClipsPerPicture} clips of {input.FramesPerClip} frames");
        return new SharedPictures(rows / shared, input.ClipsPerPicture, input.FramesPerClip);
    }

    /// <summary>[N,3,H,W] -> [P,3,H,W], P = Groups * T: the frames of the first clip of each group.</summary>
    public Tensor Once(Tensor images) => Clips == 1
        ? images
        : images.view([Groups, Clips, Frames, .. images.shape[1..]]).select(1, 0).flatten(0, 1);

    /// <summary>Each [P,C,h,w] -> [N,C,h,w], in the memory layout it has.</summary>
    public IReadOnlyList<Tensor> ForEveryClip(IReadOnlyList<Tensor> levels) => Clips == 1 ? levels : [.. levels.Select(ForEveryClip)];

    private Tensor ForEveryClip(Tensor level)
    {
        var channelsLast = !level.is_contiguous();
        var rows = channelsLast ? level.permute(0, 2, 3, 1) : level;
        var one = rows.shape[1..];
        var repeated = rows.reshape([Groups, 1, Frames, .. one]).expand([Groups, Clips, Frames, .. one]).reshape([Groups * Clips * Frames,
            .. one]);
        return channelsLast ? repeated.permute(0, 3, 1, 2) : repeated;
    }
}
