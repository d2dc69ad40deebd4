using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.AvsBench;

/// <summary>One thing that is wrong with a data set.</summary>
/// <param name="Group">Where: `table`, `folders`, `frames`, `masks`, `sound` or `duplicates`.</param>
/// <param name="Sentence">What, in one sentence that names the file.</param>
public sealed record DataProblem(string Group, string Sentence);

/// <summary>The clips of a split.</summary>
/// <param name="Whole">Of these, clips whose files are all there and readable.</param>
/// <param name="Official">The number that AVSBench itself has.</param>
public sealed record SplitCount(Split Split, int InTable, int Whole, int Official);

/// <summary>What a check found.</summary>
/// <param name="Subset">Which subset the folder holds.</param>
/// <param name="Root">The folder with the table.</param>
/// <param name="FramesPerClip">T, or 0 where nothing could be opened.</param>
/// <param name="Problems">In the order table, folders, frames, masks, sound, duplicates.</param>
/// <param name="Notes">What is unusual but usable: other sizes than the official ones, resized pictures, files that no row names.</param>
public sealed record DataCheckReport(
    Subset Subset, string Root, int FramesPerClip,
    IReadOnlyList<SplitCount> Splits, IReadOnlyList<DataProblem> Problems, IReadOnlyList<string> Notes)
{
    /// <summary>What the files of each split are like; splits without a clip are left out.</summary>
    public IReadOnlyList<SplitFacts> Facts { get; init; } = [];

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsComplete => Problems.Count == 0;
}

/// <summary>Checks whether a folder is a complete S4, MS3 or AVSS by reading every file.</summary>
public static class DataCheck
{
    /// <summary>Checks every subset that a folder holds.</summary>
    /// <param name="folder">A folder with a table of AVSBench, or the parent of `Single-source`, `Multi-sources` and
    /// `Semantic-labels`.</param>
    /// <param name="threads">Clips read at the same time.</param>
    /// <param name="progress">Called after each clip with the clips done and the clips in all of the subset.</param>
    /// <exception cref="DataException">The folder is missing or holds no subset.</exception>
    public static IReadOnlyList<DataCheckReport> Run(
        string folder, int threads = 2, Action<int, int>? progress = null, CancellationToken stop = default)
    {
        if (!Directory.Exists(folder))
            throw new DataException($"{folder} is missing, expected a folder with an AVSBench data set");
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop };
        var reports = new List<DataCheckReport>();
        foreach (var subset in new[] { Subset.S4, Subset.MS3 })
        {
            if (AvsBenchLayout.Find(folder, subset) is { } layout)
                reports.Add(Check(layout, subset, parallel, progress));
        }

        if (AvssLayout.Find(folder) is { } semantic)
            reports.Add(AvssCheck.Run(semantic, parallel, progress));
        return reports.Count > 0 ? reports : throw new DataException(
            $"{folder} holds no {AvsBenchLayout.TableName(Subset.S4)}, no {AvsBenchLayout.TableName(Subset.MS3)} and no "
                + $"{AvssLayout.TableName}, "
            + "nor do Single-source, Multi-sources and Semantic-labels in it");
    }

    private static DataCheckReport Check(AvsBenchLayout layout, Subset subset, ParallelOptions parallel, Action<int, int>? progress)
    {
        var findings = new CheckFindings(subset, layout.Root);
        IReadOnlyList<ClipInfo> clips;
        try
        {
            clips = AvsBenchDataset.ReadTable(layout, subset);
        }
        catch (DataException e)
        {
            findings.Wrong("table", e.Message);
            return findings.Report();
        }

        findings.CheckNames(layout.Table, clips);
        foreach (var missing in AvsBenchDataset.MissingFolders(layout))
            findings.Wrong("folders", missing);
        var done = 0;
        foreach (var split in Enum.GetValues<Split>())
        {
            ClipInfo[] inSplit = [.. clips.Where(clip => clip.Split == split)];
            var bench = inSplit.Length > 0 ? AvsBenchDataset.OpenToCheck(layout, subset, inSplit) : null;
            findings.Inspect(split, layout.Table, inSplit.Length, bench?.Clips,
                (i, wrong) => new ClipInspector(bench!, layout, wrong).Inspect(bench!.Clips[i]), parallel,
                () => progress?.Invoke(Interlocked.Increment(ref done), clips.Count));
            if (bench is null)
                continue;
            findings.FramesPerClip = Math.Max(findings.FramesPerClip, bench.FramesPerClip);
            findings.Notes.AddRange(bench.Notes.Order(StringComparer.Ordinal));
            if (bench.Clips.Count(clip => layout.HighestNumber(clip) > bench.FramesPerClip) is > 0 and var longer)
                findings.Notes.Add($"{longer} clips of {split.Name()} have more than {bench.FramesPerClip} frames; the rest is not used");
        }

        findings.Notes.AddRange(Unnamed(layout, clips));
        return findings.Report();
    }

    /// <summary>Frames and sounds that no row of the table names.</summary>
    private static IEnumerable<string> Unnamed(AvsBenchLayout layout, IReadOnlyList<ClipInfo> clips)
    {
        var named = clips
            .SelectMany(clip => new[] { layout.FrameFolder(clip), layout.MaskFolder(clip), layout.Sound(clip), layout.LogMel(clip) })
            .ToHashSet(StringComparer.Ordinal);
        foreach (var (folder, what, files) in new[]
        {
            (layout.FramesFolder, "folders of frames", false), (layout.MasksFolder, "folders of masks", false),
            (layout.SoundFolder, "sounds", true), (layout.LogMelFolder, "log-mel files", true),
        })
        {
            if (!Directory.Exists(folder))
                continue;
            var found = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => files ? file : Path.GetDirectoryName(file)!).Distinct()
                .Where(path => !named.Contains(path)).Order(StringComparer.Ordinal).ToArray();
            if (found.Length > 0)
                yield return $"{found.Length} {what} belong to no row of the table, such as {found[0]}";
        }
    }
}
