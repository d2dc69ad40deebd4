using System.Diagnostics;
using static TorchSharp.torch;

namespace Avs.Train.Distribution;

/// <summary>
/// Threads of one process as workers, and, where the process is one of several, the threads of all of them: the sum over the threads is
/// added up over the processes. Sums are made in the order of the ranks, so they do not depend on which thread comes first.
/// </summary>
public sealed class ThreadCommunicator : ICommunicator
{
    private readonly Group group;
    private readonly int thread;
    private long ticks;

    private ThreadCommunicator(Group group, int thread) => (this.group, this.thread) = (group, thread);

    /// <summary>One communicator for each of some threads.</summary>
    /// <param name="threads">How many.</param>
    /// <param name="processes">The processes that each have as many threads; null: only this one.</param>
    public static IReadOnlyList<ThreadCommunicator> Create(int threads, ICommunicator? processes = null)
    {
        var group = new Group(threads, processes ?? SingleProcess.Instance);
        return [.. Enumerable.Range(0, threads).Select(i => new ThreadCommunicator(group, i))];
    }

    /// <inheritdoc/>
    public int Rank => group.Processes.Rank * group.Threads + thread;

    /// <inheritdoc/>
    public int Size => group.Processes.Size * group.Threads;

    /// <inheritdoc/>
    public TimeSpan Spent => Stopwatch.GetElapsedTime(0, ticks);

    /// <summary>Ends what the other threads wait for, with an <see cref="OperationCanceledException"/>: this one will not come.</summary>
    public void GiveUp() => group.Over.Cancel();

    /// <inheritdoc/>
    public Action BeginSum(Tensor values)
    {
        Exchange(values, given =>
        {
            foreach (var other in given.Skip(1))
                given[0].add_(other);
            group.Processes.Sum(given[0]);
        }, from: 0);
        return () => { };
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor values, int root = 0)
    {
        var (process, local) = (root / group.Threads, root % group.Threads);
        Exchange(values, given => group.Processes.Broadcast(given[local], process), local);
    }

    // Everyone gives a tensor, the first thread works on them, everyone takes the result.
    private void Exchange(Tensor values, Action<Tensor[]> work, int from)
    {
        var begun = Stopwatch.GetTimestamp();
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        group.Given[thread] = values;
        group.Meet();
        if (thread == 0)
            group.Try(() => work(group.Given));
        group.Meet();
        if (thread != from)
            values.copy_(group.Given[from]);
        group.Meet(); // before somebody changes what is being copied
        ticks += Stopwatch.GetTimestamp() - begun;
    }

    private sealed class Group(int threads, ICommunicator processes)
    {
        private readonly Barrier barrier = new(threads);

        public int Threads => threads;

        public ICommunicator Processes => processes;

        public Tensor[] Given { get; } = new Tensor[threads];

        public CancellationTokenSource Over { get; } = new();

        public void Meet() => barrier.SignalAndWait(Over.Token);

        // Should it fail here, the others must not wait.
        public void Try(Action work)
        {
            try
            {
                work();
            }
            catch
            {
                Over.Cancel();
                throw;
            }
        }
    }
}
