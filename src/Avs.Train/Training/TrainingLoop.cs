using System.Diagnostics;
using System.Globalization;
using Avs.Core;
using Avs.Core.Configuration;
using Avs.Train.Distribution;
using Avs.Train.Runs;
using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>A training run cannot go on: the sentence says why and what helps.</summary>
public sealed class TrainingException(string message) : Exception(message);

/// <summary>How a run ended.</summary>
/// <param name="Progress">How far it came.</param>
/// <param name="Finished">Whether it is over, with all steps done or before; otherwise it was asked to stop.</param>
/// <param name="SamplesPerSecond">Samples a second while training, validation not counted.</param>
/// <param name="Reason">Of a run that is over before all steps are done: why, as a sentence.</param>
public sealed record TrainingEnd(RunProgress Progress, bool Finished, double SamplesPerSecond, string? Reason = null);

/// <summary>
/// Trains a task: batches, forward, backward, clip, step; logs, validates and saves in between. Everything with a state of its own is
/// an object that is saved with the run.
/// </summary>
/// <typeparam name="TBatch">One step's data.</typeparam>
public sealed class TrainingLoop<TBatch> : IDisposable where TBatch : IDisposable
{
    private readonly ITrainingTask<TBatch> task;
    private readonly TrainConfig config;
    private readonly RunFolder run;
    private readonly string experiment;
    private readonly ITrainingListener listener;
    private readonly ICommunicator workers;
    private readonly TrainingStep<TBatch> step;
    private readonly RunState state;
    private readonly RunEnding ending;
    private readonly BestCheckpoints best;

    /// <summary>Prepares a run from its beginning.</summary>
    /// <param name="task">What is learned.</param>
    /// <param name="config">How.</param>
    /// <param name="run">Where results go.</param>
    /// <param name="experiment">The whole experiment as YAML, which checkpoints carry.</param>
    /// <param name="listener">Follows the run.</param>
    /// <param name="workers">The processes that train together, of which the first writes; null: only this one.</param>
    /// <exception cref="UsageException">A value of the configuration is out of its limits.</exception>
    public TrainingLoop(ITrainingTask<TBatch> task, TrainConfig config, RunFolder run, string experiment, ITrainingListener listener,
        ICommunicator? workers = null)
    {
        this.task = task;
        this.config = RecordCheck.Require(config, "train");
        this.run = run;
        this.experiment = experiment;
        this.listener = listener;
        Steps = config.Epochs is { } epochs ? StepsFor((long)epochs * task.BatchesPerEpoch) : config.Steps;
        this.workers = workers ?? SingleProcess.Instance;
        step = new TrainingStep<TBatch>(
            task, config, Steps, this.workers, new NonFiniteSteps(config.SkipBadSteps, task.Unit, run, listener.Log), WriteWeights);
        state = new RunState(task.Model, step.Optimizer, task.Generators);
        ending = new RunEnding(config, Steps);
        best = new BestCheckpoints(run, config.KeepBest);
    }

    /// <summary>Steps of the whole run.</summary>
    public long Steps { get; }

    private long ValidateEvery => config.ValidateEvery ?? StepsFor(task.BatchesPerEpoch);

    // The last step of so many batches takes some of the next epoch where they are not whole steps.
    private long StepsFor(long batches) => (batches + config.Accumulate - 1) / config.Accumulate;

    /// <summary>Restores what a former process saved.</summary>
    /// <returns>How far it was.</returns>
    public RunProgress Restore() => state.Restore(run.StatePath, AverageEntries);

    /// <summary>
    /// Trains until all steps are done, the time is used up, validations no longer get better, or asked to stop; a stopped run can be
    /// continued from its last step.
    /// </summary>
    /// <param name="from">Where to begin: <see cref="RunProgress.None"/>, or what <see cref="Restore"/> said.</param>
    /// <param name="stop">Asks to finish the step and save.</param>
    /// <exception cref="TrainingException">The loss or the gradient of too many steps in a row is not a finite number.</exception>
    public TrainingEnd Run(RunProgress from, CancellationToken stop)
    {
        var progress = from;
        var record = new RunRecord(run, from.Step, config.Tensorboard);
        best.Restore(from.Best);
        var window = new FigureWindow(from.Figures);
        var begun = Stopwatch.StartNew();
        var training = new Stopwatch();
        var samples = 0L;

        using var batches = task.Batches(from.Step * config.Accumulate).GetEnumerator();
        while (!ending.IsOver(progress) && !workers.Any(stop.IsCancellationRequested))
        {
            training.Start();
            var figures = step.Take(batches, progress);
            training.Stop();

            samples += figures.Samples;
            progress = progress.AfterStep(figures.IsSkipped, workers.FromFirst(from.Seconds + begun.Elapsed.TotalSeconds));
            window.Add(figures.Terms);
            var rate = samples / training.Elapsed.TotalSeconds;
            var left = training.Elapsed / (progress.Step - from.Step) * (Steps - progress.Step);
            listener.Stepped(new TrainingLine(progress.Step, Steps, figures.Loss, figures.LearningRate, rate, task.Unit, left));

            void Log() => record.Append(progress.Step, [("seconds", progress.Seconds), .. Rates(figures.LearningRate),
                ($"{task.Unit}_per_second", rate), .. window.TakeMeans(), .. Skipped(progress)]);
            var due = ending.IsOver(progress);
            var isLogged = due || progress.Step % config.LogEvery == 0;
            if (isLogged)
                Log();
            if (due || progress.Step % ValidateEvery == 0)
            {
                progress = Validate(progress, record);
                due = ending.IsOver(progress);
            }
            if (due && !isLogged)
                Log(); // the validation was the last
            if (due || progress.Step % (config.SaveEvery ?? ValidateEvery) == 0)
                Save(progress with { Figures = window.Sums });
        }
        if (!ending.IsOver(progress))
            Save(progress with { Figures = window.Sums });
        return new TrainingEnd(
            progress, ending.IsOver(progress), samples / Math.Max(1e-9, training.Elapsed.TotalSeconds), ending.WhyEarly(progress));
    }

    /// <inheritdoc/>
    public void Dispose() => step.Dispose();

    private IEnumerable<(string Name, double Value)> Rates(double rate) => config.Optimizer.BackboneRate == 1
        ? [("learning_rate", rate)]
        : [("learning_rate", rate), ("backbone_learning_rate", rate * config.Optimizer.BackboneRate)];

    // A column only where there is something to say.
    private static IEnumerable<(string Name, double Value)> Skipped(RunProgress progress) =>
        progress.SkippedSteps > 0 ? [("skipped_steps", progress.SkippedSteps)] : [];

    private RunProgress Validate(RunProgress progress, RunRecord record)
    {
        workers.RequireEqual(task.Model, progress.Step);
        Validation found;
        task.Model.eval();
        using (step.Average?.InPlaceOfWeights())
        using (NewDisposeScope())
        using (no_grad())
        {
            found = task.Validate();
            if (best.Offer(progress.Step, found.Score, path => WriteWeights(path, progress.Step)))
            {
                if (!run.IsOthers)
                    RunCurves.WritePicture(run.SheetPath, () => task.WritePictures(run), listener.Log);
                record.AddPicture(progress.Step, run.SheetPath, listener.Log);
            }
            progress = progress with { Best = best.Kept, BestScore = best.Kept[0].Score, BestStep = best.Kept[0].Step };
            progress = ending.CountGain(progress, found.Score);
        }
        record.Append(progress.Step, [.. found.Figures.Select(figure => ("val_" + figure.Name, figure.Value))]);
        record.AddWeights(progress.Step, task.Model);
        var figures = string.Join(
            ", ", found.Figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Name} {figure.Value:0.000}")));
        listener.Log($"step {progress.Step}: validation {figures}{(progress.BestStep == progress.Step ? " (best so far)" : "")}");
        return progress;
    }

    private void Save(RunProgress progress)
    {
        if (state.FindNonFinite() is { } spoilt)
        {
            throw new TrainingException($"{spoilt} are not all finite numbers after step {progress.Step}; what was saved before is kept; "
                + "a lower train.optimizer.learning_rate or a train.clip_norm usually helps");
        }
        if (run.IsOthers)
            return;
        using (step.Average?.InPlaceOfWeights())
            WriteWeights(run.LastPath, progress.Step);
        state.Write(run.StatePath, progress, AverageEntries);
        best.RemoveOthers();
    }

    private void WriteWeights(string path, long after) => Checkpoint.Write(path, task.Model, experiment, after);

    private IEnumerable<(string Name, Tensor Value)> AverageEntries => step.Average?.Named ?? [];
}
