using Avs.Core;
using Avs.Data.Clips;
using static TorchSharp.torch;

namespace Avs.Data.Batches;

/// <summary>
/// A batch of clips as tensors. Rows are clip-major: frame t of clip b is row n = b*T + t, and where clips differ in length
/// (<see cref="Lengths"/>) it comes after the frames of the clips before. Owns its tensors.
/// </summary>
public sealed class AvsBatch : IDisposable
{
    /// <summary>Takes ownership of the tensors.</summary>
    /// <param name="images">`[N, 3, S, S]` float32.</param>
    /// <param name="logMel">`[N, 1, 96, 64]` float32.</param>
    /// <param name="masks">`[M, 1, S, S]` float32.</param>
    /// <param name="labelled">`[M]` int64.</param>
    /// <param name="fullMasks">`[M, H, W]` uint8, or null.</param>
    /// <param name="framesPerClip">T of this batch.</param>
    /// <param name="clips">The clips' rows of the table.</param>
    public AvsBatch(Tensor images, Tensor logMel, Tensor masks, Tensor labelled, Tensor? fullMasks, int framesPerClip,
        IReadOnlyList<ClipInfo> clips)
    {
        Images = images;
        LogMel = logMel;
        Masks = masks;
        Labelled = labelled;
        FullMasks = fullMasks;
        FramesPerClip = framesPerClip;
        Clips = clips;
    }

    /// <summary>RGB in [0, 1], normalised with ImageNet's mean and deviation: `[N, 3, S, S]`.</summary>
    public Tensor Images { get; }

    /// <summary>VGGish log-mel examples: `[N, 1, 96, 64]`.</summary>
    public Tensor LogMel { get; }

    /// <summary>Exactly 0 or 1, of the labelled frames only: `[M, 1, S, S]`.</summary>
    public Tensor Masks { get; }

    /// <summary>The rows of <see cref="Images"/> that the masks belong to: int64 `[M]`, ascending.</summary>
    public Tensor Labelled { get; }

    /// <summary>
    /// The masks at the size of the files, 0 or 1: uint8 `[M, H, W]`; null unless <see cref="BatchOptions.FullMasks"/> was asked for.
    /// </summary>
    public Tensor? FullMasks { get; }

    /// <summary>
    /// The class of each pixel of <see cref="Masks"/>, 0 for background: int64 `[M, S, S]`; null where the data set has no classes.
    /// </summary>
    public Tensor? Labels { get; init; }

    /// <summary>The class of each pixel of <see cref="FullMasks"/>: uint8 `[M, H, W]`; null where either is absent.</summary>
    public Tensor? FullLabels { get; init; }

    /// <summary>
    /// The output of a frozen audio network for <see cref="LogMel"/>: `[N, D]`; null unless every clip had it in a cache and the sound is
    /// not changed at random.
    /// </summary>
    public Tensor? SoundEmbedding { get; init; }

    /// <summary>Frames of each clip in this batch, and the most that a clip may have: T, or the number drawn.</summary>
    public int FramesPerClip { get; }

    /// <summary>
    /// Frames of each clip where one has fewer than <see cref="FramesPerClip"/> (AVSS); null when none has. What pads a shorter clip is in
    /// no batch: norms would count it, attention look at it, and losses and scores take it for background that was found.
    /// </summary>
    public IReadOnlyList<int>? Lengths { get; init; }

    /// <summary>How many successive clips show the same frames: 2 in a batch of paired scenes, else 1.</summary>
    public int ClipsPerPicture { get; init; } = 1;

    /// <summary>
    /// How many processes have an equal part each of the batch that this belongs to: <see cref="LoaderOptions.WorldSize"/>, or 1 where each
    /// has the whole.
    /// </summary>
    public int Parts { get; init; } = 1;

    /// <summary>The clips' rows of the table, in order.</summary>
    public IReadOnlyList<ClipInfo> Clips { get; }

    /// <summary>The clip that a row belongs to, and the row's place among the clip's.</summary>
    public (int Clip, int Frame) Locate(long row)
    {
        if (Lengths is null)
            return ((int)(row / FramesPerClip), (int)(row % FramesPerClip));
        var clip = 0;
        for (; row >= Lengths[clip]; clip++)
            row -= Lengths[clip];
        return (clip, (int)row);
    }

    /// <summary>Builds a batch of loaded clips.</summary>
    /// <param name="clips">Clips of one length.</param>
    /// <param name="random">Draws frames and random changes; needed only when the options ask for some.</param>
    /// <exception cref="ArgumentException">The clips differ in length, or the options are random and <paramref name="random"/> is
    /// null.</exception>
    public static AvsBatch From(IReadOnlyList<Clip> clips, BatchOptions options, NamedRandom? random = null)
    {
        var chance = options.FramesDrawn is not null || (options.Augment is not null && options.Augment != AugmentOptions.None);
        if (chance && random is null)
            throw new ArgumentException("frames or changes are to be drawn, but no random stream is given", nameof(random));
        NamedRandom[] Streams(string what)
        {
            var seed = (long)(random?.NextUInt64() ?? 0);
            return [.. clips.Select((_, b) => new NamedRandom(seed, $"{what}/{b}"))];
        }

        return BatchBuilder.Build(clips, options, Streams("picture"), Streams("sound"));
    }

    /// <summary>The same batch in page-locked memory, from which a GPU copies asynchronously; this one is disposed of.</summary>
    internal AvsBatch Pinned() => Replaced(tensor => tensor.pin_memory());

    public void Dispose()
    {
        foreach (var tensor in new[] { Images, LogMel, Masks, Labelled, FullMasks, Labels, FullLabels, SoundEmbedding })
            tensor?.Dispose();
    }

    private AvsBatch Replaced(Func<Tensor, Tensor> change)
    {
        Tensor? Changed(Tensor? tensor) => tensor is null ? null : change(tensor);
        var batch = new AvsBatch(
            change(Images), change(LogMel), change(Masks), change(Labelled), Changed(FullMasks), FramesPerClip, Clips)
        {
            ClipsPerPicture = ClipsPerPicture,
            Parts = Parts,
            Labels = Changed(Labels),
            FullLabels = Changed(FullLabels),
            SoundEmbedding = Changed(SoundEmbedding),
            Lengths = Lengths,
        };
        Dispose();
        return batch;
    }
}
