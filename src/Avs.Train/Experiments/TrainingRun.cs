using System.Globalization;
using Avs.Core;
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
        Experiment experiment, string runs, string? name, Device device, ITrainingListener listener, CancellationToken stop)
    {
        using var task = Open(experiment, new TaskContext(device, listener.Log, stop));
        var (asked, whole) = (experiment.ToYaml(), task.Experiment.ToYaml());
        using var run = RunFolder.Create(runs, experiment.Run.Name, name, whole, TimeProvider.System.GetLocalNow().DateTime);
        if (asked != whole)
            AtomicFile.WriteAllText(run.AskedPath, asked);
        RunEnvironment.Find(experiment.Run.Seed, 0, device).AddTo(run.EnvironmentPath);
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
        ExperimentReader tasks, string folder, Device device, ITrainingListener listener, CancellationToken stop)
    {
        using var run = RunFolder.Open(folder);
        run.Lock();
        var experiment = tasks.Load(run.ConfigPath);
        var isSaved = File.Exists(run.StatePath);
        using var task = Open(experiment, new TaskContext(device, listener.Log, stop, isSaved ? run.StatePath : null));
        var from = isSaved ? RunState.ReadProgress(run.StatePath).Step : 0;
        RunEnvironment.Find(experiment.Run.Seed, from, device).AddTo(run.EnvironmentPath);
        if (!isSaved)
            listener.Log($"nothing of {run.FullPath} was saved: it begins anew");
        return (run, task.Train(run, isSaved, listener, stop));
    }

    private static IOpenTask Open(Experiment experiment, TaskContext context)
    {
        if (experiment.Run.Train.Threads is { } threads)
            set_num_threads(threads);
        return experiment.Task.Open(experiment, context);
    }
}

/// <inheritdoc/>
internal sealed class OpenTask<TBatch>(Experiment experiment, ITrainingTask<TBatch> task) : IOpenTask where TBatch : IDisposable
{
    public Experiment Experiment => experiment;

    public TrainingEnd Train(RunFolder run, bool continued, ITrainingListener listener, CancellationToken stop)
    {
        var log = new RunLog(run.LogPath, listener, TimeProvider.System);
        using var loop = new TrainingLoop<TBatch>(task, experiment.Run.Train, run, experiment.ToYaml(), log);
        var from = continued ? loop.Restore() : RunProgress.None;
        log.Log(continued
            ? $"continuing {run.FullPath} after step {from.Step} of {loop.Steps}"
            : $"run {run.FullPath}: {task.Description}, {loop.Steps} steps");
        if (from.Step >= loop.Steps)
            log.Log("all steps of this run are done already");

        var end = loop.Run(from, stop);
        foreach (var skipped in task.Skipped)
            log.Log(skipped);
        Summary(end, loop.Steps).Write(run.SummaryPath);
        RunCurves.WritePicture(run.CurvesPath, () => RunCurves.Write(run, task.Plots), log.Log);
        foreach (var sentence in Ending(end, loop.Steps, run))
            log.Log(sentence);
        return end;
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
        var time = TimeSpan.FromSeconds(progress.Seconds).ToString(@"h\:mm\:ss", plain);
        yield return string.Create(plain,
            $"done after {time}; best validation score {progress.BestScore:0.000} at step {progress.BestStep}");
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
