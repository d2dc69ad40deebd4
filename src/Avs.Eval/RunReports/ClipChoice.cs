namespace Avs.Eval.RunReports;

/// <summary>Clips that are shown together.</summary>
/// <param name="Text">By which rule they were chosen.</param>
/// <param name="Clips">Their places in the data set.</param>
public sealed record ClipGroup(string Title, string Text, IReadOnlyList<int> Clips);

/// <summary>Which clips of a data set to show: by fixed rules, so that nobody picks the flattering ones.</summary>
public static class ClipChoice
{
    /// <summary>
    /// The best, the worst and the most uncertain clips of the first run; of several runs also those where the last gains and loses most
    /// against the first. No clip is shown twice, and of a scene one clip a group.
    /// </summary>
    /// <param name="runs">Their scores of the same clips.</param>
    /// <param name="names">Their names, as many.</param>
    /// <param name="count">Clips of each group.</param>
    public static IReadOnlyList<ClipGroup> ForReport(
        IReadOnlyList<IReadOnlyList<ScoredClip>> runs, IReadOnlyList<string> names, int count)
    {
        var first = runs[0];
        var of = runs.Count > 1 ? $" of {names[0]}" : "";
        var groups = new List<ClipGroup>();
        var taken = new HashSet<int>();
        void Add(string title, string text, IEnumerable<ScoredClip> ranked)
        {
            ScoredClip[] chosen = [.. OneOfAScene(ranked.Where(clip => !taken.Contains(clip.Index))).Take(count)];
            taken.UnionWith(chosen.Select(clip => clip.Index));
            if (chosen.Length > 0)
                groups.Add(new ClipGroup(title, text, [.. chosen.Select(clip => clip.Index)]));
        }

        Add("Best clips", $"The highest mean IoU{of}.", Ranked(first, clip => -clip.Iou));
        Add("Worst clips", $"The lowest mean IoU{of}.", Ranked(first, clip => clip.Iou));
        if (first.All(clip => clip.Uncertainty is not null))
        {
            Add("Most uncertain clips", $"The highest mean entropy of a pixel's probability{of}, whatever the truth.",
                Ranked(first, clip => -clip.Uncertainty!.Value));
        }
        if (runs.Count > 1)
        {
            var last = runs[^1];
            double Gain(ScoredClip clip) => last[clip.Index].Iou - clip.Iou;
            Add("Largest gains", $"Where {names[^1]} has the most IoU above {names[0]}.",
                Ranked(first, clip => -Gain(clip)).Where(clip => Gain(clip) > 0));
            Add("Largest losses", $"Where {names[^1]} has the most IoU below {names[0]}.",
                Ranked(first, Gain).Where(clip => Gain(clip) < 0));
        }
        return groups;
    }

    /// <summary>Clips at even ranks from the best down, one of a scene.</summary>
    /// <param name="besides">Clips that are shown already, with their scenes.</param>
    public static IReadOnlyList<int> Spread(IReadOnlyList<ScoredClip> clips, int count, params IReadOnlyList<int> besides)
    {
        ScoredClip[] ranked = [.. Ranked(clips, clip => -clip.Iou)];
        var chosen = new List<ScoredClip>(besides.Select(place => clips[place]));
        for (var i = 0; i < count; i++)
        {
            var next = ranked.Skip((int)((long)i * ranked.Length / count))
                .FirstOrDefault(clip => chosen.All(taken => taken.Index != clip.Index && !SameScene(taken, clip)));
            if (next is not null)
                chosen.Add(next);
        }
        return [.. chosen.Skip(besides.Count).Select(clip => clip.Index)];
    }

    /// <summary>The clips with the lowest IoU, one of a scene, the worst first.</summary>
    public static IReadOnlyList<int> Worst(IReadOnlyList<ScoredClip> clips, int count) =>
        [.. OneOfAScene(Ranked(clips, clip => clip.Iou)).Take(count).Select(clip => clip.Index)];

    /// <summary>The clips where the second run has the most IoU above the first, one of a scene.</summary>
    public static IReadOnlyList<int> Gains(IReadOnlyList<ScoredClip> first, IReadOnlyList<ScoredClip> second, int count) =>
        [.. OneOfAScene(Ranked(first, clip => clip.Iou - second[clip.Index].Iou)).Take(count).Select(clip => clip.Index)];

    private static IEnumerable<ScoredClip> Ranked(IReadOnlyList<ScoredClip> clips, Func<ScoredClip, double> key) =>
        clips.OrderBy(key).ThenBy(clip => clip.Id, StringComparer.Ordinal);

    private static IEnumerable<ScoredClip> OneOfAScene(IEnumerable<ScoredClip> clips) =>
        clips.DistinctBy(clip => string.IsNullOrEmpty(clip.Scene) ? $"clip {clip.Index}" : $"scene {clip.Scene}");

    private static bool SameScene(ScoredClip a, ScoredClip b) => !string.IsNullOrEmpty(a.Scene) && a.Scene == b.Scene;
}
