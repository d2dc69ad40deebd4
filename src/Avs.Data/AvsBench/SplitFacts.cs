using Avs.Data.Clips;

namespace Avs.Data.AvsBench;

/// <summary>What the files of one split are like, whole and readable as they may be.</summary>
/// <param name="Split">The split.</param>
/// <param name="Frames">Frames read.</param>
/// <param name="PlainFrames">Of these, frames of a single colour, such as black ones.</param>
/// <param name="Masks">Masks read.</param>
/// <param name="EmptyMasks">Of these, masks without any foreground.</param>
/// <param name="FullMasks">Of these, masks that are all foreground.</param>
/// <param name="MaskArea">Mean share of the picture that a mask covers, 0 to 1.</param>
/// <param name="MaskKinds">How many masks are of which kind: `grey 0/255`, `grey with other values`, `palette`, `colour`; AVSS: `classes`.</param>
/// <param name="Sounds">Sounds read, WAV files or pickled log-mel.</param>
/// <param name="SilentSounds">Of these, sounds of silence only.</param>
/// <param name="SoundKinds">How many sounds are of which kind, such as `16000 Hz, 2 channels` or `pickled`.</param>
/// <param name="ShortestSeconds">The shortest WAV file; null where there is none.</param>
/// <param name="MedianSeconds">The WAV file in the middle.</param>
/// <param name="LongestSeconds">The longest WAV file.</param>
/// <param name="LowestLogMel">The smallest log-mel value; -4.605 is silence.</param>
/// <param name="HighestLogMel">The largest.</param>
/// <param name="OtherPickles">Pickled log-mel files that differ from what the WAV file beside them gives.</param>
public sealed record SplitFacts(
    Split Split, int Frames, int PlainFrames, int Masks, int EmptyMasks, int FullMasks, double MaskArea, IReadOnlyDictionary<string, int> MaskKinds,
    int Sounds, int SilentSounds, IReadOnlyDictionary<string, int> SoundKinds, double? ShortestSeconds, double? MedianSeconds, double? LongestSeconds,
    double LowestLogMel, double HighestLogMel, int OtherPickles)
{
    internal static SplitFacts Of(Split split, IReadOnlyCollection<ClipFacts> clips)
    {
        double[] seconds = [.. clips.Select(clip => clip.Seconds).OfType<double>().Order()];
        var heard = clips.Where(clip => clip.SoundKind is not null).ToArray();
        var masks = clips.Sum(clip => clip.MaskKinds.Count);
        return new SplitFacts(
            split, clips.Sum(clip => clip.Frames), clips.Sum(clip => clip.PlainFrames), masks, clips.Sum(clip => clip.EmptyMasks), clips.Sum(clip => clip.FullMasks),
            masks == 0 ? 0 : clips.Sum(clip => clip.MaskArea) / masks, Counts(clips.SelectMany(clip => clip.MaskKinds)),
            heard.Length, heard.Count(clip => clip.Silent), Counts(heard.Select(clip => clip.SoundKind!)),
            seconds.Length == 0 ? null : seconds[0], seconds.Length == 0 ? null : seconds[seconds.Length / 2], seconds.Length == 0 ? null : seconds[^1],
            heard.Select(clip => (double)clip.LowestLogMel).DefaultIfEmpty(0).Min(), heard.Select(clip => (double)clip.HighestLogMel).DefaultIfEmpty(0).Max(),
            clips.Count(clip => clip.OtherPickle));
    }

    private static Dictionary<string, int> Counts(IEnumerable<string> kinds) =>
        kinds.CountBy(kind => kind).OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).ToDictionary();
}

/// <summary>What one clip's files are like.</summary>
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

    /// <summary>Digests of what is seen and heard, of frames and sounds that have any content.</summary>
    public List<(string What, string File, UInt128 Digest)> Contents { get; } = [];
}
