namespace Avs.Data;

/// <summary>One decoded clip. The arrays are never written to after construction, so that clips may share them.</summary>
public sealed class Clip
{
    /// <summary>Values of one log-mel example: 96 frames of 10 ms by 64 mel bands.</summary>
    public const int LogMelSize = LogMelFrontEnd.ExampleFrames * LogMelFrontEnd.Bands;

    /// <summary>Wraps decoded arrays as a clip.</summary>
    /// <param name="info">The table's row.</param>
    /// <param name="height">Rows of each frame.</param>
    /// <param name="width">Columns of each frame.</param>
    /// <param name="pixels">8-bit RGB, `[T, height, width, 3]`.</param>
    /// <param name="masks">0 or 1, `[L, maskHeight, maskWidth]` of the labelled frames.</param>
    /// <param name="labelledFrames">The L frame numbers (from zero) that have a mask, ascending.</param>
    /// <param name="logMel">`[T, 1, 96, 64]`.</param>
    /// <param name="maskHeight">Rows of each mask when they differ from the frames' (masks kept at full size beside reduced frames).</param>
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
            throw new ArgumentException($"{masks.Length} bytes are not {labelledFrames.Length} masks of {MaskWidth}x{MaskHeight}", nameof(masks));
        if (logMel.Length != Frames * LogMelSize)
            throw new ArgumentException($"{logMel.Length} values are not {Frames} log-mel examples", nameof(logMel));
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
    }

    /// <summary>The table's row.</summary>
    public ClipInfo Info { get; }

    /// <summary>T, the number of frames.</summary>
    public int Frames { get; }

    /// <summary>Rows of each frame.</summary>
    public int Height { get; }

    /// <summary>Columns of each frame.</summary>
    public int Width { get; }

    /// <summary>Rows of each mask.</summary>
    public int MaskHeight { get; }

    /// <summary>Columns of each mask.</summary>
    public int MaskWidth { get; }

    /// <summary>8-bit RGB, interleaved: `[T, Height, Width, 3]`.</summary>
    public byte[] Pixels { get; }

    /// <summary>0 or 1: `[L, MaskHeight, MaskWidth]`, one mask for each of <see cref="LabelledFrames"/>.</summary>
    public byte[] Masks { get; }

    /// <summary>The frame numbers (from zero) that have a mask; S4 training clips have `{0}`.</summary>
    public int[] LabelledFrames { get; }

    /// <summary>VGGish log-mel examples, one a frame: `[T, 1, 96, 64]`.</summary>
    public float[] LogMel { get; }

    /// <summary>The same pictures and masks with other sound.</summary>
    /// <param name="logMel">`[T, 1, 96, 64]`.</param>
    public Clip WithLogMel(float[] logMel) => new(Info, Height, Width, Pixels, Masks, LabelledFrames, logMel, MaskHeight, MaskWidth);
}
