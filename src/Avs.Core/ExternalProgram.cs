using System.ComponentModel;
using System.Diagnostics;

namespace Avs.Core;

/// <summary>Runs a program of the system and turns its failure into one sentence.</summary>
public static class ExternalProgram
{
    private static readonly Lazy<bool> SetprivSignals = new(() =>
    {
        try
        {
            return Run("setpriv", ["--help"], "/", "setpriv").Contains("--pdeathsig", StringComparison.Ordinal);
        }
        catch (DataException)
        {
            return false;
        }
    });

    /// <summary>Runs a program to its end and returns its standard output.</summary>
    /// <param name="program">The program, looked up on the PATH.</param>
    /// <param name="arguments">Its arguments, passed as they are.</param>
    /// <param name="failure">How the sentence about a failure begins.</param>
    /// <param name="timeout">The program is stopped after this time; null: no limit.</param>
    /// <exception cref="DataException">It failed.</exception>
    /// <exception cref="IOException">The disk was full: ffmpeg prints that and still exits with 0.</exception>
    public static string Run(string program, IEnumerable<string> arguments, string folder, string failure, TimeSpan? timeout = null)
    {
        using var process = Start(program, arguments, folder, failure);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(timeout ?? Timeout.InfiniteTimeSpan))
        {
            process.Kill(entireProcessTree: true);
            throw new DataException($"{failure}: {program} did not end in {timeout!.Value.TotalSeconds:0} s and was stopped");
        }

        ThrowIfDiskFull(errors.Result);
        ThrowIfFailed(process, program, errors.Result, failure);
        return output.Result;
    }

    /// <summary>Runs a program and hands its standard output to a reader, which may stop before the end.</summary>
    public static void Stream(string program, IEnumerable<string> arguments, string failure, Action<Stream> read)
    {
        using var process = Start(program, arguments, Path.GetTempPath(), failure);
        var errors = process.StandardError.ReadToEndAsync();
        var finished = false;
        try
        {
            read(process.StandardOutput.BaseStream);
            finished = process.StandardOutput.BaseStream.ReadByte() < 0;
        }
        finally
        {
            if (!finished)
                process.Kill();
            process.WaitForExit();
        }

        if (finished)
            ThrowIfFailed(process, program, errors.Result, failure);
    }

    /// <summary>
    /// Runs a program to its end and writes to its standard input meanwhile. If the writer fails, the program is stopped.
    /// </summary>
    public static void Feed(string program, IEnumerable<string> arguments, string failure, Action<Stream> write)
    {
        using var process = Start(program, arguments, Path.GetTempPath(), failure, feed: true);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        var written = false;
        try
        {
            try
            {
                write(process.StandardInput.BaseStream);
                process.StandardInput.Close();
                written = true;
            }
            catch (IOException) when (process.WaitForExit(1000) && process.ExitCode != 0)
            {
                // The program ended first: its own message says why.
                written = true;
            }
        }
        finally
        {
            if (!written)
                process.Kill();
            process.WaitForExit();
        }

        output.Wait();
        ThrowIfDiskFull(errors.Result);
        ThrowIfFailed(process, program, errors.Result, failure);
    }

    /// <summary>
    /// A command in a session of its own, which Ctrl-C in the terminal does not reach. It gets a signal when this process, or the thread
    /// that has started it, is no more: whoever is killed leaves nothing running.
    /// </summary>
    /// <param name="signal">Such as `TERM`; on systems whose setpriv is older than that (util-linux before 2.33), none comes.</param>
    public static IReadOnlyList<string> InOwnSession(IEnumerable<string> command, string signal) =>
        SetprivSignals.Value ? ["setsid", "setpriv", "--pdeathsig", signal, .. command] : ["setsid", .. command];

    /// <summary>Starts a program with its output and errors to be read.</summary>
    /// <param name="environment">Variables that it gets besides this process's own.</param>
    public static Process Start(
        string program, IEnumerable<string> arguments, string folder, string failure, bool feed = false,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = feed,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
            info.ArgumentList.Add(argument);
        info.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            info.Environment[name] = value;
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception e)
        {
            throw new DataException($"{failure}: the program {program} is not installed", e);
        }
    }

    private static void ThrowIfDiskFull(string errors)
    {
        const string Full = "No space left on device";
        if (errors.Contains(Full, StringComparison.Ordinal))
            throw new IOException(Full);
    }

    /// <exception cref="DataException">The program, which has ended, failed.</exception>
    public static void ThrowIfFailed(Process process, string program, string errors, string failure)
    {
        if (process.ExitCode == 0)
            return;
        var line = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .LastOrDefault(l => !l.StartsWith("W:", StringComparison.Ordinal));
        // A program that a signal ended, such as 11 for a crash, prints no message about it.
        var how = process.ExitCode > 128 ? $"was ended by signal {process.ExitCode - 128}"
            : line is null ? $"ended with code {process.ExitCode}"
            : $"says '{line}'";
        throw new DataException($"{failure}: {program} {how}");
    }
}
