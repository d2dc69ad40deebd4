using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Avs.Core;
using Avs.Train.Experiments;

namespace Avs.Train.Ablation;

/// <summary>Where and how the trials of a matrix are trained.</summary>
/// <param name="Program">What starts this program: its path, and arguments that come before the verb.</param>
/// <param name="Runs">The folder of all runs.</param>
/// <param name="Device">Where to compute, as `avs train --device` takes it.</param>
/// <param name="Jobs">Trials at a time.</param>
public sealed record SweepOptions(IReadOnlyList<string> Program, string Runs, string Device = "cpu", int Jobs = 1);

/// <summary>Follows a sweep; called from several threads.</summary>
public interface ISweepListener
{
    /// <summary>How far a trial is.</summary>
    /// <param name="done">Steps done.</param>
    /// <param name="all">All its steps.</param>
    void Advanced(Trial trial, long done, long all, string text);

    /// <summary>Something worth a line of its own.</summary>
    void Log(string sentence);
}

/// <summary>A trial that could not be finished, and why.</summary>
public sealed record FailedTrial(Trial Trial, string Sentence);

/// <summary>
/// Trains the trials of a matrix, each as a run of its own in a process of its own: finished ones are left as they are, interrupted ones go
/// on, missing ones begin. After each the table is written.
/// </summary>
public sealed partial class Sweep(AblationMatrix matrix, SweepOptions options, ExperimentReader experiments)
{
    private readonly Lock table = new();

    /// <summary>The folder of the trials' runs and of the table.</summary>
    public string Folder { get; } = Path.Combine(options.Runs, matrix.Name);

    /// <summary>How far each trial is.</summary>
    public IReadOnlyList<(Trial Trial, TrialState State)> ReadStates() => [.. matrix.Trials.Select(trial => (trial, ReadState(trial)))];

    /// <summary>Refuses a folder in which a run is of another experiment than the matrix asks for.</summary>
    /// <exception cref="UsageException">One is.</exception>
    public void RequireUnchanged(IEnumerable<(Trial Trial, TrialState State)> states)
    {
        if (states.FirstOrDefault(entry => entry.State.Status == TrialStatus.Changed) is { Trial: { } trial, State: var state })
        {
            throw new UsageException($"the run '{FolderOf(trial)}' {state.Words}; move the folder away, give {matrix.File} another name, "
                + "or choose another folder with --runs");
        }
    }

    /// <summary>Trains what is not finished.</summary>
    /// <param name="trials">Those of the matrix that are wanted.</param>
    /// <param name="stop">Asks the trials in training to finish their step and save; no other begins.</param>
    /// <returns>Those that failed.</returns>
    public IReadOnlyList<FailedTrial> Run(IReadOnlyList<Trial> trials, ISweepListener listener, CancellationToken stop)
    {
        Directory.CreateDirectory(Folder);
        var failed = new ConcurrentBag<FailedTrial>();
        // The processes that train some may have ended meanwhile: what they left is measured, or goes on.
        foreach (var trial in Pass(Pass(trials)).Where(_ => !stop.IsCancellationRequested))
            listener.Log($"{trial.Name} {ReadState(trial).Words}: the table is without it until the same command is given again");
        return [.. matrix.Trials.SelectMany(trial => failed.Where(failure => failure.Trial.Name == trial.Name))];

        IReadOnlyList<Trial> Pass(IReadOnlyList<Trial> wanted)
        {
            var (left, elsewhere) = (new ConcurrentQueue<Trial>(wanted), new ConcurrentQueue<Trial>());
            void Work()
            {
                while (!stop.IsCancellationRequested && left.TryDequeue(out var trial))
                {
                    if (Train(trial, listener, elsewhere.Enqueue, stop) is { } sentence)
                    {
                        failed.Add(new FailedTrial(trial, sentence));
                        listener.Log($"{trial.Name} failed: {sentence}");
                    }
                    lock (table)
                        AblationTable.Read(matrix, Folder).Write(Folder, listener.Log);
                }
            }
            Task.WaitAll([.. Enumerable.Range(0, options.Jobs).Select(_ => Task.Run(Work, CancellationToken.None))]);
            return [.. elsewhere];
        }
    }

    // Why it failed; null where it did not, was stopped, or is another process's.
    private string? Train(Trial trial, ISweepListener listener, Action<Trial> isElsewhere, CancellationToken stop)
    {
        try
        {
            var (folder, state) = (FolderOf(trial), ReadState(trial));
            var whole = Math.Max(1, state.Step);
            Show(state.Status == TrialStatus.Finished ? whole : 0, whole, state.Words);
            switch (state.Status)
            {
                case TrialStatus.Finished:
                    return Evaluate(folder, Show, stop);
                case TrialStatus.Running:
                    isElsewhere(trial);
                    return null;
                case TrialStatus.Changed:
                    return state.Words;
                case TrialStatus.Unsaved:
                    MoveAside(folder);
                    break;
            }
            var verb = state.Status == TrialStatus.Interrupted
                ? ["train", "--resume", folder]
                : (IEnumerable<string>)["train", trial.Base, "--runs", options.Runs, "--run", trial.Name,
                    .. trial.Changes.SelectMany(change => (string[])["--set", change])];
            var (code, error) = TrialProcess.Run([.. options.Program, .. verb, "--device", options.Device], Threads(), Follow, stop);
            return code == 0 ? Evaluate(folder, Show, stop) : stop.IsCancellationRequested ? null : error;
        }
        catch (Exception e) when (e is AvsException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }

        // As `avs train` writes it where nobody watches.
        void Follow(string line)
        {
            if (Progress().Match(line) is { Success: true } match)
                Show(Number(match.Groups[1]), Number(match.Groups[2]), line);
        }

        void Show(long done, long all, string words)
        {
            var number = 1 + matrix.Trials.TakeWhile(other => other.Name != trial.Name).Count();
            listener.Advanced(trial, done, all, $"{number}/{matrix.Trials.Count} {trial.Name}: {words}");
        }
    }

    // Why it could not be measured; null where it was, where nothing was asked, and where it was stopped.
    private string? Evaluate(string folder, Action<long, long, string> show, CancellationToken stop)
    {
        if (!IsToBeMeasured(folder) || stop.IsCancellationRequested)
            return null;
        show(1, 1, "is being measured");
        string[] command = [.. options.Program, .. matrix.Evaluation!.Command(folder), "--device", options.Device];
        var (code, error) = TrialProcess.Run(command, Threads(), _ => { }, stop);
        return code == 0 || stop.IsCancellationRequested ? null : error;
    }

    private bool IsToBeMeasured(string folder) => matrix.Evaluation is { } evaluation && !Directory.Exists(evaluation.FolderIn(folder));

    // Several processes that each take all processors would wait for one another.
    private Dictionary<string, string> Threads()
    {
        const string Variable = "OMP_NUM_THREADS";
        return options.Jobs == 1 || Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }
            ? []
            : new Dictionary<string, string>
            {
                [Variable] = Math.Max(1, Environment.ProcessorCount / options.Jobs).ToString(CultureInfo.InvariantCulture),
            };
    }

    private string FolderOf(Trial trial) => Path.Combine(Folder, trial.Name);

    private TrialState ReadState(Trial trial)
    {
        var state = TrialState.Read(trial, FolderOf(trial), experiments);
        return state.Status == TrialStatus.Finished && IsToBeMeasured(FolderOf(trial))
            ? state with { Words = $"{state.Words}, to be measured" }
            : state;
    }

    private static void MoveAside(string folder)
    {
        var aside = $"{folder}.unsaved";
        for (var i = 2; Directory.Exists(aside); i++)
            aside = $"{folder}.unsaved-{i}";
        Directory.Move(folder, aside);
    }

    private static long Number(Group digits) => long.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^step (\d+)/(\d+) ")]
    private static partial Regex Progress();
}
