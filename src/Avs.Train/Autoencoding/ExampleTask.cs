using System.Globalization;
using Avs.Core.Libtorch;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Models.Memory;
using Avs.Models.Vae.Autoencoders;
using Avs.Train.Runs;
using Avs.Train.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>One training step's examples.</summary>
/// <param name="Modalities">float32 [N,C,H,W] in [0, 1] of each modality, of which images have one.</param>
/// <param name="Rows">Their places in the training split.</param>
public sealed record ExampleBatch(IReadOnlyList<Tensor> Modalities, IReadOnlyList<long> Rows) : IDisposable
{
    public void Dispose()
    {
        foreach (var modality in Modalities)
            modality.Dispose();
    }
}

/// <summary>
/// Learning from examples in memory: batches in another order each epoch, the model's objective, and that objective on validation examples.
/// </summary>
public sealed class ExampleTask : ITrainingTask<ExampleBatch>
{
    private readonly long seed;
    private readonly string run;
    private readonly IExamples train, validation;
    private readonly long[] validated; // the indices of the examples that are looked at
    private readonly EpochOrder order;
    private readonly Draws draws;

    /// <summary>Disposes the model's network and both splits at its end.</summary>
    /// <param name="train">The examples to learn from.</param>
    /// <param name="validation">The examples to choose the best checkpoint by.</param>
    internal ExampleTask(RunConfig run, IExampleModel model, IExamples train, IExamples validation)
    {
        (seed, this.run, this.train, this.validation) = (run.Seed, run.Name, train, validation);
        run.Train.ApplyThreads();
        Example = model;
        LearnedParameters = [.. Model.named_parameters().Select(entry => (entry.name, entry.parameter))];
        order = new EpochOrder(train.Count, model.Counts.Batch, seed);
        validated = EpochOrder.Spread(validation.Count, model.Counts.Validated);
        draws = Draws.Create(seed, "train", model.Changes);
    }

    /// <summary>Opens both splits for a task; neither stays open where something fails.</summary>
    internal static ExampleTask Open<T>(Func<Split, T> open, Func<T, T, ExampleTask> create) where T : IExamples
    {
        var train = open(Split.Train);
        IExamples? opened = null;
        try
        {
            var validation = open(Split.Val);
            opened = validation;
            return create(train, validation);
        }
        catch
        {
            train.Dispose();
            opened?.Dispose();
            throw;
        }
    }

    internal IExampleModel Example { get; }

    /// <inheritdoc/>
    public nn.Module Model => Example.Network;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Parameter)> LearnedParameters { get; }

    /// <inheritdoc/>
    public int BatchesPerEpoch => order.BatchesPerEpoch;

    /// <inheritdoc/>
    public string Unit => Example.Unit;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Generator Generator)> Generators => [("latent", draws.Latent), (Example.Changes, draws.Changes)];

    /// <inheritdoc/>
    public IReadOnlyList<RunPlot> Plots => Example.Plots;

    /// <inheritdoc/>
    public string Description =>
        $"{Example.Name} ({LearnedParameters.Sum(entry => entry.Parameter.numel()):N0} parameters, {Example.Codes}) on {train.Name} "
        + $"({train.Count} {Unit} of {Example.Shape}), validated on {validation.Name} ({validated.Length})";

    /// <inheritdoc/>
    public IEnumerable<ExampleBatch> Batches(long from) =>
        order.From(from).Select(rows => new ExampleBatch(train.Batch(rows.Span), rows.ToArray()));

    /// <inheritdoc/>
    public StepResult Backward(ExampleBatch batch, double progress)
    {
        using var scope = NewDisposeScope();
        var terms = Example.Compute(batch.Modalities, draws, progress, isTraining: true);
        Backpropagation.Run(terms.Total);
        var values = Values(terms);
        return new StepResult(values[0].Value, values, (int)batch.Modalities[0].shape[0]);
    }

    /// <inheritdoc/>
    public IEnumerable<string> NamesOf(ExampleBatch batch) => batch.Rows.Select(row => row.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public Validation Validate()
    {
        using var same = Draws.Create(seed, "validate", Example.Changes); // each time
        var sums = new MeanFigures();
        foreach (var rows in validated.Chunk(Example.Counts.ValidationBatch))
        {
            using var scope = NewDisposeScope();
            sums.Add(Values(Example.Compute(validation.Batch(rows), same, progress: 1, isTraining: false)), rows.Length);
        }

        var means = sums.Means();
        var total = means[0].Value;
        return new Validation(double.IsFinite(total) ? -total : double.NegativeInfinity, [.. means, .. Example.FollowFrom(means)]);
    }

    /// <inheritdoc/>
    public void WritePictures(RunFolder run)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        using var generator = NamedGenerator.Create(seed, "sheet");
        var columns = Math.Min(ExampleSheet.Columns, validated.Length);
        long[] shown = [.. Enumerable.Range(0, columns).Select(i => validated[i * validated.Length / columns])];
        var (about, rows) = Example.Draw(shown, validated, generator);
        ExampleSheet.Write(run.SheetPath, this.run == Example.Name ? this.run : $"{this.run}: {Example.Name}", about, rows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        draws.Dispose();
        Model.Dispose();
        train.Dispose();
        validation.Dispose();
    }

    // The total first.
    private static (string Name, double Value)[] Values(ObjectiveTerms terms) =>
        [.. terms.Named().Select(term => (term.Name, term.Value.ToDouble()))];
}
