using System.Diagnostics;
using System.Globalization;
using Avs.Core;
using Avs.Train.Distribution;
using Avs.Train.Runs;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Experiments;

/// <summary>A training run, from its experiment to its checkpoints.</summary>
public static class TrainingRun
{
    /// <summary>Begins a new run.</summary>
    /// <param name="runs">The folder of all runs.</param>
    /// <param name="name">The run's own name; null names it by the time.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="listener">Follows the run.</param>
    /// <param name="stop">Asks to finish the step, save and end.</param>
    /// <exception cref="UsageException">The configuration does not fit the data, lacks weights, or the run's name is taken.</exception>
    /// <exception cref="DataException">The data set is missing or damaged.</exception>
    /// <exception cref="TrainingException">The loss is no longer a number.</exception>
    public static (RunFolder Run, TrainingEnd End) Begin(
        Experiment experiment, string runs, string? name, Device device, ITrainingListener listener, CancellationToken stop,
        ICommunicator? workers = null)
    {
        workers ??= SingleProcess.Instance;
        using var task = Open(experiment, new TaskContext(device, listener.Log, stop) { Workers = workers });
        using var run = workers.OpenRun(() =>
        {
            var made = RunFolder.Create(runs, experiment.Run.Name, name, task.Experiment.ToYaml(),
                TimeProvider.System.GetLocalNow().DateTime, asked: experiment.ToYaml());
            RunEnvironment.Find(experiment.Run.Seed, 0, device).AddTo(made.EnvironmentPath);
            return made;
        });
        return (run, task.Train(run, continued: false, listener, stop));
    }

    /// <summary>Continues a run after its last saved step; one that was cut off before its first save begins anew.</summary>
    /// <param name="tasks">What the run's experiment may train.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="listener">Follows the run.</param>
    /// <param name="stop">Asks to finish the step, save and end.</param>
    /// <exception cref="UsageException">The folder is not a run's, or another process trains in it.</exception>
    public static (RunFolder Run, TrainingEnd End) Continue(
        ExperimentReader tasks, string folder, Device device, ITrainingListener listener, CancellationToken stop,
        ICommunicator? workers = null)
    {
        workers ??= SingleProcess.Instance;
        using var run = workers.OpenRun(() =>
        {
            var found = RunFolder.Open(folder);
            found.Lock();
            return found;
        });
        var experiment = tasks.Load(run.ConfigPath);
        var isSaved = File.Exists(run.StatePath);
        var context = new TaskContext(device, listener.Log, stop, isSaved ? run.StatePath : null) { Workers = workers };
        using var task = Open(experiment, context);
        var from = isSaved ? RunState.ReadProgress(run.StatePath).Step : 0;
        if (!run.IsOthers)
            RunEnvironment.Find(experiment.Run.Seed, from, device).AddTo(run.EnvironmentPath);
        if (!isSaved)
            listener.Log($"nothing of {run.FullPath} was saved: it begins anew");
        else if (!run.IsOthers)
            SayWhatChanged(run, experiment, tasks, new RunLog(run.LogPath, listener, TimeProvider.System));
        return (run, task.Train(run, isSaved, listener, stop));
    }

    // The run's own file may have been edited since: from here on it is another experiment.
    private static void SayWhatChanged(RunFolder run, Experiment now, ExperimentReader tasks, RunLog log)
    {
        if (!File.Exists(run.LastPath) || Checkpoint.ReadExperiment(run.LastPath) is not { } saved)
            return;
        foreach (var (key, before, after) in tasks.Parse(saved, run.LastPath).FindDifferences(now))
            log.Log($"{run.ConfigPath} has changed since the last save: {key} was {before ?? "missing"}, is {after ?? "missing"} now");
    }

    // The first process makes, or locks, the folder, and alone writes there; all read.
    private static RunFolder OpenRun(this ICommunicator workers, Func<RunFolder> open)
    {
        var own = workers.Rank == 0 ? open() : null;
        var path = workers.FromFirst(() => Path.GetFullPath(own!.FullPath));
        return own ?? RunFolder.OfFirst(path);
    }

    private static IOpenTask Open(Experiment experiment, TaskContext context)
    {
        if (context.Workers.Size > 1 && !experiment.Task.IsDistributed)
        {
            throw new UsageException(
                $"{experiment.Task.Name} trains in one process, found {context.Workers.Size}: start it without mpirun, srun or --nproc");
        }
        experiment.Run.Train.ApplyThreads();
        return experiment.Task.Open(experiment, context);
    }
}

/// <inheritdoc/>
internal sealed class OpenTask<TBatch>(Experiment experiment, ITrainingTask<TBatch> task, ICommunicator workers) : IOpenTask
    where TBatch : IDisposable
{
    public Experiment Experiment => experiment;

    public TrainingEnd Train(RunFolder run, bool continued, ITrainingListener listener, CancellationToken stop)
    {
        ITrainingListener log = workers.Rank == 0 ? new RunLog(run.LogPath, listener, TimeProvider.System) : new SilentListener();
        workers.BroadcastAll(task.Model.state_dict().Values);
        using var loop = new TrainingLoop<TBatch>(task, experiment.Run.Train, run, experiment.ToYaml(), log, workers);
        var from = continued ? loop.Restore() : RunProgress.None;
        workers.RequireEqual(task.Model, from.Step);
        log.Log(continued
            ? $"continuing {run.FullPath} after step {from.Step} of {loop.Steps}"
            : $"run {run.FullPath}: {task.Description}, {loop.Steps} steps");
        if (from.Step >= loop.Steps)
            log.Log("all steps of this run are done already");

        var (begun, spent) = (Stopwatch.StartNew(), workers.Spent);
        var end = Run(loop, from, run, stop);
        if (workers.Size > 1)
        {
            log.Log(string.Create(CultureInfo.InvariantCulture,
                $"{workers.Size} processes: {(workers.Spent - spent) / begun.Elapsed:P0} of the first one's time went into communication, ")
                + "waiting included");
        }
        if (workers.Rank == 0)
            Finish(end, loop.Steps, run, log);
        workers.Barrier(); // what the first has written is there
        return end;
    }

    private TrainingEnd Run(TrainingLoop<TBatch> loop, RunProgress from, RunFolder run, CancellationToken stop)
    {
        try
        {
            return loop.Run(from, stop);
        }
        catch (CommunicationException e)
        {
            var sentence = File.Exists(run.StatePath)
                ? $"{e.Message}; go on with: {ShellCommand.ForProgram("train", "--resume", run.FullPath)}"
                : e.Message;
            // What a process prints goes to mpirun, which may be out of reach as well.
            new RunLog(run.ProcessLogPath(workers.Rank), new SilentListener(), TimeProvider.System).Log(sentence);
            throw new CommunicationException(sentence);
        }
    }

    private void Finish(TrainingEnd end, long steps, RunFolder run, ITrainingListener log)
    {
        foreach (var skipped in task.Skipped)
            log.Log(skipped);
        Summary(end, steps).Write(run.SummaryPath);
        RunCurves.WritePicture(run.CurvesPath, () => RunCurves.Write(run, task.Plots), log.Log);
        foreach (var sentence in Ending(end, steps, run))
            log.Log(sentence);
    }

    public void Dispose() => task.Dispose();

    private IEnumerable<string> Ending(TrainingEnd end, long steps, RunFolder run)
    {
        var (progress, plain) = (end.Progress, CultureInfo.InvariantCulture);
        if (!end.Finished)
        {
            yield return $"stopped after step {progress.Step} of {steps}; go on with: "
                + ShellCommand.ForProgram("train", "--resume", run.FullPath);
            yield break;
        }
        if (progress.SkippedSteps > 0)
        {
            yield return $"{progress.SkippedSteps} steps moved no weight, for their loss or gradient was not a finite number; "
                + $"{run.LogPath} names them";
        }
        if (end.Reason is { } reason)
            yield return reason;
        var time = TimeText.Create(TimeSpan.FromSeconds(progress.Seconds));
        yield return progress.BestScore is { } score
            ? string.Create(plain, $"done after {time}; best validation score {score:0.000} at step {progress.BestStep}")
            : $"done after {time}; never validated";
    }

    private RunSummary Summary(TrainingEnd end, long steps) => new()
    {
        Task = experiment.Run.Task,
        Finished = end.Finished,
        Step = end.Progress.Step,
        Steps = steps,
        BestScore = end.Progress.BestScore is { } score && double.IsFinite(score) ? score : null,
        BestStep = end.Progress.BestStep,
        Seconds = Math.Round(end.Progress.Seconds, 1),
        SamplesPerSecond = Math.Round(end.SamplesPerSecond, 2),
        SkippedSamples = task.Skipped.Count,
        SkippedSteps = end.Progress.SkippedSteps,
    };
}
