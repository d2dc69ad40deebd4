using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Eval.Evaluation;

/// <summary>
/// Gives every clip the sound of something that its picture does not show: a clip of another broad category (music, human, animal, device),
/// drawn at random for each clip. Where scenes are known, nothing of the picture's own scene is drawn, nor another recording of its
/// objects.
/// </summary>
internal static class OffScreenSounds
{
    /// <summary>For each clip, the clip whose sound is played instead. The same data set always gives the same answer.</summary>
    /// <exception cref="UsageException">A category is not known, or there is no sound of another kind.</exception>
    public static int[] Partners(IReadOnlyList<ClipInfo> clips, string dataset)
    {
        BroadCategory[] kinds = [.. clips.Select(clip => Kind(clip, dataset))];
        var shown = clips.Where(clip => clip.Scene is not null).ToLookup(clip => clip.Scene, clip => clip.Category);
        return [.. Enumerable.Range(0, clips.Count).Select(i =>
        {
            int[] others = [.. Enumerable.Range(0, clips.Count).Where(j =>
                kinds[j] != kinds[i] && (clips[i].Scene is null || !shown[clips[i].Scene].Contains(clips[j].Category)))];
            return others.Length > 0
                ? others[new NamedRandom(ConditionedSound.Seed, $"evaluate/off_screen/{clips[i].Id}").NextInt(others.Length)]
                : throw new UsageException("Off-screen sound needs clips of another kind (music, human, animal or device) than each has; "
                    + $"'{dataset}' has none for '{clips[i].Id}', which is of the kind {kinds[i].ToString().ToLowerInvariant()}.");
        })];
    }

    private static BroadCategory Kind(ClipInfo clip, string dataset) => BroadCategories.Find(clip.Category)
        ?? throw new UsageException("Off-screen sound needs clips whose category is known to be music, human, animal or device; "
            + (clip.Category.Length == 0
                ? $"'{dataset}' names no category of '{clip.Id}'."
                : $"'{clip.Category}', which '{dataset}' has, is not known (docs/metrics.md lists those that are)."));
}
