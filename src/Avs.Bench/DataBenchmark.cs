using System.Diagnostics;
using System.Text.Json;
using Avs.Core;
using Avs.Data.Cache;
using Avs.Data.Clips;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Bench;

/// <summary>How loading is measured.</summary>
/// <param name="Clips">Most clips that a round decodes, each with pictures of its own.</param>
/// <param name="Rounds">Rounds; the median counts.</param>
/// <param name="Steps">Training steps in which the wait for batches is measured; 0 for none.</param>
/// <param name="ComparePython">Whether to compare with Python.</param>
public sealed record DataBenchmarkOptions(int Clips = 96, int Rounds = 5, int Steps = 20, bool ComparePython = true)
{
    /// <summary>Gets a line about each measurement as it begins.</summary>
    public Action<string>? Report { get; init; }
}

/// <summary>How fast clips come.</summary>
/// <param name="Name">From where: `files_cold`, `files_warm`, `cache_cold`, `cache`, and the same in Python.</param>
/// <param name="Workers">Threads (in Python: processes) that decode.</param>
/// <param name="ClipsPerSecond">Decoded clips a second.</param>
/// <param name="MegabytesPerSecond">Megabytes of files read a second.</param>
public sealed record DataRow(string Name, int Workers, double ClipsPerSecond, double MegabytesPerSecond);

/// <summary>What loading costs a training step.</summary>
/// <param name="StepSeconds">A step of forward and backward pass, with the wait.</param>
/// <param name="WaitSeconds">How long of it was spent waiting for the batch.</param>
public sealed record LoaderCost(double StepSeconds, double WaitSeconds)
{
    /// <summary>The wait's share of the step.</summary>
    public double Share => WaitSeconds / StepSeconds;
}

/// <param name="Dataset">The data set, and how many clips of it were taken.</param>
/// <param name="Cold">How files were made cold.</param>
/// <param name="Rows">A row for each source and number of workers.</param>
/// <param name="Loader">What loading costs a training step; null where it was not measured.</param>
public sealed record DataBenchmarkReport(string Dataset, string Cold, IReadOnlyList<DataRow> Rows, LoaderCost? Loader)
{
    /// <summary>How many times as many clips a second the cache gives as cold files, with one worker each.</summary>
    public double CacheOverCold => ClipsPerSecond("cache") / ClipsPerSecond("files_cold");

    private double ClipsPerSecond(string name) => Rows.First(row => row.Name == name && row.Workers == 1).ClipsPerSecond;
}

/// <summary>
/// Measures how fast clips come from files and from a cache, cold and warm, with one thread and with two, beside the same work in Python.
/// All take turns, so that whatever else the machine is doing disturbs them alike.
/// </summary>
public static class DataBenchmark
{
    private const int BatchesInMemory = 4, PythonProcesses = 2;

    /// <param name="experiment">The experiment whose data set and training step are measured.</param>
    /// <param name="device">Where the step computes.</param>
    /// <exception cref="DataException">The data set is missing or damaged.</exception>
    public static DataBenchmarkReport Run(SegmentationExperiment experiment, Device device, DataBenchmarkOptions options)
    {
        var files = new ExperimentData(experiment.Task.Data with { Cache = "none" }, null).OpenFiles(Split.Train);
        var chosen = DistinctPictures(files, options.Clips);
        var folder = Directory.CreateTempSubdirectory("avs-bench-data-").FullName;
        try
        {
            options.Report?.Invoke($"making a cache of {chosen.Clips.Count} clips of {files.Name}");
            var caches = new ClipCache(folder);
            using var cache = caches.OpenOrBuild(chosen, new CacheBuild { Threads = Environment.ProcessorCount });
            var clips = Enumerable.Range(0, chosen.Clips.Count).Select(i => ClipFiles.From(chosen, i)).ToArray();
            string[] paths = [.. clips.SelectMany(clip => clip.All())];
            using var python = options.ComparePython ? StartPython(clips) : null;

            var bytes = paths.Sum(path => new FileInfo(path).Length);
            List<Source> sources = [];
            foreach (var workers in new[] { 1, 2 })
            {
                sources.Add(new("files_cold", workers, bytes, paths, () => Time(chosen, workers)));
                sources.Add(new("files_warm", workers, bytes, [], () => Time(chosen, workers)));
                sources.Add(new("cache_cold", workers, cache.Length, [cache.Path], () => Time(cache, workers)));
                sources.Add(new("cache", workers, cache.Length, [], () => Time(cache, workers)));
            }
            if (python is not null)
            {
                sources.Add(new("python_cold", PythonProcesses, bytes, paths, () => python.Ask("go")));
                sources.Add(new("python_warm", PythonProcesses, bytes, [], () => python.Ask("go")));
            }

            options.Report?.Invoke($"decoding {clips.Length} clips in {options.Rounds} rounds");
            var rows = Measure(sources, clips.Length, options.Rounds);
            var loader = options.Steps > 0 ? MeasureStep(experiment, files, device, options) : null;
            return new DataBenchmarkReport($"{files.Name}, {clips.Length} clips", PageCache.Method, rows, loader);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static PythonPeer? StartPython(IReadOnlyList<ClipFiles> clips)
    {
        var list = JsonSerializer.Serialize(clips, BenchJsonContext.Default.IReadOnlyListClipFiles);
        return PythonPeer.Start(PythonPeer.Interpreters, "clips.py", PythonProcesses, list);
    }

    private sealed record Source(string Name, int Workers, long Bytes, string[] Forget, Func<double> Seconds);

    private static IReadOnlyList<DataRow> Measure(List<Source> sources, int clips, int rounds)
    {
        var seconds = sources.ConvertAll(_ => new List<double>());
        foreach (var source in sources) // the first run compiles the code, and checks files that are checked at their first reading
            source.Seconds();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < sources.Count; i++)
            {
                PageCache.Forget(sources[i].Forget); // so the source after a cold one finds its files warm
                seconds[i].Add(sources[i].Seconds());
            }
        }

        return [.. sources.Select((source, i) =>
        {
            seconds[i].Sort();
            var median = seconds[i][seconds[i].Count / 2];
            return new DataRow(source.Name, source.Workers, clips / median, source.Bytes / 1e6 / median);
        })];
    }

    private static double Time(IClipDataset dataset, int workers)
    {
        var next = -1;
        void Work()
        {
            for (int i; (i = Interlocked.Increment(ref next)) < dataset.Clips.Count;)
                dataset.Load(i);
        }

        var start = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, workers).Select(_ => new Thread(Work)).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // The first pass over the clips, which decodes them, is not measured: a run makes one, and then hundreds from memory or the cache.
    private static LoaderCost MeasureStep(
        SegmentationExperiment experiment, IClipDataset files, Device device, DataBenchmarkOptions options)
    {
        options.Report?.Invoke($"training steps of {experiment.Task.Model.Name}: the wait for batches");
        // A few batches' clips are enough: what comes from memory costs the same however many there are.
        var count = Math.Min(files.Clips.Count, BatchesInMemory * experiment.Task.Data.BatchClips);
        var some = new ClipSubset(files, [.. Enumerable.Range(0, count)]);
        using var task = new SegmentationTask(experiment, some, some, device);
        task.Model.train();
        var (begun, waited) = (0L, TimeSpan.Zero);
        var step = 0;
        var first = task.BatchesPerEpoch + 2;
        foreach (var batch in task.Batches(0).Take(first + options.Steps))
        {
            if (step == first)
                (begun, waited) = (Stopwatch.GetTimestamp(), task.WaitedForBatches);
            using (batch)
                task.Backward(batch, progress: 0.5);
            step++;
        }

        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return new LoaderCost(seconds / options.Steps, (task.WaitedForBatches - waited).TotalSeconds / options.Steps);
    }

    // One clip of each scene: the others' pictures are the same files, which would be warm when the second is read.
    private static PartOfSource DistinctPictures(ICacheSource source, int most)
    {
        var seen = new HashSet<string>();
        var firsts = Enumerable.Range(0, source.Clips.Count).Where(i => seen.Add(source.Clips[i].Scene ?? $"\0{i}"));
        return new PartOfSource(source, [.. firsts.Take(most)]);
    }

    private sealed class PartOfSource(ICacheSource whole, int[] chosen) : ICacheSource
    {
        public string Name => whole.Name;

        public int FramesPerClip => whole.FramesPerClip;

        public IReadOnlyList<ClipInfo> Clips { get; } = [.. chosen.Select(i => whole.Clips[i])];

        public IReadOnlyList<string> Classes => whole.Classes;

        public string CacheName => whole.CacheName;

        public string Root => whole.Root;

        public string Settings => whole.Settings;

        public IEnumerable<string> FilesOf(int index) => whole.FilesOf(chosen[index]);

        public Clip Load(int index) => whole.Load(chosen[index]);
    }
}
