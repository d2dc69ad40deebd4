using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Avs.Data;

/// <summary>
/// Goes through a data set in batches, epoch by epoch. Background threads decode clips and build batches ahead, up to a bound.
/// Batches follow from the seed, the epoch and the options alone: the number of threads changes nothing but the speed.
/// </summary>
public sealed class ClipLoader : IDisposable
{
    private readonly IClipDataset dataset;
    private readonly LoaderOptions options;
    private readonly ClipCache? cache;
    private readonly CancellationTokenSource closing = new();
    private long waitedTicks;

    /// <summary>Prepares to load; nothing is read yet.</summary>
    /// <exception cref="UsageException">An option makes no sense.</exception>
    public ClipLoader(IClipDataset dataset, LoaderOptions options)
    {
        AtLeastOne("the image size", options.Batch.ImageSize);
        AtLeastOne("the clips a batch", options.ClipsPerBatch);
        AtLeastOne("the loader's threads", options.Threads);
        AtLeastOne("the batches ready ahead", options.Prefetch);
        AtLeastOne("the frames drawn", options.Batch.FramesDrawn ?? 1);
        options.Batch.Augment?.Validated();
        this.dataset = dataset;
        this.options = options;
        cache = options.Cache ? new ClipCache(dataset, options.Batch.ImageSize, options.Batch.FullMasks) : null;
        BatchesPerEpoch = ClipOrder.Batches(dataset.Clips, options, epoch: 0).Count;
    }

    /// <summary>Batches in each epoch.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>How long the consumer has waited for batches so far: what loading costs a training step.</summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref waitedTicks));

    /// <summary>The batches of an epoch, from any of them on. The consumer disposes of each.</summary>
    /// <param name="epoch">The epoch's number, which decides its order and its random changes.</param>
    /// <param name="firstBatch">How many batches to leave out at the start: where a resumed epoch continues.</param>
    /// <exception cref="DataException">A clip cannot be read; thrown when its batch is due.</exception>
    public IEnumerable<AvsBatch> Epoch(int epoch, int firstBatch = 0)
    {
        var batches = ClipOrder.Batches(dataset.Clips, options, epoch);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(closing.Token);
        using var mayStart = new SemaphoreSlim(options.Prefetch); // batches begun and not yet handed over
        var slots = new ConcurrentDictionary<int, TaskCompletionSource<AvsBatch>>();
        TaskCompletionSource<AvsBatch> Slot(int number) => slots.GetOrAdd(number, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        var next = firstBatch - 1;

        void Work()
        {
            try
            {
                while (true)
                {
                    mayStart.Wait(stop.Token);
                    var number = Interlocked.Increment(ref next);
                    if (number >= batches.Count)
                        return;
                    try
                    {
                        Slot(number).SetResult(Build(batches[number], epoch, number));
                    }
                    catch (Exception e)
                    {
                        Slot(number).SetException(e);
                        return;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The consumer stopped before the end of the epoch.
            }
        }

        var threads = Enumerable.Range(0, options.Threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"{options.StreamName} {i}" }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        try
        {
            for (var number = firstBatch; number < batches.Count; number++)
            {
                var batch = Take(Slot(number).Task, stop.Token);
                slots.TryRemove(number, out _);
                mayStart.Release();
                yield return batch;
            }
        }
        finally
        {
            stop.Cancel();
            foreach (var thread in threads)
                thread.Join();
            foreach (var slot in slots.Values)
            {
                if (slot.Task.IsCompletedSuccessfully)
                    slot.Task.Result.Dispose();
                _ = slot.Task.Exception; // an error in a batch that nobody waits for any more
            }
        }
    }

    /// <summary>Stops the background threads of every epoch still being read.</summary>
    public void Dispose()
    {
        closing.Cancel();
    }

    private AvsBatch Take(Task<AvsBatch> task, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
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

    private AvsBatch Build(int[] indices, int epoch, int number)
    {
        var clips = indices.Select(index => cache is null ? dataset.Load(index) : cache.Get(index)).ToArray();
        NamedRandom Stream(string what, int slot) => new(options.Seed, $"{options.StreamName}/{what}/{epoch}/{number}/{slot}");
        return BatchArrays.Build(
            clips, options.Batch,
            [.. clips.Select((_, slot) => Stream("picture", options.PairScenes ? slot / 2 : slot))],
            [.. clips.Select((_, slot) => Stream("sound", slot))],
            options.PairScenes ? 2 : 1);
    }

    private static void AtLeastOne(string what, int value)
    {
        if (value < 1)
            throw new UsageException($"{what}: {value}, expected 1 or more");
    }
}
