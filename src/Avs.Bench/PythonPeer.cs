using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Avs.Bench;

/// <summary>A running Python program of the folder Python: it answers each line that it gets with one number.</summary>
internal sealed class PythonPeer : IDisposable
{
    private const string Ready = "ready";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Process process;

    private PythonPeer(Process process) => this.process = process;

    /// <summary>Starts a program with the first interpreter that has the packages it imports; null where there is none.</summary>
    /// <param name="program">The program's file, such as `clips.py`. It prints "ready" when it is.</param>
    /// <param name="argument">Its one argument.</param>
    /// <param name="input">The first line that it reads; null for none.</param>
    public static PythonPeer? Start(IEnumerable<string> pythons, string program, int argument, string? input = null) =>
        pythons.Select(python => Start(python, ReadProgram(program), argument, input)).FirstOrDefault(peer => peer is not null);

    /// <summary>The interpreters of a machine, in the order in which they are tried.</summary>
    public static IReadOnlyList<string> Interpreters { get; } = ["python3", "/usr/bin/python3"];

    /// <summary>Sends a line and returns the number that comes back.</summary>
    public double Ask(string line)
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"Python stopped while it worked on '{line}'");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(Patience))
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private static string ReadProgram(string file)
    {
        using var text = new StreamReader(typeof(PythonPeer).Assembly.GetManifestResourceStream(file)!);
        return text.ReadToEnd();
    }

    private static PythonPeer? Start(string python, string program, int argument, string? input)
    {
        var start = new ProcessStartInfo(python, ["-c", program, argument.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { }; // read, so that it never blocks on a full pipe
            process.BeginErrorReadLine();
            if (input is not null)
            {
                process.StandardInput.WriteLine(input);
                process.StandardInput.Flush();
            }
            if (process.StandardOutput.ReadLine() == Ready)
                return new PythonPeer(process);
            process.Dispose(); // a package is missing: it has ended by itself
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            // There is no such program, or it ended before it read anything.
        }
        return null;
    }
}
