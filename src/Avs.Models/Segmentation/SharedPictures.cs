using static TorchSharp.torch;

namespace Avs.Models.Segmentation;

/// <summary>
/// Successive clips that show the same frames and differ in their sound: what depends on the picture alone is computed once. Batch
/// statistics of repeated pictures equal those of the pictures, so the function stays the same.
/// </summary>
/// <param name="Clips">Clips that share each picture.</param>
/// <param name="Lengths">Frames of each clip, of all clips.</param>
/// <param name="Frames">T; null where clips differ.</param>
internal sealed record SharedPictures(long Clips, IReadOnlyList<int> Lengths, long? Frames)
{
    public static SharedPictures From(AvsInput input)
    {
        var lengths = input.FramesPerClip.Lengths(input.Images.shape[0]);
        var shared = input.ClipsPerPicture;
        if (lengths.Count % shared != 0 || lengths.Chunk(shared).Any(group => group.Distinct().Count() > 1))
            throw new ArgumentException(
                $"clips of {string.Join(", ", lengths)} frames are not groups of {shared} clips that show the same frames");
        return new SharedPictures(shared, lengths, input.FramesPerClip.Equal);
    }

    /// <summary>[N,3,H,W] -> [P,3,H,W], P = N / Clips: the frames of the first clip of each group.</summary>
    public Tensor Once(Tensor images)
    {
        if (Clips == 1)
            return images;
        return Frames is { } frames
            ? images.view([Lengths.Count / Clips, Clips, frames, .. images.shape[1..]]).select(1, 0).flatten(0, 1)
            : images.index_select(0, tensor(Rows(first => first.OfBatch, clips: 1), device: images.device));
    }

    /// <summary>Each [P,C,h,w] -> [N,C,h,w], in the memory layout it has.</summary>
    public IReadOnlyList<Tensor> ForEveryClip(IReadOnlyList<Tensor> levels) => Clips == 1 ? levels : [.. levels.Select(ForEveryClip)];

    private Tensor ForEveryClip(Tensor level)
    {
        var channelsLast = !level.is_contiguous();
        var rows = channelsLast ? level.permute(0, 2, 3, 1) : level;
        var (one, groups) = (rows.shape[1..], Lengths.Count / Clips);
        var repeated = Frames is { } frames
            ? rows.reshape([groups, 1, frames, .. one]).expand([groups, Clips, frames, .. one]).reshape([groups * Clips * frames, .. one])
            : rows.index_select(0, tensor(Rows(first => first.OfPictures, Clips), device: rows.device));
        return channelsLast ? repeated.permute(0, 3, 1, 2) : repeated;
    }

    // Of each group the rows from its first one on, so many times: where it begins in the batch, or among the pictures.
    private long[] Rows(Func<(long OfBatch, long OfPictures), long> first, long clips)
    {
        var rows = new List<long>();
        var (ofBatch, ofPictures) = (0L, 0L);
        foreach (var group in Lengths.Chunk((int)Clips))
        {
            for (var clip = 0; clip < clips; clip++)
                rows.AddRange(Enumerable.Range(0, group[0]).Select(t => first((ofBatch, ofPictures)) + t));
            ofBatch += group.Sum();
            ofPictures += group[0];
        }
        return [.. rows];
    }
}
