using Avs.Data.Clips;

namespace Avs.Data.AvsBench;

/// <summary>Facts about the files of one split, as far as they can be read.</summary>
/// <param name="PlainFrames">Of these, frames of a single colour, such as black ones.</param>
/// <param name="EmptyMasks">Of these, masks without any foreground.</param>
/// <param name="FullMasks">Of these, masks that are all foreground.</param>
/// <param name="MaskArea">Mean share of the picture that a mask covers, 0 to 1.</param>
/// <param name="MaskKinds">How many masks are of which kind: `grey 0/255`, `grey with other values`, `palette`, `colour`; AVSS:
/// `classes`.</param>
/// <param name="Sounds">Sounds read, WAV files or pickled log-mel.</param>
/// <param name="SilentSounds">Of these, sounds of silence only.</param>
/// <param name="SoundKinds">How many sounds are of which kind, such as `16000 Hz, 2 channels` or `pickled`.</param>
/// <param name="ShortestSeconds">The shortest WAV file; null where there is none.</param>
/// <param name="MedianSeconds">The WAV file in the middle.</param>
/// <param name="LongestSeconds">The longest WAV file.</param>
/// <param name="LowestLogMel">The smallest log-mel value; -4.605 is silence.</param>
/// <param name="OtherPickles">Pickled log-mel files that differ from what the WAV file beside them gives.</param>
public sealed record SplitFacts(
    Split Split, int Frames, int PlainFrames,
    int Masks, int EmptyMasks, int FullMasks, double MaskArea, IReadOnlyDictionary<string, int> MaskKinds,
    int Sounds, int SilentSounds, IReadOnlyDictionary<string, int> SoundKinds,
    double? ShortestSeconds, double? MedianSeconds, double? LongestSeconds,
    double LowestLogMel, double HighestLogMel, int OtherPickles)
{
    internal static SplitFacts FromClips(Split split, IReadOnlyCollection<ClipFacts> clips)
    {
        double[] seconds = [.. clips.Select(clip => clip.Seconds).OfType<double>().Order()];
        var withSound = clips.Where(clip => clip.SoundKind is not null).ToArray();
        var masks = clips.Sum(clip => clip.MaskKinds.Count);
        return new SplitFacts(
            split, clips.Sum(clip => clip.Frames), clips.Sum(clip => clip.PlainFrames),
            masks, clips.Sum(clip => clip.EmptyMasks), clips.Sum(clip => clip.FullMasks),
            masks == 0 ? 0 : clips.Sum(clip => clip.MaskArea) / masks, Counts(clips.SelectMany(clip => clip.MaskKinds)),
            withSound.Length, withSound.Count(clip => clip.Silent), Counts(withSound.Select(clip => clip.SoundKind!)),
            seconds.Length == 0 ? null : seconds[0],
            seconds.Length == 0 ? null : seconds[seconds.Length / 2],
            seconds.Length == 0 ? null : seconds[^1],
            withSound.Select(clip => (double)clip.LowestLogMel).DefaultIfEmpty(0).Min(),
            withSound.Select(clip => (double)clip.HighestLogMel).DefaultIfEmpty(0).Max(),
            clips.Count(clip => clip.OtherPickle));
    }

    private static Dictionary<string, int> Counts(IEnumerable<string> kinds) =>
        kinds.CountBy(kind => kind).OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).ToDictionary();
}
