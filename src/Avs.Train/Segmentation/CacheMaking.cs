using Avs.Core;
using Avs.Data.Cache;
using Avs.Data.Clips;
using static TorchSharp.torch;

namespace Avs.Train.Segmentation;

/// <summary>A cache that is up to date.</summary>
/// <param name="Name">The data set and the split.</param>
/// <param name="Clips">Clips in it.</param>
/// <param name="Bytes">Bytes of the file.</param>
/// <param name="Bad">Clips that cannot be read.</param>
/// <param name="Embedding">The frozen audio network whose vectors it holds; null without one.</param>
public sealed record MadeCache(string Name, string Path, int Clips, long Bytes, int Bad, string? Embedding);

/// <summary>Makes the caches of an experiment before it is run.</summary>
public static class CacheMaking
{
    /// <summary>Makes the caches of all splits that the data set has; what is up to date stays.</summary>
    /// <param name="device">Where its frozen audio network computes.</param>
    /// <param name="log">Takes a line on what is being done.</param>
    /// <param name="progress">Begins to show a split's progress; what it returns takes the clips done and the clips in all.</param>
    /// <param name="stop">Ends it early; nothing of an unfinished file stays.</param>
    /// <exception cref="UsageException">The sound would be embedded by an audio network that has no weights.</exception>
    /// <exception cref="DataException">The data set is missing or damaged, or a file cannot be written.</exception>
    public static IReadOnlyList<MadeCache> Run(
        SegmentationExperiment experiment, Device device, Action<string> log, Func<Action<int, int>> progress, CancellationToken stop)
    {
        var config = experiment.Task.Data;
        if (new ExperimentData(config, null).CacheFolder is null)
            config = config with { Cache = "auto" };
        using var model = SegmenterFactory.Create(experiment, device);
        StartingWeights.RequireSound(model, experiment.Task.Model, learns: true);
        var embedding = FrozenSound.Of(model, device);
        var made = new List<MadeCache>();
        foreach (var split in Enum.GetValues<Split>())
        {
            var data = new ExperimentData(config, embedding) { Log = log, Progress = progress(), Stop = stop };
            using var cache = (CachedClips)data.Open(split);
            made.Add(new MadeCache(cache.Name, cache.Path, cache.Clips.Count, cache.Length, cache.BadClips.Count, cache.EmbeddingKey));
        }

        return made;
    }
}
