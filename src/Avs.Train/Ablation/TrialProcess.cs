using System.Diagnostics;
using System.Runtime.InteropServices;
using Avs.Core;

namespace Avs.Train.Ablation;

/// <summary>
/// This program in a process of its own, so that a crash ends one trial only. It does not belong to the terminal: Ctrl-C reaches it through
/// this process alone, once.
/// </summary>
internal static class TrialProcess
{
    private const int Terminate = 15; // SIGTERM

    /// <summary>Runs it to its end.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Variables that it gets besides this process's own.</param>
    /// <param name="onLine">Takes each line of progress.</param>
    /// <param name="stop">Asks it to finish its step, save and end.</param>
    /// <returns>Its exit code; the sentence of its error, where it ended with one.</returns>
    public static (int ExitCode, string? Error) Run(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, Action<string> onLine, CancellationToken stop)
    {
        const string Error = "error: ";
        string? error = null;
        var started = ExternalProgram.InOwnSession(command, "TERM");
        using var process = ExternalProgram.Start(
            started[0], started.Skip(1), Environment.CurrentDirectory, "a trial cannot be started", environment: environment);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { Length: > 0 } text)
                return;
            if (text.StartsWith(Error, StringComparison.Ordinal))
                error = text[Error.Length..];
            else
                onLine(text);
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        using (stop.Register(() => Stop(process)))
            process.WaitForExit();
        return (process.ExitCode, error ?? Describe(process.ExitCode));
    }

    private static string? Describe(int exitCode) => exitCode switch
    {
        0 => null,
        > 128 => $"its process was ended by signal {exitCode - 128}",
        _ => $"its process ended with code {exitCode}",
    };

    private static void Stop(Process process)
    {
        if (!process.HasExited)
            _ = Kill(process.Id, Terminate);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
