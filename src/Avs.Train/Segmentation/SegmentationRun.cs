using System.Globalization;
using System.Text.Json;
using Avs.Core;
using Avs.Data.Batches;
using Avs.Train.Runs;
using Avs.Train.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Segmentation;

/// <summary>A training run of an audio-visual segmenter, from configuration to checkpoints.</summary>
public static class SegmentationRun
{
    /// <summary>Begins a new run.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="runs">The folder of all runs.</param>
    /// <param name="name">The run's own name; null names it by the time.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="watcher">Who is told.</param>
    /// <param name="stop">Asks to finish the step, save and end.</param>
    /// <exception cref="UsageException">The configuration does not fit the data, lacks weights, or the run's name is taken.</exception>
    /// <exception cref="DataException">The data set is missing or damaged.</exception>
    /// <exception cref="TrainingException">The loss is no longer a number.</exception>
    public static (RunFolder Run, TrainingEnd End) Begin(
        ExperimentConfig config, string runs, string? name, Device device, ITrainingWatcher watcher, CancellationToken stop)
    {
        using var task = SegmentationTask.Open(config, device, watcher.Told, stop);
        using var run = RunFolder.Create(config, runs, name, TimeProvider.System.GetLocalNow().DateTime);
        return (run, Go(task, config, run, continued: false, watcher, stop));
    }

    /// <summary>Continues a run after its last saved step.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="watcher">Who is told.</param>
    /// <param name="stop">Asks to finish the step, save and end.</param>
    /// <exception cref="UsageException">The folder is not a run's, has nothing saved, or another process trains in it.</exception>
    public static (RunFolder Run, TrainingEnd End) Continue(string folder, Device device, ITrainingWatcher watcher, CancellationToken stop)
    {
        using var run = RunFolder.Open(folder);
        run.Hold();
        if (!File.Exists(run.StatePath))
            throw new UsageException($"the run '{folder}' cannot be continued: it was cut off before its first save ({Path.GetFileName(run.StatePath)} is missing)");
        var config = run.ReadConfig();
        config = config with { Model = config.Model.WithoutWeights() };
        using var task = SegmentationTask.Open(config, device, watcher.Told, stop, run.StatePath);
        return (run, Go(task, config, run, continued: true, watcher, stop));
    }

    private static TrainingEnd Go(
        SegmentationTask task, ExperimentConfig config, RunFolder run, bool continued, ITrainingWatcher watcher, CancellationToken stop)
    {
        var log = new RunLog(run.LogPath, watcher, TimeProvider.System);
        using var loop = new TrainingLoop<AvsBatch>(task, config, run, log);
        var from = continued ? loop.Restore() : Progress.None;
        log.Told(continued
            ? $"continuing {run.FullPath} after step {from.Step} of {loop.Steps}"
            : $"run {run.FullPath}: {task.Describe()}, {loop.Steps} steps");
        if (from.Step >= loop.Steps)
            log.Told("all steps of this run are done already");

        var end = loop.Run(from, stop);
        foreach (var (clip, reason) in task.BadClips)
            log.Told($"the training clip {clip.Id} was left out: {reason}");
        WriteSummary(run, end, loop.Steps, task.BadClips.Count);
        DrawCurves(run, log);
        log.Told(end.Finished
            ? string.Create(CultureInfo.InvariantCulture, $"done after {TimeSpan.FromSeconds(end.Progress.Seconds):h\\:mm\\:ss}; best validation score {end.Progress.BestScore:0.000} at step {end.Progress.BestStep}")
            : $"stopped after step {end.Progress.Step} of {loop.Steps}; go on with: avs train --resume {run.FullPath}");
        return end;
    }

    // A cache can be trained from where there is no OpenCV; a picture fewer is no reason to fail then.
    private static void DrawCurves(RunFolder run, RunLog log)
    {
        try
        {
            RunCurves.Write(run);
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            log.Told($"{Path.GetFileName(run.CurvesPath)} is not drawn: {MissingLibrary.Explain(e) ?? e.Message}");
        }
    }

    private static void WriteSummary(RunFolder run, TrainingEnd end, long steps, int badClips) =>
        AtomicFile.WriteAllText(run.SummaryPath, JsonSerializer.Serialize(new
        {
            finished = end.Finished,
            step = end.Progress.Step,
            steps,
            best_score = end.Progress.BestScore,
            best_step = end.Progress.BestStep,
            seconds = Math.Round(end.Progress.Seconds, 1),
            clips_per_second = Math.Round(end.ClipsPerSecond, 2),
            bad_clips = badClips,
        }, Indented) + "\n");

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
