using System.Threading.Channels;

namespace Avs.Serve.Jobs;

/// <summary>The jobs of a server: they run one at a time, in the order in which they came. Safe to use from several threads.</summary>
/// <param name="length">Jobs that may wait.</param>
/// <param name="kept">Results that stay; the oldest go.</param>
/// <param name="forgotten">Called with the ids of jobs and videos that nobody can ask for any more.</param>
public sealed class JobQueue(int length, int kept, Action<string> forgotten) : IDisposable
{
    private readonly Channel<Job> waiting = Channel.CreateBounded<Job>(length);
    private readonly SemaphoreSlim places = new(length);
    private readonly List<Job> jobs = []; // oldest first; the lock of both fields
    private Job? running;

    /// <summary>Takes a place for a job that is about to come, so that nobody uploads in vain; false where the queue is full.</summary>
    public bool TryTakePlace() => places.Wait(0);

    /// <summary>Gives back a place for which no job came.</summary>
    public void GiveBackPlace() => places.Release();

    /// <summary>Adds a job, for which a place was taken. False where its video is known no more: then the job is not taken.</summary>
    /// <param name="isNew">Whether it is the video's first.</param>
    public bool TryAdd(Job job, bool isNew)
    {
        lock (jobs)
        {
            if (!isNew && !jobs.Exists(other => other.Video.Id == job.Video.Id))
                return false;
            jobs.Add(job);
        }
        return waiting.Writer.TryWrite(job) ? true : throw new InvalidOperationException("no place was taken for the job");
    }

    public Job? Find(string id)
    {
        lock (jobs)
            return jobs.Find(job => job.Id == id);
    }

    /// <summary>The jobs of a video, oldest first; none where it is not known.</summary>
    public IReadOnlyList<Job> FindOfVideo(string id)
    {
        lock (jobs)
            return jobs.FindAll(job => job.Video.Id == id);
    }

    /// <summary>How many jobs have to begin before this one does, itself included; 0 for one that has begun.</summary>
    public int PositionOf(Job job)
    {
        lock (jobs)
        {
            return job.Status.State == JobState.Queued
                ? jobs.Take(jobs.IndexOf(job) + 1).Count(other => other.Status.State == JobState.Queued)
                : 0;
        }
    }

    /// <summary>Ends a job, if it has not ended, and forgets its result.</summary>
    public void Remove(Job job)
    {
        job.Cancel();
        lock (jobs)
        {
            // What a running one still writes, the worker removes afterwards.
            if (!jobs.Remove(job) || running == job)
                return;
        }
        Forget(job);
    }

    /// <summary>Runs the jobs that come until it is told to stop.</summary>
    /// <param name="work">Runs a job to its end; it does not throw.</param>
    public async Task RunAsync(Action<Job, CancellationToken> work, CancellationToken stop)
    {
        try
        {
            await foreach (var job in waiting.Reader.ReadAllAsync(stop))
            {
                places.Release();
                if (!IsWanted(job, begins: true))
                    continue;
                work(job, stop);
                if (!IsWanted(job, begins: false))
                    Forget(job);
                RemoveOldest();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => places.Dispose();

    private bool IsWanted(Job job, bool begins)
    {
        lock (jobs)
        {
            running = begins ? job : null;
            return jobs.Contains(job);
        }
    }

    private void Forget(Job job)
    {
        forgotten(job.Id);
        if (FindOfVideo(job.Video.Id).Count == 0)
            forgotten(job.Video.Id);
    }

    private void RemoveOldest()
    {
        Job[] old;
        lock (jobs)
        {
            var over = jobs.FindAll(job => job.Status.IsOver);
            old = [.. over.Take(Math.Max(0, over.Count - kept))];
        }
        foreach (var job in old)
            Remove(job);
    }
}
