using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Eval.Evaluation;

/// <summary>Which clips of a data set show the same picture and differ in what sounds.</summary>
internal sealed class Scenes
{
    private readonly int[][] members;

    /// <summary>Groups the clips of a data set.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="purpose">What the scenes are needed for, for the sentence.</param>
    /// <exception cref="UsageException">The data set has no scenes.</exception>
    public Scenes(IClipDataset dataset, string purpose)
    {
        if (dataset.Clips.All(clip => clip.Scene is null))
            throw new UsageException(
                $"{purpose} needs a data set that tells which clips show the same picture (a stamps.csv); '{dataset.Name}' does not.");
        var groups = Enumerable.Range(0, dataset.Clips.Count)
            .GroupBy(i => dataset.Clips[i].Scene ?? dataset.Clips[i].Id, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        members = [.. dataset.Clips.Select(clip => groups[clip.Scene ?? clip.Id])];
    }

    /// <summary>The clips of one clip's scene, itself among them, in the order of the data set.</summary>
    public IReadOnlyList<int> Members(int clip) => members[clip];

    /// <summary>The next clip of the scene, after the last the first; the clip itself when it is alone.</summary>
    public int Next(int clip)
    {
        var scene = members[clip];
        return scene[(Array.IndexOf(scene, clip) + 1) % scene.Length];
    }
}
