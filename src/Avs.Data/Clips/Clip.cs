using Avs.Data.Audio;

namespace Avs.Data.Clips;

/// <summary>One decoded clip. The arrays are never written to after construction, so that clips may share them.</summary>
public sealed record Clip
{
    /// <summary>Values of one log-mel example: 96 frames of 10 ms by 64 mel bands.</summary>
    public const int LogMelSize = LogMelFrontEnd.ExampleSize;

    /// <summary>Wraps decoded arrays as a clip.</summary>
    /// <param name="pixels">8-bit RGB, `[T, height, width, 3]`.</param>
    /// <param name="masks">0 or 1, `[L, maskHeight, maskWidth]` of the labelled frames.</param>
    /// <param name="labelledFrames">The L frame numbers (from zero) that have a mask, ascending.</param>
    /// <param name="logMel">`[T, 1, 96, 64]`.</param>
    /// <param name="maskHeight">Rows of each mask when they differ from the frames' (masks kept at full size beside reduced
    /// frames).</param>
    /// <param name="maskWidth">Columns of each mask, likewise.</param>
    /// <exception cref="ArgumentException">The arrays do not fit each other.</exception>
    public Clip(ClipInfo info, int height, int width, byte[] pixels, byte[] masks, int[] labelledFrames, float[] logMel,
        int? maskHeight = null, int? maskWidth = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (pixels.Length == 0 || pixels.Length % (height * width * 3) != 0)
            throw new ArgumentException($"{pixels.Length} bytes are not whole RGB frames of {width}x{height}", nameof(pixels));
        Frames = pixels.Length / (height * width * 3);
        MaskHeight = maskHeight ?? height;
        MaskWidth = maskWidth ?? width;
        if (masks.Length != labelledFrames.Length * MaskHeight * MaskWidth)
            throw new ArgumentException($"{masks.Length} bytes are not {labelledFrames.Length} masks of {MaskWidth}x{MaskHeight}",
                nameof(masks));
        RequireExamples(logMel, Frames);
        foreach (var frame in labelledFrames)
        {
            if (frame < 0 || frame >= Frames)
                throw new ArgumentException($"labelled frame {frame} of {Frames}", nameof(labelledFrames));
        }

        Info = info;
        Height = height;
        Width = width;
        Pixels = pixels;
        Masks = masks;
        LabelledFrames = labelledFrames;
        LogMel = logMel;
        FramesPresent = Frames;
    }

    public ClipInfo Info { get; }

    /// <summary>T, the number of frames.</summary>
    public int Frames { get; }

    public int Height { get; private init; }

    public int Width { get; private init; }

    public int MaskHeight { get; private init; }

    public int MaskWidth { get; private init; }

    /// <summary>8-bit RGB, interleaved: `[T, Height, Width, 3]`.</summary>
    public byte[] Pixels { get; private init; }

    /// <summary>
    /// 0 or 1: `[L, MaskHeight, MaskWidth]`, one mask for each of <see cref="LabelledFrames"/>; 1 where <see cref="Labels"/> is not 0.
    /// </summary>
    public byte[] Masks { get; private init; }

    /// <summary>
    /// The class of each pixel, 0 for background: `[L, MaskHeight, MaskWidth]`; null where a data set has no classes (S4, MS3).
    /// </summary>
    public byte[]? Labels { get; private init; }

    /// <summary>The frame numbers (from zero) that have a mask; S4 training clips have `{0}`.</summary>
    public int[] LabelledFrames { get; }

    /// <summary>VGGish log-mel examples, one a frame: `[T, 1, 96, 64]`.</summary>
    public float[] LogMel { get; private init; }

    /// <summary>The output of a frozen audio network for <see cref="LogMel"/>, `[T, D]`; null where there is none.</summary>
    public float[]? SoundEmbedding { get; private init; }

    /// <summary>How many of the T frames exist: the others pad a shorter clip (AVSS): zeros, without a mask.</summary>
    public int FramesPresent { get; private init; }

    /// <summary>The same pictures and masks with other sound.</summary>
    /// <param name="logMel">`[T, 1, 96, 64]`.</param>
    /// <param name="embedding">The output of the frozen audio network for it, `[T, D]`, where it is known.</param>
    /// <exception cref="ArgumentException">The arrays do not fit the clip.</exception>
    public Clip WithLogMel(float[] logMel, float[]? embedding = null)
    {
        RequireExamples(logMel, Frames);
        return (this with { LogMel = logMel }).WithSoundEmbedding(embedding);
    }

    /// <summary>The same clip with the output of a frozen audio network for its sound.</summary>
    /// <param name="embedding">`[T, D]`, or null for none.</param>
    /// <exception cref="ArgumentException">It is not T rows.</exception>
    public Clip WithSoundEmbedding(float[]? embedding) => embedding is null || (embedding.Length > 0 && embedding.Length % Frames == 0)
        ? this with { SoundEmbedding = embedding }
        : throw new ArgumentException($"{embedding.Length} values are not {Frames} rows of an embedding", nameof(embedding));

    /// <summary>The same clip with class labels; its masks become 1 where a label is not 0.</summary>
    /// <param name="labels">`[L, MaskHeight, MaskWidth]`.</param>
    /// <exception cref="ArgumentException">There are not as many labels as mask pixels.</exception>
    public Clip WithLabels(byte[] labels) => labels.Length == Masks.Length
        ? this with { Labels = labels, Masks = Array.ConvertAll(labels, label => label != 0 ? (byte)1 : (byte)0) }
        : throw new ArgumentException($"{labels.Length} labels for {Masks.Length} pixels of masks", nameof(labels));

    /// <summary>The same clip, of which only the first frames exist; the others hold zeros.</summary>
    /// <param name="count">How many exist, 1 to T.</param>
    /// <exception cref="ArgumentException">The count is out of range, or a frame that does not exist has a mask.</exception>
    public Clip WithFramesPresent(int count) => count >= 1 && count <= Frames && LabelledFrames.All(frame => frame < count)
        ? this with { FramesPresent = count }
        : throw new ArgumentException($"{count} of {Frames} frames present, labelled {string.Join(',', LabelledFrames)}", nameof(count));

    /// <summary>The same clip at another size.</summary>
    internal Clip WithPictures(int height, int width, byte[] pixels) => this with { Height = height, Width = width, Pixels = pixels };

    /// <summary>The same clip with masks (and labels) of another size.</summary>
    internal Clip WithMasks(int height, int width, byte[] masks, byte[]? labels) =>
        this with { MaskHeight = height, MaskWidth = width, Masks = masks, Labels = labels };

    private static void RequireExamples(float[] logMel, int frames)
    {
        if (logMel.Length != frames * LogMelSize)
            throw new ArgumentException($"{logMel.Length} values are not {frames} log-mel examples", nameof(logMel));
    }
}
