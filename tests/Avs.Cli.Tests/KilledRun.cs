using System.Diagnostics;
using System.Globalization;
using Avs.Core;

namespace Avs.Cli.Tests;

/// <summary>Where in its work a process is killed.</summary>
public enum KillMoment
{
    /// <summary>Some milliseconds after a step, wherever that is.</summary>
    Step,

    /// <summary>While a file is written beside the one that it is to replace.</summary>
    Save,

    /// <summary>When a validation has begun and nothing of it is written down.</summary>
    Validation,
}

/// <summary>A training that is killed by SIGKILL and continued, again and again.</summary>
/// <param name="arguments">Of `avs train` for a new run; `train.log_every` is 1.</param>
/// <param name="run">The folder that it makes.</param>
/// <param name="steps">All its steps.</param>
/// <param name="validateEvery">Steps between two validations.</param>
internal sealed class KilledRun(string[] arguments, string run, int steps, int validateEvery)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string metrics = Path.Combine(run, "metrics.csv");

    /// <summary>What the processes were doing when they were killed, as the folder shows it.</summary>
    public Dictionary<string, int> Found { get; } = [];

    /// <summary>Trains to the end.</summary>
    /// <param name="kills">How many processes are killed; the first before its first save.</param>
    public void Train(int kills, NamedRandom random)
    {
        for (var kill = 0; kill < kills; kill++)
        {
            // Each a little further on than the one before.
            var from = kill == 0 ? 1 : 1 + (int)((kill + random.NextDouble()) * (steps - 2) / kills);
            KillOnce(kill == 0 ? KillMoment.Step : (KillMoment)random.NextInt(3), from, kill == 0 ? 0 : random.NextInt(25));
        }
        using var last = Start();
        var error = last.StandardError.ReadToEndAsync();
        Assert.True(last.WaitForExit(Patience), "the last process does not end");
        Assert.True(last.ExitCode == 0, error.Result);
    }

    private Process Start() => Process.Start(new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "avs.dll"),
            .. Directory.Exists(run) ? ["train", "--resume", run] : arguments,
        ])
    { RedirectStandardError = true, RedirectStandardOutput = true })!;

    private void KillOnce(KillMoment moment, int fromStep, int milliseconds)
    {
        var before = Written();
        using var process = Start();
        var error = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        var clock = Stopwatch.StartNew();
        while (!process.HasExited && !(Written() is var (step, isValidated) && (step, isValidated) != before && step >= fromStep
            && IsDue(moment, step, isValidated)))
            Assert.True(clock.Elapsed < Patience, $"step {fromStep} does not come");
        if (moment == KillMoment.Step)
            Thread.Sleep(milliseconds);
        var (at, validated) = Written();
        var isWriting = IsWriting();
        process.Kill();
        process.WaitForExit();
        Assert.True(process.ExitCode is 137 or 0, error.Result);
        var found = process.ExitCode == 0 ? "after its end"
            : !File.Exists(Path.Combine(run, "last.state.safetensors")) ? "before its first save"
            : isWriting && IsWriting() ? "in a save"
            : at % validateEvery == 0 && !validated ? "in a validation" : "in a step";
        Found[found] = Found.GetValueOrDefault(found) + 1;
    }

    private bool IsDue(KillMoment moment, int step, bool isValidated) => moment switch
    {
        KillMoment.Save => IsWriting(),
        KillMoment.Validation => step % validateEvery == 0 && !isValidated,
        _ => true,
    };

    private bool IsWriting() => Directory.Exists(run) && Directory.EnumerateFiles(run, "*.safetensors.*.partial").Any();

    // The step of the last line of the metrics, and whether that line is of a validation, whose first figure is not the time.
    private (int Step, bool IsValidated) Written()
    {
        if (!File.Exists(metrics))
            return (0, false);
        using var stream = new FileStream(metrics, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var cells = reader.ReadToEnd().TrimEnd('\n').Split('\n')[^1].Split(',');
        return (int.TryParse(cells[0], CultureInfo.InvariantCulture, out var step) ? step : 0, cells.Length > 1 && cells[1].Length == 0);
    }
}
