using System.Collections.Concurrent;

namespace Avs.Data;

/// <summary>One thing that is wrong with a data set.</summary>
/// <param name="Group">Where: `table`, `folders`, `frames`, `masks`, `sound` or `duplicates`.</param>
/// <param name="Sentence">What, in one sentence that names the file.</param>
public sealed record DataProblem(string Group, string Sentence);

/// <summary>The clips of a split.</summary>
/// <param name="Split">The split.</param>
/// <param name="InTable">Rows of the table.</param>
/// <param name="Whole">Of these, clips whose files are all there and readable.</param>
/// <param name="Official">The number that AVSBench itself has.</param>
public sealed record SplitCount(Split Split, int InTable, int Whole, int Official);

/// <summary>What a check found.</summary>
/// <param name="Subset">Which subset the folder holds.</param>
/// <param name="Root">The folder with the table.</param>
/// <param name="FramesPerClip">T, or 0 where nothing could be opened.</param>
/// <param name="Splits">Counts of each split.</param>
/// <param name="Problems">Everything wrong, in the order table, folders, frames, masks, sound, duplicates.</param>
/// <param name="Notes">What is unusual and yet usable: other sizes than the official ones, resized pictures, files that no row names.</param>
public sealed record DataCheckReport(
    Subset Subset, string Root, int FramesPerClip, IReadOnlyList<SplitCount> Splits, IReadOnlyList<DataProblem> Problems, IReadOnlyList<string> Notes)
{
    /// <summary>What the files of each split are like; splits without a clip are left out.</summary>
    public IReadOnlyList<SplitFacts> Facts { get; init; } = [];

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsComplete => Problems.Count == 0;
}

/// <summary>Says whether a folder is a complete S4 or MS3, reading every file, and names each thing wrong.</summary>
public static class DataCheck
{
    private static readonly string[] Groups = ["table", "folders", "frames", "masks", "sound", "duplicates"];

    /// <summary>Checks every subset that a folder holds.</summary>
    /// <param name="folder">A folder with a table of AVSBench, or the parent of `Single-source` and `Multi-sources`.</param>
    /// <param name="threads">Clips read at the same time.</param>
    /// <param name="progress">Told after each clip: clips done and clips in all, of the subset being read.</param>
    /// <param name="stop">Ends the check early.</param>
    /// <exception cref="DataException">The folder is missing or holds neither subset.</exception>
    public static IReadOnlyList<DataCheckReport> Run(
        string folder, int threads = 2, Action<int, int>? progress = null, CancellationToken stop = default)
    {
        if (!Directory.Exists(folder))
            throw new DataException($"{folder} is missing, expected a folder with an AVSBench data set");
        var reports = new List<DataCheckReport>();
        foreach (var subset in Enum.GetValues<Subset>())
        {
            if (BenchLayout.Find(folder, subset) is { } layout)
                reports.Add(Check(layout, subset, threads, progress, stop));
        }

        return reports.Count > 0 ? reports : throw new DataException(
            $"{folder} holds no {BenchLayout.TableName(Subset.S4)} and no {BenchLayout.TableName(Subset.MS3)}, nor do Single-source and Multi-sources in it");
    }

    private static DataCheckReport Check(BenchLayout layout, Subset subset, int threads, Action<int, int>? progress, CancellationToken stop)
    {
        var problems = new ConcurrentBag<(int Order, DataProblem Problem)>();
        void Wrong(int order, string group, string sentence) => problems.Add((order, new DataProblem(group, sentence)));

        IReadOnlyList<ClipInfo> clips = [];
        try
        {
            clips = AvsBench.ReadTable(layout, subset);
        }
        catch (DataException e)
        {
            Wrong(0, "table", e.Message);
        }

        foreach (var twice in clips.GroupBy(clip => (clip.Split, clip.Category, clip.Id)).Where(group => group.Count() > 1))
            Wrong(0, "table", $"{layout.Table} names the clip {twice.Key.Id} {twice.Count()} times in the split {BenchLayout.FolderOf(twice.Key.Split)}");
        foreach (var id in clips.GroupBy(clip => (clip.Category, clip.Id)).Where(group => group.Select(clip => clip.Split).Distinct().Count() > 1))
            Wrong(0, "table", $"{layout.Table} names the clip {id.Key.Id} in more than one split");

        var notes = new List<string>();
        var counts = new List<SplitCount>();
        var facts = new List<SplitFacts>();
        var duplicates = new Duplicates();
        int done = 0, order = 0, framesPerClip = 0;
        foreach (var split in Enum.GetValues<Split>())
        {
            var inTable = clips.Count(clip => clip.Split == split);
            var whole = 0;
            if (inTable > 0 && Open(layout, subset, split, Wrong) is { } bench)
            {
                framesPerClip = Math.Max(framesPerClip, bench.FramesPerClip);
                var first = order;
                var found = new ClipFacts[bench.Clips.Count];
                Parallel.For(0, bench.Clips.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop }, i =>
                {
                    (found[i], var all) = new ClipInspector(bench, layout, (group, sentence) => Wrong(first + i, group, sentence)).Inspect(bench.Clips[i]);
                    if (all)
                        Interlocked.Increment(ref whole);
                    progress?.Invoke(Interlocked.Increment(ref done), clips.Count);
                });
                for (var i = 0; i < found.Length; i++)
                    duplicates.Add(bench.Clips[i], found[i]);
                facts.Add(SplitFacts.Of(split, found));
                notes.AddRange(bench.Notes.Order(StringComparer.Ordinal));
                if (bench.Clips.Count(clip => layout.HighestNumber(clip) > bench.FramesPerClip) is > 0 and var longer)
                    notes.Add($"{longer} clips of {BenchLayout.FolderOf(split)} have more than {bench.FramesPerClip} frames; the rest is not used");
            }

            order += inTable;
            counts.Add(new SplitCount(split, inTable, whole, Official(subset, split)));
            if (inTable == 0 && clips.Count > 0)
                Wrong(0, "table", $"{layout.Table} has no clip in the split {BenchLayout.FolderOf(split)}");
        }

        foreach (var (sentence, i) in duplicates.AcrossSplits().Select((sentence, i) => (sentence, i)))
            Wrong(i, "duplicates", sentence);
        notes.AddRange(Unusual(subset, facts, duplicates));
        notes.AddRange(Unnamed(layout, clips));
        if (counts.Exists(count => count.InTable != count.Official) && clips.Count > 0)
        {
            notes.Insert(0, $"{subset} has {string.Join('/', counts.Select(count => count.InTable))} clips for train/val/test; "
                + $"AVSBench's own has {string.Join('/', counts.Select(count => count.Official))}");
        }

        var sorted = problems.OrderBy(item => Array.IndexOf(Groups, item.Problem.Group)).ThenBy(item => item.Order)
            .ThenBy(item => item.Problem.Sentence, StringComparer.Ordinal).Select(item => item.Problem).Distinct();
        return new DataCheckReport(subset, layout.Root, framesPerClip, counts, [.. sorted], notes) { Facts = facts };
    }

    private static IEnumerable<string> Unusual(Subset subset, List<SplitFacts> facts, Duplicates duplicates)
    {
        foreach (var split in facts)
        {
            var name = BenchLayout.FolderOf(split.Split);
            if (split.PlainFrames > 0)
                yield return $"{split.PlainFrames} of {split.Frames} frames of {name} are of a single colour";
            if (subset == Subset.S4 && split.EmptyMasks > 0)
                yield return $"{split.EmptyMasks} of {split.Masks} masks of {name} are empty, which AVSBench's S4 never is";
            if (split.FullMasks > 0)
                yield return $"{split.FullMasks} of {split.Masks} masks of {name} cover the whole picture";
            if (split.MaskKinds.Where(kind => kind.Key != "grey 0/255").Sum(kind => kind.Value) is > 0 and var others)
                yield return $"{others} of {split.Masks} masks of {name} are not grey 0/255 pictures; foreground is luminance of at least 128, or a palette number that is not 0";
            if (split.SilentSounds > 0)
                yield return $"{split.SilentSounds} of {split.Sounds} sounds of {name} are silent";
        }

        if (duplicates.WithinSplits() is > 0 and var repeated)
            yield return $"{repeated} clips share a frame or the sound with another clip of their split";
    }

    /// <summary>Frames and sounds that no row of the table names.</summary>
    private static IEnumerable<string> Unnamed(BenchLayout layout, IReadOnlyList<ClipInfo> clips)
    {
        if (clips.Count == 0)
            yield break;
        var named = clips.SelectMany(clip => new[] { layout.FrameFolder(clip), layout.MaskFolder(clip), layout.Sound(clip), layout.LogMel(clip) }).ToHashSet(StringComparer.Ordinal);
        foreach (var (folder, what, files) in new[]
        {
            (layout.FramesFolder, "folders of frames", false), (layout.MasksFolder, "folders of masks", false),
            (layout.SoundFolder, "sounds", true), (layout.LogMelFolder, "log-mel files", true),
        })
        {
            if (!Directory.Exists(folder))
                continue;
            var found = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => files ? file : Path.GetDirectoryName(file)!).Distinct().Where(path => !named.Contains(path)).Order(StringComparer.Ordinal).ToArray();
            if (found.Length > 0)
                yield return $"{found.Length} {what} belong to no row of the table, such as {found[0]}";
        }
    }

    private static AvsBench? Open(BenchLayout layout, Subset subset, Split split, Action<int, string, string> wrong)
    {
        try
        {
            return AvsBench.Open(layout.Root, subset, split, allTrainMasks: true);
        }
        catch (DataException e)
        {
            wrong(0, "folders", e.Message);
            return null;
        }
    }

    private static int Official(Subset subset, Split split) => (subset, split) switch
    {
        (Subset.S4, Split.Train) => 3452,
        (Subset.S4, _) => 740,
        (_, Split.Train) => 296,
        _ => 64,
    };
}
