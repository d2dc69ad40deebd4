using System.Diagnostics;
using System.Runtime.InteropServices;
using Avs.Core;
using Avs.Train.Distribution;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>A verb that several processes run together: those that mpirun, mpiexec or srun has started, or this one alone.</summary>
internal static class Processes
{
    private const int UserSignal = 10; // SIGUSR1, which mpirun hands on to its processes; at SIGTERM it kills them

    /// <summary>
    /// Runs the work. Where it fails in one of several processes, that one says why and ends all; what fails in all of them alike, such as
    /// a wrong key, the first one says.
    /// </summary>
    /// <param name="work">Gets the terminal to write to, which only shows what the first process says.</param>
    public static int Run(Terminal terminal, Func<ICommunicator, Terminal, int> work)
    {
        if (!MpiCommunicator.IsStarted)
            return work(SingleProcess.Instance, terminal);
        MpiCommunicator mpi;
        try
        {
            mpi = MpiCommunicator.Join();
        }
        catch (CommunicationException) when (MpiCommunicator.StartedRank > 0)
        {
            return 1; // what all of them lack the first one says
        }
        using var told = MpiCommunicator.IsStartedByOpenMpi
            ? PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => mpi.EndSoon()) : null;
        try
        {
            ShareThreads();
            var code = work(mpi, mpi.Rank == 0 ? terminal : Terminal.Plain(TextWriter.Null, TextWriter.Null));
            mpi.Dispose();
            return code;
        }
        catch (Exception e)
        {
            if (mpi.Rank > 0 && e is not CommunicationException) // which each side must say for itself
                Thread.Sleep(TimeSpan.FromSeconds(1));
            var code = AvsProgram.Report(e, terminal, mpi.Size > 1 && e is not CommunicationException ? mpi.Name : null);
            mpi.Abort(code);
            return code;
        }
    }

    /// <summary>`cuda` as the GPU of a process: of several on a machine, each takes one in turn.</summary>
    public static string OwnDevice(string device) =>
        device == "cuda" && MpiCommunicator.OnThisMachine is { Size: > 1, Rank: var rank } && cuda.device_count() is > 1 and var gpus
            ? $"cuda:{rank % gpus}"
            : device;

    /// <summary>
    /// Starts this program again as several processes, by mpirun, and waits for them. A signal that asks this process to stop is handed on
    /// to all of them as SIGUSR1. A second one ends this process at once, and that is a second SIGUSR1 to them, which ends them.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="arguments">Of each.</param>
    /// <returns>The exit code of the first that failed, or 128 and the number of the signal that stopped them.</returns>
    public static int Start(int count, IEnumerable<string> arguments)
    {
        // Of the terminal's Ctrl-C it is to hear through this process alone, or mpirun would kill the processes.
        var command = ExternalProgram.InOwnSession(["mpirun", "-n", $"{count}", .. AblateCommand.OwnProgram(), .. arguments], "USR1");
        var info = new ProcessStartInfo(command[0], command.Skip(1));
        foreach (var (name, value) in MpirunSettings(count))
            info.Environment.TryAdd(name, value);
        info.Environment["TERM"] = "dumb"; // what mpirun gives its processes looks like a terminal, but cannot be redrawn
        using var mpirun = StartOrExplain(info);
        using var signals = new StopSignals(() => Send(mpirun, UserSignal));
        mpirun.WaitForExit();
        return signals.ExitCode != 0 ? signals.ExitCode : mpirun.ExitCode;
    }

    // By variables, which an MPI of another kind ignores; what the user has set stays.
    private static IEnumerable<(string Name, string Value)> MpirunSettings(int count)
    {
        yield return ("OMP_NUM_THREADS", $"{Math.Max(1, Environment.ProcessorCount / count)}");
        yield return ("OMPI_MCA_rmaps_base_oversubscribe", "1"); // more processes than cores are the user's choice
        yield return ("OMPI_MCA_hwloc_base_binding_policy", "none"); // a process has several threads
        yield return ("OMPI_MCA_orte_execute_quiet", "1"); // our sentence says why
        if (!Environment.IsPrivilegedProcess)
            yield break;
        yield return ("OMPI_ALLOW_RUN_AS_ROOT", "1");
        yield return ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    }

    private static Process StartOrExplain(ProcessStartInfo info)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return folders.Any(folder => File.Exists(Path.Combine(folder, "mpirun"))) ? Process.Start(info)! : throw new CommunicationException(
            "--nproc starts the processes by mpirun, which is not installed; on Debian, as root: apt-get install openmpi-bin");
    }

    // mpirun and srun may have given each process its own cores; where they have not, the processes of a machine divide them.
    private static void ShareThreads()
    {
        var here = MpiCommunicator.OnThisMachine.Size;
        if (here > 1 && Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null && Environment.ProcessorCount == ProcessorsOnline)
            set_num_threads(Math.Max(1, Environment.ProcessorCount / here));
    }

    private static int ProcessorsOnline => (int)SystemSetting(84); // _SC_NPROCESSORS_ONLN

    private static void Send(Process process, int signal)
    {
        if (!process.HasExited)
            _ = Kill(process.Id, signal);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    [DllImport("libc", EntryPoint = "sysconf")]
    private static extern nint SystemSetting(int name);
}
