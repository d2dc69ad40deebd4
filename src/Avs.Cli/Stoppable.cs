using System.Diagnostics;
using System.Runtime.InteropServices;
using Avs.Core;

namespace Avs.Cli;

/// <summary>A signal asked the program to stop.</summary>
/// <param name="sentence">What the user reads.</param>
/// <param name="exitCode">128 and the signal's number, as shells expect.</param>
internal sealed class StoppedException(string sentence, int exitCode, Exception cause) : AvsException(sentence, cause)
{
    /// <inheritdoc/>
    public override int ExitCode => exitCode;
}

/// <summary>
/// Catches the signals that stop a program: Ctrl-C, SIGTERM, which schedulers send, and SIGHUP, which a closed terminal sends. The first
/// asks the work to stop; the second is left to the system and ends the program at once. What comes within half a second of the first is
/// the same wish: a terminal that closes says it twice, and so does a parent of several threads that is killed.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // SIGUSR1 (10) is what mpirun hands on to the processes that it has started, and what Slurm can send before the time is up.
    private static readonly IReadOnlyList<(PosixSignal Signal, int ExitCode)> Known =
        [(PosixSignal.SIGINT, 130), (PosixSignal.SIGTERM, 143), (PosixSignal.SIGHUP, 129), ((PosixSignal)10, 138)];

    private static readonly TimeSpan SameWish = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource stop = new();
    private readonly List<PosixSignalRegistration> registrations = [];
    private long first; // a time stamp
    private volatile int exitCode;

    /// <param name="onFirst">Called at the first signal.</param>
    public StopSignals(Action? onFirst = null)
    {
        foreach (var (signal, code) in Known)
        {
            registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                var before = Interlocked.CompareExchange(ref first, Stopwatch.GetTimestamp(), 0);
                context.Cancel = before == 0 || Stopwatch.GetElapsedTime(before) < SameWish;
                if (before != 0)
                    return;
                exitCode = code;
                onFirst?.Invoke();
                stop.Cancel();
            }));
        }
    }

    /// <summary>Is cancelled by the first signal.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>128 and the number of the signal that came; 0 before one did.</summary>
    public int ExitCode => exitCode;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        stop.Dispose();
    }
}

/// <summary>Runs work that removes what it has begun when a signal asks the program to stop.</summary>
internal static class Stoppable
{
    /// <param name="sentence">What the user reads when it was stopped.</param>
    /// <param name="work">Gets a token that Ctrl-C, SIGTERM and SIGHUP cancel.</param>
    public static T Run<T>(string sentence, Func<CancellationToken, T> work)
    {
        using var signals = new StopSignals();
        try
        {
            return work(signals.Token);
        }
        catch (Exception e) when (signals.ExitCode != 0 && IsStop(e))
        {
            throw new StoppedException(sentence, signals.ExitCode, e);
        }
    }

    // Ctrl-C reaches the programs that this one has started too, and what they then leave undone looks like bad data.
    private static bool IsStop(Exception e) => e is OperationCanceledException or DataException ||
        (e is AggregateException several && several.InnerExceptions.All(IsStop));
}
