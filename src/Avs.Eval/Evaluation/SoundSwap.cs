using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Eval.Evaluation;

/// <summary>
/// Gives every clip another clip's sound: each sound is used once, no clip keeps its own, and the giver is of another category and scene.
/// </summary>
internal static class SoundSwap
{
    /// <summary>For each clip, the clip whose sound is played instead. The same data set always gives the same answer.</summary>
    /// <exception cref="UsageException">There are fewer than two clips.</exception>
    public static int[] Partners(IReadOnlyList<ClipInfo> clips, string dataset)
    {
        if (clips.Count < 2) throw new UsageException($"Swapped sound needs at least two clips; '{dataset}' has {clips.Count}.");
        int[] order = [.. Enumerable.Range(0, clips.Count).OrderBy(i => clips[i].Category, StringComparer.Ordinal).ThenBy(i => i)];
        // Sorted by category and turned by the largest category's size, no category meets itself unless it is more than half of all.
        var largest = clips.GroupBy(clip => clip.Category).Max(group => group.Count());
        var turn = largest < clips.Count ? largest : clips.Count / 2;
        var partner = new int[clips.Count];
        for (var k = 0; k < order.Length; k++) partner[order[k]] = order[(k + turn) % order.Length];
        Repair(clips, partner);
        return partner;
    }

    // Exchanges partners while that removes a pair of one scene or, where it can be, of one category.
    private static void Repair(IReadOnlyList<ClipInfo> clips, int[] partner)
    {
        for (var i = 0; i < partner.Length; i++)
        {
            for (var step = 1; step < partner.Length && Fault(clips, i, partner[i]) > 0; step++)
            {
                var j = (i + step) % partner.Length;
                var before = Fault(clips, i, partner[i]) + Fault(clips, j, partner[j]);
                var after = Fault(clips, i, partner[j]) + Fault(clips, j, partner[i]);
                if (after < before) (partner[i], partner[j]) = (partner[j], partner[i]);
            }
        }
    }

    // How bad it is that clip i gets the sound of clip j: its own sound, the sound of an object in the same picture, the sound
    // of another one of its kind.
    private static int Fault(IReadOnlyList<ClipInfo> clips, int i, int j)
    {
        if (i == j) return 100;
        if (clips[i].Scene is { } scene && scene == clips[j].Scene) return 10;
        return clips[i].Category.Length > 0 && clips[i].Category == clips[j].Category ? 1 : 0;
    }
}
