using System.Runtime.InteropServices;

namespace Avs.Cli;

/// <summary>Runs work that cleans up behind itself when the program is told to stop.</summary>
internal static class Stoppable
{
    /// <param name="sentence">What is said when it was stopped.</param>
    /// <param name="work">The work; it is told to stop on Ctrl-C and SIGTERM.</param>
    public static T Run<T>(string sentence, Func<CancellationToken, T> work)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return work(stop.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new OperationCanceledException(sentence, e);
        }
    }
}
