using System.Collections.Concurrent;
using Avs.Data.Clips;

namespace Avs.Data.Batches;

/// <summary>
/// A data set's clips, decoded once and kept in memory at the size that batches need. Clips that show the same pictures share them.
/// Safe to use from several threads.
/// </summary>
/// <param name="side">Side of the square frames, in pixels.</param>
/// <param name="keepMasks">Whether masks stay at the size of the files.</param>
internal sealed class ClipMemory(IClipDataset dataset, int side, bool keepMasks)
{
    // Lazy: a clip that two threads want at once is decoded by one, and both get its error, if any.
    private readonly ConcurrentDictionary<int, Lazy<Clip>> clips = new();
    private readonly ConcurrentDictionary<string, Lazy<Clip>> pictures = new();

    /// <summary>The clip at a position of the data set, at this cache's size.</summary>
    public Clip Get(int index) => clips.GetOrAdd(index, key => new Lazy<Clip>(() => Load(key))).Value;

    private Clip Load(int index)
    {
        if (dataset.PicturesKey(index) is not { } key)
            return Fit(dataset.Load(index));
        Clip? own = null;
        var shared = pictures.GetOrAdd(key, _ => new Lazy<Clip>(() => own = Fit(dataset.Load(index)))).Value;
        return own ?? Fit(dataset.Load(index, shared));
    }

    private Clip Fit(Clip clip) => ClipResizer.Resize(clip, side, keepMasks);
}
