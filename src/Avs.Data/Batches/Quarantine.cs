using System.Collections.Concurrent;
using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Batches;

/// <summary>
/// Sets aside clips that cannot be read, up to a number, and replaces them by others. Which clip replaces another depends only on which
/// clips are bad. Safe to use from several threads.
/// </summary>
/// <param name="load">Reads one of them.</param>
/// <param name="most">How many may be bad.</param>
internal sealed class Quarantine(IReadOnlyList<ClipInfo> clips, Func<int, Clip> load, int most)
{
    private readonly ConcurrentDictionary<int, BadClip> bad = new();

    /// <summary>What was set aside, in the table's order.</summary>
    public IReadOnlyList<BadClip> BadClips => [.. bad.OrderBy(entry => entry.Key).Select(entry => entry.Value)];

    /// <summary>Reads the clips of a batch. With pairs, clips 2i and 2i+1 show the same picture, replaced or not.</summary>
    /// <exception cref="DataException">More clips are bad than may be.</exception>
    public Clip[] Load(IReadOnlyList<int> indices, bool pairs)
    {
        var found = indices.Select(TryLoad).ToArray();
        for (var slot = 0; slot < found.Length; slot++)
            found[slot] ??= (pairs ? found[slot ^ 1] : null) ?? Next(indices[slot]);
        return found!;
    }

    private Clip Next(int index)
    {
        for (var step = 1; step < clips.Count; step++)
        {
            if (TryLoad((index + step) % clips.Count) is { } clip)
                return clip;
        }

        throw new DataException($"none of the {clips.Count} clips can be read; the first: {BadClips[0].Reason}");
    }

    private Clip? TryLoad(int index)
    {
        if (bad.ContainsKey(index))
            return null;
        try
        {
            return load(index);
        }
        catch (DataException e)
        {
            bad[index] = new BadClip(clips[index], e.Message);
            if (bad.Count <= most)
                return null;
            if (most == 0)
                throw;
            throw new DataException($"{bad.Count} clips cannot be read, more than the {most} that may be set aside; the last: {e.Message}",
                e);
        }
    }
}
