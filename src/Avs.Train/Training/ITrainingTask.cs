using Avs.Train.Distribution;
using Avs.Train.Runs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>
/// What is being learned: what a batch is, what its loss is, and what is measured. The training loop knows nothing else about it.
/// </summary>
/// <typeparam name="TBatch">One step's data.</typeparam>
public interface ITrainingTask<TBatch> : IDisposable where TBatch : IDisposable
{
    /// <summary>What is trained and saved.</summary>
    nn.Module Model { get; }

    /// <summary>The parameters that the optimizer moves, by their names in the state dict.</summary>
    IReadOnlyList<(string Name, Parameter Parameter)> LearnedParameters { get; }

    /// <summary>The names of those among them that belong to the backbone; none where the model has no such part.</summary>
    IReadOnlyCollection<string> BackboneParameters => [];

    /// <summary>Batches in one pass over the training data.</summary>
    int BatchesPerEpoch { get; }

    /// <summary>What a sample is, in the plural, for logs and the column of the speed: `clips`.</summary>
    string Unit { get; }

    /// <summary>
    /// The batches from one on, without end. Which is the n-th depends on the seed alone, so a run that is continued sees what it would
    /// have seen.
    /// </summary>
    /// <param name="from">The number of the first, counted from zero over all epochs.</param>
    IEnumerable<TBatch> Batches(long from);

    /// <summary>Adds the gradient of a batch's loss to the parameters. The model is in training mode.</summary>
    /// <param name="batch">The batch; the caller disposes it.</param>
    /// <param name="progress">How far the run is, from 0 to 1.</param>
    StepResult Backward(TBatch batch, double progress);

    /// <summary>
    /// What names the samples of a batch, so that one that spoils a step can be found. It can be asked for when the batch is disposed of.
    /// </summary>
    IEnumerable<string> NamesOf(TBatch batch);

    /// <summary>Measures the model on the validation data. The model is in evaluation mode, without gradients.</summary>
    Validation Validate();

    /// <summary>
    /// Writes pictures of what the model makes into the run's folder. Called when a validation was the best so far; the model is in
    /// evaluation mode, without gradients.
    /// </summary>
    void WritePictures(RunFolder run) { }

    /// <summary>The generators that a step draws from, by name; their states are saved with a run.</summary>
    IReadOnlyList<(string Name, Generator Generator)> Generators { get; }

    /// <summary>What is trained on what, for the log.</summary>
    string Description { get; }

    /// <summary>Training samples that could not be read so far and were left out, each with the reason.</summary>
    IReadOnlyList<string> Skipped => [];

    /// <summary>The curves of a run: which columns of its metrics are drawn together.</summary>
    IReadOnlyList<RunPlot> Plots { get; }
}

/// <summary>What the forward and backward pass of a step yield.</summary>
/// <param name="Loss">The number to minimise.</param>
/// <param name="Terms">Single numbers for the log, by name.</param>
/// <param name="Samples">How many samples the batch held, in all processes together.</param>
public sealed record StepResult(double Loss, IReadOnlyList<(string Name, double Value)> Terms, int Samples)
{
    /// <summary>The means over all workers.</summary>
    public StepResult Average(ICommunicator workers)
    {
        if (workers.Size == 1)
            return this;
        var sums = workers.Sum([Loss, .. Terms.Select(term => term.Value)]);
        return new StepResult(
            sums[0] / workers.Size, [.. Terms.Select((term, i) => (term.Name, sums[i + 1] / workers.Size))], Samples);
    }
}

/// <summary>What a validation found.</summary>
/// <param name="Score">What decides which checkpoint is the best: larger is better.</param>
/// <param name="Figures">All figures by name, the score among them.</param>
public sealed record Validation(double Score, IReadOnlyList<(string Name, double Value)> Figures);
