using System.Globalization;
using System.Text.RegularExpressions;
using Avs.Core;
using Avs.Core.Formats;

namespace Avs.Train.Runs;

/// <summary>The folder of one training run, `runs/NAME/TIME/`, and the names of what lies in it.</summary>
public sealed partial class RunFolder : IDisposable
{
    internal const string ConfigFile = "config.yaml";

    private RunLock? held;

    private RunFolder(string path) => FullPath = path;

    public string FullPath { get; }

    /// <summary>The experiment with every key.</summary>
    public string ConfigPath => Path.Combine(FullPath, ConfigFile);

    /// <summary>The experiment as it was before its data filled in what it left to them; only where that changed it.</summary>
    public string AskedPath => Path.Combine(FullPath, "asked.yaml");

    /// <summary>What each process that trained in the folder was and ran on.</summary>
    public string EnvironmentPath => Path.Combine(FullPath, "environment.json");

    /// <summary>One line of figures for each logged step.</summary>
    public string MetricsPath => Path.Combine(FullPath, "metrics.csv");

    /// <summary>What was printed during the run.</summary>
    public string LogPath => Path.Combine(FullPath, "log.txt");

    /// <summary>
    /// Where one of several processes that trained together writes why it was cut off from the others: the first in
    /// <see cref="LogPath"/>, each other in a file of its own, `log-RANK.txt`.
    /// </summary>
    public string ProcessLogPath(int rank) => rank == 0 ? LogPath : Path.Combine(FullPath, $"log-{rank}.txt");

    /// <summary>The weights with the best validation score.</summary>
    public string BestPath => Path.Combine(FullPath, "best.safetensors");

    /// <summary>The weights of the last save.</summary>
    public string LastPath => Path.Combine(FullPath, "last.safetensors");

    /// <summary>What else a continued run needs: optimizer, generators, step.</summary>
    public string StatePath => Path.Combine(FullPath, "last.state.safetensors");

    /// <summary>Curves of loss and validation score.</summary>
    public string CurvesPath => Path.Combine(FullPath, "curves.png");

    /// <summary>Pictures of what the best checkpoint makes, of tasks that have any.</summary>
    public string SheetPath => Path.Combine(FullPath, "sheet.png");

    /// <summary>The weights of a run that ended because a loss or gradient was not finite, as they were before that step.</summary>
    public string FaultPath => Path.Combine(FullPath, "fault.safetensors");

    /// <summary>What was at fault then.</summary>
    public string FaultReportPath => Path.Combine(FullPath, "fault.json");

    /// <summary>The figures at the end of the run.</summary>
    public string SummaryPath => Path.Combine(FullPath, "summary.json");

    /// <summary>Makes the folder of a new run, holds it (see <see cref="Lock"/>) and writes its configuration.</summary>
    /// <param name="runs">The folder of all runs.</param>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="name">The run's own name; null names it by the time.</param>
    /// <param name="yaml">The whole experiment.</param>
    /// <param name="asked">The experiment before its data filled in what it left to them; null: the same.</param>
    /// <exception cref="UsageException">A run of that name exists.</exception>
    public static RunFolder Create(string runs, string experiment, string? name, string yaml, DateTime now, string? asked = null)
    {
        var parent = Path.Combine(runs, experiment);
        var time = now.ToString("yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture);
        var path = Path.Combine(parent, name ?? time);
        for (var i = 2; ; i++)
        {
            // Another process may be about to make the same folder: the one that holds it while it has no experiment has made it.
            if (!Directory.Exists(path))
            {
                Directory.CreateDirectory(path);
                var run = new RunFolder(path);
                if (run.TryLock())
                {
                    if (!File.Exists(run.ConfigPath))
                    {
                        if (asked is not null && asked != yaml)
                            AtomicFile.WriteAllText(run.AskedPath, asked);
                        AtomicFile.WriteAllText(run.ConfigPath, yaml); // last: with it the folder is a run's
                        return run;
                    }
                    run.Dispose();
                }
            }
            if (name is not null)
            {
                throw new UsageException(
                    $"the run '{path}' exists already; name another or continue it with --resume {ShellCommand.Quote(path)}");
            }
            path = Path.Combine(parent, $"{time}-{i}");
        }
    }

    /// <summary>Opens the folder of an existing run.</summary>
    /// <exception cref="UsageException">It is not the folder of a run.</exception>
    public static RunFolder Open(string path)
    {
        if (File.Exists(Path.Combine(path, ConfigFile)))
            return new RunFolder(path);
        if (Directory.Exists(path))
            throw new UsageException($"'{path}' is not the folder of a run: it has no {ConfigFile}");
        if (!File.Exists(path))
            throw new UsageException($"there is no folder '{path}', expected the folder of a run");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var instead = File.Exists(Path.Combine(folder, ConfigFile)) ? $"; the run that it lies in is {folder}" : "";
        throw new UsageException($"'{path}' is not the folder of a run: it is {FileKind.Describe(path)}{instead}");
    }

    /// <summary>The folder of a run that another process holds and writes, for those that train with it.</summary>
    internal static RunFolder OfFirst(string path) => new(path) { IsOthers = true };

    /// <summary>Whether another process writes here; then this one must not.</summary>
    public bool IsOthers { get; private init; }

    /// <summary>
    /// Keeps other processes from training in this folder until this one disposes of the run or ends; see <see cref="RunLock"/>. Reading
    /// a run needs no lock.
    /// </summary>
    /// <exception cref="UsageException">Another process trains in it, or nobody may write there.</exception>
    public void Lock()
    {
        if (!TryLock())
        {
            throw new UsageException(
                $"the run '{FullPath}' is being trained by {RunLock.Holder(FullPath)}; wait for its end, or stop it first");
        }
        RemoveLeftovers();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        held?.Dispose();
        held = null;
    }

    private bool TryLock() => (held ??= RunLock.TryTake(FullPath)) is not null;

    // What a process was writing when it was killed. Only this program's names, only of processes that are no more.
    private void RemoveLeftovers()
    {
        foreach (var path in Directory.EnumerateFiles(FullPath, "*.partial"))
        {
            if (Partial().Match(Path.GetFileName(path)) is { Success: true } match && int.TryParse(match.Groups[1].Value, out var process)
                && !IsAlive(process))
                File.Delete(path);
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^(?:(?:config|asked)\.yaml|(?:environment|summary|fault)\.json|metrics\.(?:csv|jsonl)|log\.txt|(?:curves|sheet)\.png|"
        + @"(?:best|best-step_\d+-score_[^/]+|last|last\.state|fault)\.safetensors|events\.out\.tfevents\.[^/]+)\.(\d+)\.partial$")]
    private static partial Regex Partial();
}
