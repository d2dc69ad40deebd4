namespace Avs.Data.AvsBench;

/// <summary>Facts about one clip's files.</summary>
internal sealed class ClipFacts
{
    public int Frames { get; set; }

    public int PlainFrames { get; set; }

    public int EmptyMasks { get; set; }

    public int FullMasks { get; set; }

    /// <summary>Shares of the picture, summed over the masks.</summary>
    public double MaskArea { get; set; }

    public List<string> MaskKinds { get; } = [];

    /// <summary>Null where the sound could not be read.</summary>
    public string? SoundKind { get; set; }

    public bool Silent { get; set; }

    public double? Seconds { get; set; }

    public float LowestLogMel { get; set; }

    public float HighestLogMel { get; set; }

    /// <summary>Whether a pickled log-mel lies beside the WAV file and holds other values.</summary>
    public bool OtherPickle { get; set; }

    /// <summary>Digests of the frames and sounds that are not plain or silent.</summary>
    public List<(string What, string File, UInt128 Digest)> Contents { get; } = [];
}
