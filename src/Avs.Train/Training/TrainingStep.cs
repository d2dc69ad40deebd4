using Avs.Train.Distribution;
using Avs.Train.Runs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>What a step gave.</summary>
/// <param name="Loss">The mean over its batches.</param>
/// <param name="Terms">What is logged of it.</param>
/// <param name="IsSkipped">Whether its loss or gradient was not finite, so that no weight was moved.</param>
internal sealed record StepFigures(
    double Loss, double LearningRate, int Samples, IReadOnlyList<(string Name, double Value)> Terms, bool IsSkipped);

/// <summary>The optimizer steps of a run: of each the gradients of its batches, their norm, and the weights moved by them.</summary>
internal sealed class TrainingStep<TBatch> : IDisposable where TBatch : IDisposable
{
    private readonly ITrainingTask<TBatch> task;
    private readonly int accumulate;
    private readonly long steps;
    private readonly ICommunicator workers;
    private readonly NonFiniteSteps nonFinite;
    private readonly Action<string, long> writeWeights;
    private readonly LearningRate learningRate;
    private readonly IReadOnlyList<double> rateFactors; // of the optimizer's groups
    private readonly OptimizerStep optimizerStep;
    private readonly RunningStatistics statistics;
    private readonly GradientBuckets gradients;

    /// <param name="steps">Steps of the whole run.</param>
    /// <param name="workers">The processes that train together.</param>
    /// <param name="nonFinite">Takes note of a step whose loss or gradient is not finite.</param>
    /// <param name="writeWeights">Writes the weights to a file, as those after so many steps.</param>
    public TrainingStep(
        ITrainingTask<TBatch> task, TrainConfig config, long steps, ICommunicator workers, NonFiniteSteps nonFinite,
        Action<string, long> writeWeights)
    {
        (this.task, this.steps, this.workers, this.nonFinite, this.writeWeights) = (task, steps, workers, nonFinite, writeWeights);
        accumulate = config.Accumulate;
        learningRate = new LearningRate(config.Optimizer.LearningRate, config.Schedule, steps);
        var groups = Optimizers.Groups(config.Optimizer, task.LearnedParameters, task.BackboneParameters);
        rateFactors = [.. groups.Select(group => group.RateFactor)];
        Optimizer = Optimizers.Create(config.Optimizer, groups);
        optimizerStep = new OptimizerStep(Optimizer, [.. task.LearnedParameters.Select(entry => entry.Parameter)], config.ClipNorm);
        Average = config.Ema is { } decay ? new WeightAverage(task.Model, decay) : null;
        statistics = new RunningStatistics(task.Model);
        gradients = new GradientBuckets(workers, task.LearnedParameters.Select(entry => entry.Parameter));
    }

    public OptimizerHelper Optimizer { get; }

    /// <summary>The moving average of the weights; null where the run has none.</summary>
    public WeightAverage? Average { get; }

    /// <summary>
    /// Takes the next step. Every tensor made here is gone when it returns. Where its loss or gradient is not finite it has changed nothing
    /// but what the generators give next.
    /// </summary>
    /// <param name="progress">Where the run is before it.</param>
    /// <exception cref="TrainingException">There were too many steps in a row that are not finite.</exception>
    public StepFigures Take(IEnumerator<TBatch> batches, RunProgress progress)
    {
        var rate = learningRate.At(progress.Step);
        foreach (var (group, factor) in Optimizer.ParamGroups.Zip(rateFactors))
            group.LearningRate = rate * factor;

        task.Model.train();
        statistics.Remember();
        List<StepResult> results = [];
        List<IEnumerable<string>> names = [];
        double Loss() => results.Average(result => result.Loss);
        var norm = optimizerStep.Take(
            () => AddGradients(batches, progress.Step, results, names), accumulate, () => double.IsFinite(Loss()));
        var samples = results.Sum(result => result.Samples);
        if (!double.IsFinite(Loss()) || !double.IsFinite(norm))
        {
            statistics.PutBack();
            var bad = new BadStep(progress.Step + 1, Loss(), norm, rate, workers.Gather(names.SelectMany(batch => batch)));
            nonFinite.Skip(bad, progress, path => writeWeights(path, progress.Step));
            return new StepFigures(Loss(), rate, samples, [], IsSkipped: true);
        }
        Average?.Update(progress.Step + 1);

        var terms = results[0].Terms.Select((term, i) => (term.Name, results.Average(result => result.Terms[i].Value)));
        return new StepFigures(Loss(), rate, samples, [.. terms, ("grad_norm", norm)], IsSkipped: false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Average?.Dispose();
        statistics.Dispose();
        gradients.Dispose();
        Optimizer.Dispose();
    }

    // Those of all batches of a step; nothing but gradients stays from one to the next.
    private void AddGradients(
        IEnumerator<TBatch> batches, long step, List<StepResult> results, List<IEnumerable<string>> names)
    {
        for (var i = 0; i < accumulate; i++)
        {
            batches.MoveNext();
            using var batch = batches.Current;
            using var scope = NewDisposeScope();
            names.Add(task.NamesOf(batch));
            results.Add(task.Backward(batch, progress: (double)step / steps).Average(workers));
        }
        gradients.Average();
    }
}
