using System.Diagnostics;
using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.AvsBench;
using Avs.Data.Cache;
using Avs.Data.Clips;

namespace Avs.Train.Segmentation;

/// <summary>Opens the data set that an experiment names, through its cache where it asks for one.</summary>
/// <param name="config">Which data set.</param>
/// <param name="embedding">The experiment's frozen audio network, whose vectors the cache then holds; null without one.</param>
public sealed class ExperimentData(DataConfig config, SoundEmbedding? embedding)
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(10);

    /// <summary>Takes a line when a cache has to be made, and lines on how far it is.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Takes the clips done and the clips in all while a cache is made; null: now and then <see cref="Log"/> says so.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>Ends the making of a cache; nothing of it stays.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>The folder of the caches; null where the experiment asks for none.</summary>
    public string? CacheFolder => config.Cache switch
    {
        "none" or "true" or "false" => null, // runs before there were caches say true or false of something else
        "auto" => ClipCache.DefaultFolder(config.Root),
        var folder => folder,
    };

    /// <summary>Opens a split.</summary>
    /// <exception cref="DataException">The data set is missing or damaged, or its cache cannot be read or written.</exception>
    public IClipDataset Open(Split split)
    {
        var source = OpenFiles(split);
        return CacheFolder is { } folder ? new ClipCache(folder).OpenOrBuild(source, Build(split)) : source;
    }

    /// <summary>Opens the files of a split, without a cache.</summary>
    /// <exception cref="UsageException">A value of the configuration is not allowed.</exception>
    /// <exception cref="DataException">The data set is missing or damaged.</exception>
    public ICacheSource OpenFiles(Split split)
    {
        RecordCheck.Require(config, "data");
        var allMasks = config.AllTrainMasks && split == Split.Train;
        return config.Subset == Subset.AVSS
            ? AvssDataset.Open(config.Root, split, allMasks)
            : AvsBenchDataset.Open(config.Root, config.Subset, split, allMasks);
    }

    /// <summary>The names of the classes by number, where the data set has classes and is there; else none.</summary>
    public IReadOnlyList<string> FindClassNames() =>
        config.Subset == Subset.AVSS && AvssLayout.Find(config.Root) is { } layout && File.Exists(layout.ClassesFile)
            ? layout.ReadClasses()
            : [];

    /// <summary>How the cache of a split is made. A score of a part of the clips is no score, so only training clips may be bad.</summary>
    public CacheBuild Build(Split split) => new()
    {
        Embedding = embedding,
        Threads = config.Workers,
        MaxBadClips = split == Split.Train ? config.MaxBadClips : 0,
        Log = Log,
        Progress = Progress ?? NowAndThen(),
        Stop = Stop,
    };

    private Action<int, int> NowAndThen()
    {
        var last = Stopwatch.StartNew();
        return (done, all) =>
        {
            if (last.Elapsed < BetweenReports)
                return;
            last.Restart();
            Log?.Invoke($"cache: {done} of {all} clips");
        };
    }
}
