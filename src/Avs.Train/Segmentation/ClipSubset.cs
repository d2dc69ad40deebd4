using Avs.Data.Clips;

namespace Avs.Train.Segmentation;

/// <summary>Some clips of a data set, as a data set.</summary>
public sealed class ClipSubset : IClipDataset
{
    private readonly IClipDataset whole;
    private readonly IReadOnlyList<int> chosen;

    /// <summary>The clips at the given positions.</summary>
    /// <param name="whole">The data set.</param>
    /// <param name="chosen">Positions in it.</param>
    public ClipSubset(IClipDataset whole, IReadOnlyList<int> chosen)
    {
        this.whole = whole;
        this.chosen = chosen;
        Clips = [.. chosen.Select(index => whole.Clips[index])];
    }

    /// <inheritdoc/>
    public string Name => $"{whole.Name}, {chosen.Count} of {whole.Clips.Count} clips";

    /// <inheritdoc/>
    public int FramesPerClip => whole.FramesPerClip;

    /// <inheritdoc/>
    public IReadOnlyList<ClipInfo> Clips { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => whole.Classes;

    /// <inheritdoc/>
    public Clip Load(int index) => whole.Load(chosen[index]);

    /// <inheritdoc/>
    public ClipSound LoadSound(int index) => whole.LoadSound(chosen[index]);

    /// <inheritdoc/>
    public Waveform? LoadWaveform(int index) => whole.LoadWaveform(chosen[index]);

    /// <summary>At most so many clips, evenly spread over the data set; the data set itself where it has no more, or for null.</summary>
    /// <param name="whole">The data set.</param>
    /// <param name="count">How many clips.</param>
    public static IClipDataset Spread(IClipDataset whole, int? count) => count is { } wanted && wanted < whole.Clips.Count
        ? new ClipSubset(whole, [.. Enumerable.Range(0, wanted).Select(i => (int)((long)i * whole.Clips.Count / wanted))])
        : whole;

    /// <summary>
    /// About so many clips, evenly spread over the data set, of each scene all or none; the data set itself where it has no more.
    /// </summary>
    /// <param name="whole">The data set.</param>
    /// <param name="most">How many clips at most, where scenes are no larger.</param>
    public static IClipDataset SpreadScenes(IClipDataset whole, int most)
    {
        if (whole.Clips.Count <= most)
            return whole;
        var scenes = Enumerable.Range(0, whole.Clips.Count)
            .GroupBy(index => whole.Clips[index].Scene ?? whole.Clips[index].Id, StringComparer.Ordinal)
            .Select(group => group.ToArray()).ToArray();
        var wanted = Math.Max(1, (int)((long)most * scenes.Length / whole.Clips.Count));
        return new ClipSubset(whole,
            [.. Enumerable.Range(0, wanted).SelectMany(i => scenes[(int)((long)i * scenes.Length / wanted)]).Take(most).Order()]);
    }

    /// <summary>The clips that fit a condition.</summary>
    /// <param name="whole">The data set.</param>
    /// <param name="condition">Which clips.</param>
    public static IClipDataset Where(IClipDataset whole, Func<ClipInfo, bool> condition) =>
        new ClipSubset(whole, [.. Enumerable.Range(0, whole.Clips.Count).Where(index => condition(whole.Clips[index]))]);
}
