using System.Collections.Concurrent;
using Avs.Data.Clips;

namespace Avs.Data.AvsBench;

/// <summary>The findings of a check of one subset. Problems may be added from several threads.</summary>
internal sealed class CheckFindings(Subset subset, string root)
{
    private static readonly string[] Groups = ["table", "folders", "frames", "masks", "sound", "duplicates"];

    private readonly ConcurrentBag<(int Order, DataProblem Problem)> problems = [];
    private readonly List<SplitCount> counts = [];
    private readonly List<SplitFacts> facts = [];
    private readonly Duplicates duplicates = new();
    private int order;

    public List<string> Notes { get; } = [];

    /// <summary>T, the largest of all splits.</summary>
    public int FramesPerClip { get; set; }

    public void Wrong(string group, string sentence, int at = 0) => problems.Add((at, new DataProblem(group, sentence)));

    /// <summary>Rows that name a clip twice.</summary>
    public void CheckNames(string table, IReadOnlyList<ClipInfo> clips)
    {
        foreach (var twice in clips.GroupBy(clip => (clip.Split, clip.Category, clip.Id)).Where(group => group.Count() > 1))
            Wrong("table", $"{table} names the clip {twice.Key.Id} {twice.Count()} times in the split {twice.Key.Split.Name()}");
        foreach (var id in clips.GroupBy(clip => (clip.Category, clip.Id))
            .Where(group => group.Select(clip => clip.Split).Distinct().Count() > 1))
            Wrong("table", $"{table} names the clip {id.Key.Id} in more than one split");
    }

    /// <summary>Inspects every clip of a split.</summary>
    /// <param name="clips">The clips; null where the split could not be opened.</param>
    /// <param name="inspect">Reads a clip and reports what is wrong.</param>
    /// <param name="parallel">How many at the same time.</param>
    /// <param name="progress">Called after each clip.</param>
    public void Inspect(Split split, string table, int inTable, IReadOnlyList<ClipInfo>? clips,
        Func<int, Action<string, string>, (ClipFacts Facts, bool Whole)> inspect, ParallelOptions parallel, Action progress)
    {
        var (first, whole) = (order, 0);
        if (clips is not null)
        {
            var found = new ClipFacts[clips.Count];
            Parallel.For(0, clips.Count, parallel, i =>
            {
                (found[i], var all) = inspect(i, (group, sentence) => Wrong(group, sentence, first + i));
                if (all)
                    Interlocked.Increment(ref whole);
                progress();
            });
            for (var i = 0; i < found.Length; i++)
                duplicates.Add(clips[i], found[i]);
            facts.Add(SplitFacts.FromClips(split, found));
        }

        order += inTable;
        counts.Add(new SplitCount(split, inTable, whole, OfficialSplits.Count(subset, split)));
        if (inTable == 0)
            Wrong("table", $"{table} has no clip in the split {split.Name()}");
    }

    public DataCheckReport Report()
    {
        foreach (var (sentence, i) in duplicates.AcrossSplits().Select((sentence, i) => (sentence, i)))
            Wrong("duplicates", sentence, i);
        List<string> notes = [.. Unusual(), .. Notes];
        if (counts.Exists(count => count.InTable != count.Official))
        {
            notes.Insert(0, $"{subset} has {string.Join('/', counts.Select(count => count.InTable))} clips for train/val/test; "
                + $"AVSBench's own has {string.Join('/', counts.Select(count => count.Official))}");
        }

        var sorted = problems.OrderBy(item => Array.IndexOf(Groups, item.Problem.Group)).ThenBy(item => item.Order)
            .ThenBy(item => item.Problem.Sentence, StringComparer.Ordinal).Select(item => item.Problem).Distinct();
        return new DataCheckReport(subset, root, FramesPerClip, counts, [.. sorted], notes) { Facts = facts };
    }

    private IEnumerable<string> Unusual()
    {
        foreach (var split in facts)
        {
            var name = split.Split.Name();
            if (split.PlainFrames > 0)
                yield return $"{split.PlainFrames} of {split.Frames} frames of {name} are of a single colour";
            if (subset == Subset.S4 && split.EmptyMasks > 0)
                yield return $"{split.EmptyMasks} of {split.Masks} masks of {name} are empty, which AVSBench's S4 never is";
            if (split.FullMasks > 0)
                yield return $"{split.FullMasks} of {split.Masks} masks of {name} cover the whole picture";
            if (subset != Subset.AVSS
                && split.MaskKinds.Where(kind => kind.Key != "grey 0/255").Sum(kind => kind.Value) is > 0 and var others)
                yield return $"{others} of {split.Masks} masks of {name} are not grey 0/255 pictures; foreground is what differs from "
                    + "their background of 0, black or transparency";
            if (split.SilentSounds > 0)
                yield return $"{split.SilentSounds} of {split.Sounds} sounds of {name} are silent";
            if (split.OtherPickles > 0)
                yield return $"{split.OtherPickles} of the log-mel files of {name} differ from what their WAV files give; the WAV files "
                    + "are used";
        }

        if (duplicates.WithinSplits() is > 0 and var repeated)
            yield return $"{repeated} clips share a frame or the sound with another clip of their split";
    }
}

/// <summary>How many clips AVSBench itself has.</summary>
internal static class OfficialSplits
{
    public static int Count(Subset subset, Split split) => (subset, split) switch
    {
        (Subset.S4, Split.Train) => 3452,
        (Subset.S4, _) => 740,
        (Subset.MS3, Split.Train) => 296,
        (Subset.MS3, _) => 64,
        (_, Split.Train) => 8498,
        (_, Split.Val) => 1304,
        _ => 1554,
    };
}
