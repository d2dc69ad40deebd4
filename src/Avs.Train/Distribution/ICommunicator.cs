using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace Avs.Train.Distribution;

/// <summary>
/// One of several workers that train one model together: processes over MPI, or threads of one process. All of them call the same
/// functions in the same order; each call ends when the data are there.
/// </summary>
public interface ICommunicator
{
    /// <summary>Which worker this is, from 0. The first one writes the run's folder.</summary>
    int Rank { get; }

    /// <summary>How many there are.</summary>
    int Size { get; }

    /// <summary>How long this worker has been busy with communication so far, waiting for the others included.</summary>
    TimeSpan Spent { get; }

    /// <summary>Begins to replace values by their sum over all workers, in the order of the ranks or as MPI orders it.</summary>
    /// <param name="values">Contiguous float32 or float64 in the CPU's memory; not to be touched before the end.</param>
    /// <returns>Waits for the end.</returns>
    Action BeginSum(Tensor values);

    /// <summary>Replaces values by those of one worker.</summary>
    /// <param name="values">Contiguous, in the CPU's memory, of one size everywhere.</param>
    /// <param name="root">Whose.</param>
    void Broadcast(Tensor values, int root = 0);
}

/// <summary>The others, or the network to them, are gone or answer with an error.</summary>
public sealed class CommunicationException(string message) : Exception(message);

/// <summary>A worker without others.</summary>
public sealed class SingleProcess : ICommunicator
{
    public static readonly SingleProcess Instance = new();

    private SingleProcess() { }

    public int Rank => 0;

    public int Size => 1;

    public TimeSpan Spent => TimeSpan.Zero;

    public Action BeginSum(Tensor values) => () => { };

    public void Broadcast(Tensor values, int root = 0) { }
}

/// <summary>What follows from sums and broadcasts.</summary>
public static class Communication
{
    /// <summary>Replaces values by their sum over all workers.</summary>
    public static void Sum(this ICommunicator workers, Tensor values) => workers.BeginSum(values)();

    /// <summary>The sums of numbers over all workers.</summary>
    public static double[] Sum(this ICommunicator workers, params double[] values)
    {
        if (workers.Size == 1)
            return values;
        using var shared = tensor(values);
        workers.Sum(shared);
        return shared.data<double>().ToArray();
    }

    /// <summary>Whether a condition holds anywhere.</summary>
    public static bool Any(this ICommunicator workers, bool condition) => workers.Sum(condition ? 1.0 : 0)[0] > 0;

    /// <summary>The first worker's number, for what all must decide alike.</summary>
    public static double FromFirst(this ICommunicator workers, double value) => workers.Sum(workers.Rank == 0 ? value : 0)[0];

    /// <summary>The first worker's text.</summary>
    /// <param name="text">Asked of the first worker only.</param>
    public static string FromFirst(this ICommunicator workers, Func<string> text) =>
        Encoding.UTF8.GetString(workers.Gather(workers.Rank == 0 ? Encoding.UTF8.GetBytes(text()) : [])[0]);

    /// <summary>Every worker's bytes, in the order of the ranks.</summary>
    public static byte[][] Gather(this ICommunicator workers, byte[] own)
    {
        var lengths = new double[workers.Size];
        lengths[workers.Rank] = own.Length;
        lengths = workers.Sum(lengths);
        var all = new byte[workers.Size][];
        for (var rank = 0; rank < all.Length; rank++)
        {
            all[rank] = rank == workers.Rank ? own : new byte[(int)lengths[rank]];
            if (all[rank].Length == 0 || workers.Size == 1)
                continue;
            using var shared = tensor(all[rank]);
            workers.Broadcast(shared, rank);
            shared.bytes.CopyTo(all[rank]);
        }
        return all;
    }

    /// <summary>Every worker's names, each once.</summary>
    public static IReadOnlyList<string> Gather(this ICommunicator workers, IEnumerable<string> names) =>
        [.. workers.Gather(Encoding.UTF8.GetBytes(string.Join('\n', names))).SelectMany(part => Encoding.UTF8.GetString(part).Split('\n'))
            .Where(name => name.Length > 0).Distinct()];

    /// <summary>Ends when all have come here.</summary>
    public static void Barrier(this ICommunicator workers) => workers.Sum(0.0);

    /// <summary>
    /// Work that the first worker does before the others do it, such as making a file that all then read. The others hear now and then that
    /// it still works, however long it takes.
    /// </summary>
    public static T FirstThenOthers<T>(this ICommunicator workers, Func<T> work)
    {
        if (workers.Size == 1)
            return work();
        var first = workers.Rank == 0 ? Task.Run(work) : null;
        while (workers.Any(first is { IsCompleted: false }))
            ((IAsyncResult?)first)?.AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(1));
        return first is null ? work() : first.GetAwaiter().GetResult();
    }

    /// <summary>Replaces tensors by the first worker's, wherever they lie.</summary>
    public static void BroadcastAll(this ICommunicator workers, IEnumerable<Tensor> tensors)
    {
        if (workers.Size == 1)
            return;
        using var untracked = no_grad();
        foreach (var one in tensors)
        {
            using var scope = NewDisposeScope();
            var copy = one.detach().cpu().contiguous().clone();
            workers.Broadcast(copy);
            one.copy_(copy);
        }
    }

    internal static ref byte Memory(Tensor values) => ref MemoryMarshal.GetReference(values.bytes);
}
