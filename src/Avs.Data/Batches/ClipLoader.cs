using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.Clips;

namespace Avs.Data.Batches;

/// <summary>
/// Goes through a data set in batches, epoch by epoch. Background threads decode clips and build batches ahead.
/// The seed, the epoch and the options decide the batches; the number of threads changes only the speed.
/// </summary>
public sealed class ClipLoader : IDisposable
{
    private readonly IClipDataset dataset;
    private readonly LoaderOptions options;
    private readonly Quarantine quarantine;
    private readonly CancellationTokenSource closing = new();
    private long waitedTicks;

    /// <exception cref="UsageException">An option is out of its range.</exception>
    public ClipLoader(IClipDataset dataset, LoaderOptions options)
    {
        RecordCheck.Require(options);
        this.dataset = dataset;
        this.options = options;
        quarantine = new Quarantine(
            dataset.Clips,
            options.Cache ? new ClipMemory(dataset, options.Batch.ImageSize, options.Batch.FullMasks).Get : dataset.Load,
            options.MaxBadClips);
        BatchesPerEpoch = ClipOrder.Batches(dataset.Clips, options, epoch: 0).Count;
        if (BatchesPerEpoch == 0 && dataset.Clips.Count > 0)
            throw new UsageException($"{dataset.Name}: {dataset.Clips.Count} clips make no whole batch of {options.ClipsPerBatch} for each "
                + $"of {options.WorldSize} process(es)");
    }

    public int BatchesPerEpoch { get; }

    /// <summary>How long the caller has waited for batches so far: what loading adds to training.</summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref waitedTicks));

    /// <summary>The clips that could not be read so far and were set aside, in the table's order.</summary>
    public IReadOnlyList<BadClip> BadClips => quarantine.BadClips;

    /// <summary>The position after so many batches.</summary>
    /// <param name="batches">Batches since the start.</param>
    public LoaderPosition PositionAfter(long batches) =>
        new((int)(batches / Math.Max(1, BatchesPerEpoch)), (int)(batches % Math.Max(1, BatchesPerEpoch)));

    /// <summary>The batches from a position on, epoch after epoch without end. The caller disposes of each.</summary>
    /// <returns>Each batch with the position after it: what to save once the batch is used.</returns>
    /// <exception cref="DataException">A clip cannot be read; thrown when its batch is due.</exception>
    public IEnumerable<(AvsBatch Batch, LoaderPosition After)> From(LoaderPosition position)
    {
        if (BatchesPerEpoch == 0)
            throw new UsageException($"{dataset.Name} has no clips");
        // The threads continue into the next epoch, so that no epoch begins with a pause.
        return Run(EndlessJobs(position)).Select(done => (done.Batch, After(done.Job)));
    }

    /// <summary>The batches of an epoch. The caller disposes of each.</summary>
    /// <param name="epoch">The epoch's number, which decides its order and its random changes.</param>
    /// <param name="firstBatch">How many batches to skip: where a resumed epoch continues.</param>
    /// <exception cref="DataException">A clip cannot be read; thrown when its batch is due.</exception>
    public IEnumerable<AvsBatch> Epoch(int epoch, int firstBatch = 0) => Run(JobsOf(epoch, firstBatch)).Select(done => done.Batch);

    private sealed record Job(int Epoch, int Number, ClipOrder.Share Share);

    private IEnumerable<Job> JobsOf(int epoch, int firstBatch) =>
        ClipOrder.Batches(dataset.Clips, options, epoch).Select((share, number) => new Job(epoch, number, share)).Skip(firstBatch);

    private IEnumerable<Job> EndlessJobs(LoaderPosition position)
    {
        for (; ; position = new(position.Epoch + 1, 0))
        {
            foreach (var job in JobsOf(position.Epoch, position.Batch))
                yield return job;
        }
    }

    private LoaderPosition After(Job job) => job.Number + 1 < BatchesPerEpoch ? new(job.Epoch, job.Number + 1) : new(job.Epoch + 1, 0);

    private IEnumerable<(AvsBatch Batch, Job Job)> Run(IEnumerable<Job> sequence)
    {
        using var jobs = sequence.GetEnumerator();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(closing.Token);
        using var mayStart = new SemaphoreSlim(options.Prefetch); // batches begun and not yet handed over
        var slots = new ConcurrentDictionary<int, (Job? Job, TaskCompletionSource<AvsBatch> Done)>();
        using var begun = new SemaphoreSlim(0); // slots that a thread has taken, the end of the sequence among them
        var taken = 0;
        var ended = false;

        // The next job in the sequence's order; one without a batch to build marks the end.
        (Job? Job, TaskCompletionSource<AvsBatch> Done)? Next()
        {
            lock (jobs)
            {
                if (ended)
                    return null;
                ended = !jobs.MoveNext();
                var job = ended ? null : jobs.Current;
                var slot = (job, new TaskCompletionSource<AvsBatch>(TaskCreationOptions.RunContinuationsAsynchronously));
                slots[taken++] = slot;
                begun.Release();
                return slot;
            }
        }

        void Work()
        {
            try
            {
                while (true)
                {
                    mayStart.Wait(stop.Token);
                    if (Next() is not { Job: { } job } slot)
                        return;
                    try
                    {
                        slot.Done.SetResult(Build(job));
                    }
                    catch (Exception e)
                    {
                        slot.Done.SetException(e);
                        return;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The consumer stopped before the end of the epoch.
            }
        }

        var threads = Enumerable.Range(0, options.Threads)
            .Select(i => new Thread(Work) { IsBackground = true, Name = $"{options.StreamName} {i}" }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        try
        {
            for (var number = 0; ; number++)
            {
                var start = Stopwatch.GetTimestamp();
                begun.Wait(stop.Token);
                var slot = slots[number];
                if (slot.Job is null)
                    break;
                var batch = Take(slot.Done.Task, start, stop.Token);
                slots.TryRemove(number, out _);
                mayStart.Release();
                yield return (batch, slot.Job);
            }
        }
        finally
        {
            stop.Cancel();
            foreach (var thread in threads)
                thread.Join();
            foreach (var (_, done) in slots.Values)
            {
                if (done.Task.IsCompletedSuccessfully)
                    done.Task.Result.Dispose();
                _ = done.Task.Exception; // marks the error of a batch that nobody waits for as seen
            }
        }
    }

    /// <summary>Stops the background threads of every epoch still being read.</summary>
    public void Dispose()
    {
        closing.Cancel();
    }

    private AvsBatch Take(Task<AvsBatch> task, long start, CancellationToken stop)
    {
        try
        {
            task.Wait(stop);
        }
        catch (AggregateException e) when (e.InnerException is not null)
        {
            ExceptionDispatchInfo.Throw(e.InnerException);
        }
        finally
        {
            Interlocked.Add(ref waitedTicks, Stopwatch.GetTimestamp() - start);
        }

        return task.Result;
    }

    private AvsBatch Build(Job job)
    {
        var clips = quarantine.Load(job.Share.Clips, options.PairScenes);
        var firstSlot = job.Share.First;
        NamedRandom Stream(string what, int slot) => new(options.Seed, $"{options.StreamName}/{what}/{job.Epoch}/{job.Number}/{slot}");
        var batch = BatchBuilder.Build(
            clips, options.Batch,
            [.. clips.Select((_, slot) => Stream("picture", options.PairScenes ? (firstSlot + slot) / 2 : firstSlot + slot))],
            [.. clips.Select((_, slot) => Stream("sound", firstSlot + slot))],
            options.PairScenes ? 2 : 1, job.Share.Parts);
        return options.Pin ? batch.Pinned() : batch;
    }
}
