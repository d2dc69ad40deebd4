using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Distribution;

/// <summary>
/// The processes that mpirun, mpiexec or srun has started. Everything is sent without blocking and waited for, so that a process which
/// hears nothing from the others ends with a sentence instead of waiting for ever.
/// </summary>
public sealed class MpiCommunicator : ICommunicator, IDisposable
{
    private const string PatienceVariable = "AVS_MPI_TIMEOUT";
    private static readonly TimeSpan UsualPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(0.5);

    private readonly MpiLibrary.Constants mpi;
    private readonly TimeSpan patience;
    private volatile bool endsSoon;
    private long ticks;

    private MpiCommunicator(MpiLibrary.Constants mpi, int rank, int size, TimeSpan patience) =>
        (this.mpi, Rank, Size, this.patience) = (mpi, rank, size, patience);

    /// <summary>Whether this process was started as one of several.</summary>
    public static bool IsStarted => StartedSize is not null;

    /// <summary>
    /// Whether Open MPI's mpirun started it. Where that is told to end, or loses a host, its daemons send their processes SIGTERM and, a
    /// second later, SIGKILL.
    /// </summary>
    public static bool IsStartedByOpenMpi => Variable("OMPI_COMM_WORLD_SIZE") is not null;

    /// <summary>The number of this process as the program says that started it; null where it does not.</summary>
    public static int? StartedRank => Number("OMPI_COMM_WORLD_RANK") ?? Number("PMI_RANK") ?? Number("PMIX_RANK") ?? Number("SLURM_PROCID");

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>How this process calls itself in a sentence.</summary>
    public string Name => $"process {Rank} of {Size} on {Environment.MachineName}";

    /// <inheritdoc/>
    public TimeSpan Spent => Stopwatch.GetElapsedTime(0, ticks);

    /// <summary>Joins the other processes. Once in a process; at the end of it, <see cref="Dispose"/> or <see cref="Abort"/>.</summary>
    /// <exception cref="CommunicationException">MPI's library is missing, or is not the one that started the processes.</exception>
    public static MpiCommunicator Join()
    {
        var mpi = MpiLibrary.Load(IsStartedByOpenMpi);
        if (MpiLibrary.InitThread(0, 0, MpiLibrary.Serialized, out var provided) is not 0 and var failed)
            throw new CommunicationException($"MPI cannot be started: {MpiLibrary.Describe(failed)}");
        if (provided < MpiLibrary.Serialized)
            throw new CommunicationException("this MPI library was built without support for threads (MPI_THREAD_SERIALIZED)");
        _ = MpiLibrary.SetErrorHandler(mpi.World, mpi.ErrorsReturn);
        _ = MpiLibrary.Rank(mpi.World, out var rank);
        _ = MpiLibrary.Size(mpi.World, out var size);
        // Each would train the whole for itself, and all would write.
        if (StartedSize is { } started && started != size)
        {
            throw new CommunicationException(
                $"{started} processes were started, but MPI's library sees {size}: it is not the one of the program that started them; "
                + "name its file in AVS_MPI, or start them by its own mpirun, or by srun --mpi=pmix (Open MPI) or --mpi=pmi2 (MPICH)");
        }
        return new MpiCommunicator(mpi, rank, size, Patience());
    }

    /// <summary>Processes on this machine that were started together, and which of them this is.</summary>
    public static (int Rank, int Size) OnThisMachine => (
        Number("OMPI_COMM_WORLD_LOCAL_RANK") ?? Number("MPI_LOCALRANKID") ?? Number("SLURM_LOCALID") ?? 0,
        Number("OMPI_COMM_WORLD_LOCAL_SIZE") ?? Number("MPI_LOCALNRANKS") ?? TasksOfNode() ?? 1);

    /// <inheritdoc/>
    public Action BeginSum(Tensor values)
    {
        var type = values.dtype switch
        {
            ScalarType.Float32 => mpi.Float,
            ScalarType.Float64 => mpi.Double,
            _ => throw new ArgumentException($"found {values.dtype}, expected float32 or float64", nameof(values)),
        };
        return Begin(values, (ref byte memory, out nint request) =>
            MpiLibrary.BeginAllReduce(mpi.InPlace, ref memory, (int)values.numel(), type, mpi.Sum, mpi.World, out request));
    }

    /// <inheritdoc/>
    public void Broadcast(Tensor values, int root = 0) => Begin(values, (ref byte memory, out nint request) =>
        MpiLibrary.BeginBroadcast(ref memory, (int)(values.numel() * values.element_size()), mpi.Byte, root, mpi.World, out request))();

    /// <summary>
    /// This process is killed in a moment: from now on half a second without a word from the others is the end, while there is time to say
    /// so. Called from any thread.
    /// </summary>
    public void EndSoon() => endsSoon = true;

    /// <summary>Ends all processes; does not return. Where the others cannot be reached any more, this one at least.</summary>
    public void Abort(int code)
    {
        new Thread(() => MpiLibrary.Abort(mpi.World, code)) { IsBackground = true }.Start();
        Thread.Sleep(TimeSpan.FromSeconds(5));
        Process.GetCurrentProcess().Kill();
    }

    /// <summary>Leaves the others, who all do the same.</summary>
    public void Dispose() => _ = MpiLibrary.End();

    private delegate int BeginCall(ref byte memory, out nint request);

    private Action Begin(Tensor values, BeginCall call)
    {
        if (values.device_type != DeviceType.CPU || !values.is_contiguous())
            throw new ArgumentException($"expected a contiguous tensor in the CPU's memory, got {values}", nameof(values));
        var begun = Stopwatch.GetTimestamp();
        Check(call(ref Communication.Memory(values), out var request));
        ticks += Stopwatch.GetTimestamp() - begun;
        return () => Wait(ref request, values);
    }

    // MPI moves data on only while it is called. Others need the processor meanwhile, the longer the more.
    private void Wait(ref nint request, Tensor values)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            Check(MpiLibrary.Test(ref request, out var done, mpi.NoStatus));
            if (done != 0)
                break;
            var waited = Stopwatch.GetElapsedTime(begun);
            if (endsSoon && waited > LastPatience)
            {
                throw new CommunicationException(string.Create(CultureInfo.InvariantCulture,
                    $"{Name} was told to end and had heard nothing from the others for {waited.TotalSeconds:0.0} s"));
            }
            if (waited > patience)
            {
                throw new CommunicationException(string.Create(CultureInfo.InvariantCulture,
                    $"{Name} heard nothing from the others for {patience.TotalSeconds:0} s: one of them, or the network to them, is gone"));
            }
            Thread.Sleep(waited.TotalMilliseconds > 100 ? 1 : 0);
        }
        ticks += Stopwatch.GetTimestamp() - begun;
        GC.KeepAlive(values);
    }

    private void Check(int code)
    {
        if (code != 0)
            throw new CommunicationException($"{Name} cannot reach the others: {MpiLibrary.Describe(code)}");
    }

    private static TimeSpan Patience()
    {
        if (Variable(PatienceVariable) is not { } text)
            return UsualPatience;
        return double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : throw new CommunicationException($"{PatienceVariable}: found '{text}', expected a number of seconds above 0");
    }

    // What mpirun (Open MPI), mpiexec (MPICH) and srun tell the processes; a Slurm batch script has no SLURM_STEP_NUM_TASKS of more than 1.
    private static int? StartedSize => Number("OMPI_COMM_WORLD_SIZE") ?? Number("PMI_SIZE")
        ?? (Number("SLURM_STEP_NUM_TASKS") is > 1 and var tasks ? tasks : null);

    // "2(x3),1": tasks of each node.
    private static int? TasksOfNode() =>
        Variable("SLURM_STEP_TASKS_PER_NODE") is { } text && int.TryParse(text.Split('(', ',')[0], out var tasks) ? tasks : null;

    private static int? Number(string variable) => int.TryParse(Variable(variable), out var number) ? number : null;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name);
}
