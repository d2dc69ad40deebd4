using System.Diagnostics;
using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Stamps;

/// <summary>
/// Composes AVS-Stamps: short clips of two or three photographed objects moving over a photograph, each with its real sound, in the
/// folder layouts of AVSBench. AVSS-like clips have the class of what sounds as the label of each pixel. In S4 every scene of n objects
/// becomes n clips that share the same frames (hard links) and differ in which object sounds, so that the picture does not tell it. In MS3
/// each second has its own sounding objects, sometimes none.
/// </summary>
public static class StampsComposer
{
    /// <summary>Composes into a new folder, which is renamed into place when it is complete.</summary>
    /// <param name="folder">The folder to make; it may exist if it is empty.</param>
    /// <param name="progress">Called now and then, from any thread.</param>
    /// <param name="cancel">Stops composing and removes what was written.</param>
    /// <exception cref="UsageException">The folder is not empty, or the options ask for nothing.</exception>
    /// <exception cref="DataException">The folder cannot be written, or objects cannot be shown together.</exception>
    public static ComposeReport Compose(
        string folder, StampParts parts, ComposeOptions options, Action<ComposeProgress>? progress =
            null, CancellationToken cancel = default)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        OutputFolder.RequireEmpty(folder);
        var jobs = new[] { (Subset.S4, options.S4), (Subset.MS3, options.MS3), (Subset.AVSS, options.AVSS) }
            .Where(s => s.Item2 is not null).SelectMany(s => SceneJob.All(s.Item1, s.Item2!)).ToArray();
        if (jobs.Length == 0)
            throw new UsageException("nothing to compose: no scene of S4, MS3 or AVSS is asked for");
        if (parts.Objects.Count < 2)
            throw new UsageException("a scene needs at least two kinds of object");
        if (jobs.Any(j => j.Unheard) && parts.Objects.Count(o => o.SecondRecordings.Count > 0) < 2)
            throw new UsageException("test scenes with unheard recordings need at least two objects that have a second recording");

        var clock = Stopwatch.StartNew();
        var count = 0;
        ComposedFolder.Make(folder, temporary =>
        {
            var clips = ComposeAll(temporary, parts, options, jobs, progress, clock, cancel);
            foreach (var subset in clips.GroupBy(c => c.Job.Subset))
                StampsTables.Write(temporary, subset.Key, [.. subset], [.. parts.Objects.Select(item => item.Name)]);
            CreditsFile.Write(temporary, parts, options);
            count = clips.Count;
        });
        return new ComposeReport(folder, count, clock.Elapsed);
    }

    private static List<ComposedClip> ComposeAll(
        string folder, StampParts parts, ComposeOptions options, SceneJob[] jobs, Action<ComposeProgress>? progress, Stopwatch clock,
            CancellationToken cancel)
    {
        var clips = new IReadOnlyList<ComposedClip>[jobs.Length];
        var done = 0;
        try
        {
            var workers = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancel };
            Parallel.For(0, jobs.Length, workers, i =>
            {
                var random = new NamedRandom(options.Seed, $"stamps/{jobs[i].Subset}/{jobs[i].SplitName}/{jobs[i].Id}");
                var scene = SceneRenderer.Render(random, Choose(random, parts, jobs[i], options), parts.Backgrounds(jobs[i].Split),
                    jobs[i].Frames);
                clips[i] = jobs[i].Subset switch
                {
                    Subset.S4 => S4Scene.Write(folder, jobs[i], scene, random, options.LabelAllTrainFrames),
                    Subset.MS3 => [MS3Scene.Write(folder, jobs[i], scene, random)],
                    _ => [AvssScene.Write(folder, jobs[i], scene, random, parts.Objects, options.LabelAllTrainFrames)],
                };
                progress?.Invoke(new ComposeProgress(Interlocked.Increment(ref done), jobs.Length, clock.Elapsed));
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.FirstOrDefault(x => x is AvsException or IOException
            or UnauthorizedAccessException) is { } cause)
        {
            throw cause is AvsException ? cause : new IOException(cause.Message, e);
        }

        return [.. clips.SelectMany(c => c)];
    }

    /// <summary>Draws the different objects of a scene, farthest first.</summary>
    private static LoadedObject[] Choose(NamedRandom random, StampParts parts, SceneJob job, ComposeOptions options)
    {
        var pool = parts.Objects.Where(o => !job.Unheard || o.SecondRecordings.Count > 0).ToArray();
        var count = Math.Min(pool.Length, random.Chance(options.ThreeObjects) ? 3 : 2);
        random.Shuffle(pool.AsSpan());
        return pool[..count];
    }
}
