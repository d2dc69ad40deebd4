using Avs.Core.Configuration;

namespace Avs.Data.Batches;

/// <summary>How horizontal flips are drawn.</summary>
public enum FlipMode
{
    Off,

    /// <summary>One draw a clip for all its frames and masks.</summary>
    Clip,

    /// <summary>
    /// As the published ECMVAE code does it: one draw for each labelled frame and its mask; frames without a mask are never flipped.
    /// So S4 training clips are flipped in their first frame only, MS3 clips frame by frame.
    /// </summary>
    ReferencePerFrame,
}

/// <summary>Random changes made to a clip in training. The default changes nothing.</summary>
public sealed record AugmentOptions
{
    /// <summary>No change at all: what evaluation uses.</summary>
    public static readonly AugmentOptions None = new();

    public FlipMode Flip { get; init; } = FlipMode.Off;

    /// <summary>Probability of a flip (ECMVAE's value).</summary>
    [Between(0, 1)] public double FlipProbability { get; init; } = 0.3;

    /// <summary>b: each clip's light is multiplied by a number in [1-b, 1+b].</summary>
    [Between(0, 1)] public double Brightness { get; init; }

    /// <summary>c: each clip's distance from mid-grey is multiplied by a number in [1-c, 1+c].</summary>
    [Between(0, 1)] public double Contrast { get; init; }

    /// <summary>c: red, green and blue are each multiplied by a number of their own in [1-c, 1+c].</summary>
    [Between(0, 1)] public double Colour { get; init; }

    /// <summary>
    /// s: a window of a random share in [s, 1] of the picture's area, of the picture's shape, is enlarged to the whole picture;
    /// frames and masks alike. 1 keeps the picture whole.
    /// </summary>
    [Above(0), AtMost(1)] public double CropScale { get; init; } = 1;

    /// <summary>g: the sound's loudness is multiplied by a number in [e^-g, e^g].</summary>
    [AtLeast(0)] public double SoundGain { get; init; }

    /// <summary>Standard deviation of the noise added to each log-mel value.</summary>
    [AtLeast(0)] public double SoundNoise { get; init; }

    /// <summary>Share of clips whose sound is replaced by faint room noise and whose masks are emptied.</summary>
    [Between(0, 1)] public double SilentClips { get; init; }

    /// <summary>Whether the sound is changed, so that a cached embedding cannot be used.</summary>
    public bool ChangesSound => SoundGain > 0 || SoundNoise > 0 || SilentClips > 0;
}

/// <summary>What a batch holds of each clip.</summary>
/// <param name="ImageSize">Side S of the square pictures and masks, in pixels.</param>
/// <param name="Augment">Random changes; null for none.</param>
/// <param name="FramesDrawn">
/// k random frames of each clip instead of all T, sound and masks with them. Where a clip has masks for some of its frames only, frames
/// with a mask are drawn first.
/// </param>
/// <param name="FullMasks">Whether the batch also carries the masks at the size of the files, which the scores are computed on.</param>
public sealed record BatchOptions(
    [property: AtLeast(1)] int ImageSize,
    AugmentOptions? Augment = null,
    [property: AtLeast(1)] int? FramesDrawn = null,
    bool FullMasks = false);

/// <summary>How a loader goes through a data set.</summary>
/// <param name="Seed">The run's seed: it and the epoch's number decide the order and every random change.</param>
public sealed record LoaderOptions(BatchOptions Batch, [property: AtLeast(1)] int ClipsPerBatch, long Seed = 0) : ICrossChecked
{
    /// <summary>A new order every epoch, or the table's order.</summary>
    public bool Shuffle { get; init; }

    /// <summary>
    /// Batches of scenes: two different clips of each scene (the same picture, something else sounding) that share their drawn frames
    /// and their picture augmentation. Needs a data set with scenes and an even number of clips a batch.
    /// </summary>
    public bool PairScenes { get; init; }

    /// <summary>Whether a last batch with fewer clips is left out.</summary>
    public bool DropLast { get; init; }

    /// <summary>Whether decoded clips, reduced to the batch's size, stay in memory for the next epochs.</summary>
    public bool Cache { get; init; } = true;

    /// <summary>Background threads that decode and build batches; the batches do not depend on their number.</summary>
    [AtLeast(1)] public int Threads { get; init; } = 2;

    /// <summary>Batches to build ahead.</summary>
    [AtLeast(1)] public int Prefetch { get; init; } = 4;

    /// <summary>
    /// Which of the processes that share the epochs this one is, from 0. The processes' batches of one number are together one batch of
    /// <see cref="WorldSize"/> times <see cref="LoaderOptions.ClipsPerBatch"/> clips, no clip twice, with the random changes that a single
    /// process would give them. All have equally many batches: a last one with fewer clips is shared where it can be shared equally;
    /// otherwise each process has the whole of it, so that none is without, and their mean gradient is what one process would find.
    /// </summary>
    [AtLeast(0)] public int Rank { get; init; }

    /// <summary>How many processes share the epochs.</summary>
    [AtLeast(1)] public int WorldSize { get; init; } = 1;

    /// <summary>
    /// How many clips may be unreadable: each is set aside with its reason (<see cref="ClipLoader.BadClips"/>) and the next readable
    /// clip takes its place; one more ends the epoch with an error.
    /// </summary>
    [AtLeast(0)] public int MaxBadClips { get; init; }

    /// <summary>Whether batches come in page-locked memory, from which a CUDA device copies while it computes.</summary>
    public bool Pin { get; init; }

    /// <summary>The name of the loader's random streams.</summary>
    public string StreamName { get; init; } = "loader";

    public Misfit? FindMisfit() => Rank >= WorldSize ? new Misfit(nameof(Rank), $"0 to {WorldSize - 1}") : null;
}
