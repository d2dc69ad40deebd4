using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Models.Memory;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Multimodal;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>One training step's examples.</summary>
/// <param name="Modalities">float32 [N,C,H,W] in [0, 1] of each modality.</param>
public sealed record MultimodalBatch(IReadOnlyList<Tensor> Modalities) : IDisposable
{
    public void Dispose()
    {
        foreach (var modality in Modalities)
            modality.Dispose();
    }
}

/// <summary>Learning several modalities together: batches of examples, the model's objective, and that objective on validation examples.</summary>
public sealed class MultimodalTask : ITrainingTask<MultimodalBatch>
{
    private readonly Device device;
    private readonly MultimodalNetwork model;
    private readonly MultimodalTensors train, validation;
    private readonly long[] validated; // the indices of the examples that are looked at
    private readonly EpochOrder order;
    private readonly Generator latent, missing;

    /// <summary>Builds the model with weights that follow from the seed.</summary>
    /// <param name="train">The examples to learn from; disposed with the task.</param>
    /// <param name="validation">The examples to choose the best checkpoint by; disposed with the task.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="UsageException">The examples do not fit the model.</exception>
    public MultimodalTask(MultimodalExperiment experiment, MultimodalTensors train, MultimodalTensors validation, Device device)
    {
        (this.train, this.validation, this.device) = (train, validation, device);
        RecordCheck.Require(experiment.Task);
        if (experiment.Run.Train.Threads is { } threads)
            set_num_threads(threads);
        Experiment = experiment with { Task = Fit(experiment.Task, train) };
        model = MultimodalFactory.Create(Experiment, device);
        LearnedParameters = [.. model.named_parameters().Select(entry => (entry.name, entry.parameter))];
        order = new EpochOrder(train.Count, experiment.Task.Data.BatchExamples, experiment.Run.Seed);
        validated = EpochOrder.Spread(validation.Count, experiment.Task.Evaluate.Examples);
        (latent, missing) = (Named("train/latent"), Named("train/missing"));
    }

    /// <summary>Opens the set that the experiment names.</summary>
    /// <exception cref="UsageException">There is no such set, it needs a folder, or its examples do not fit the model.</exception>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static MultimodalTask Open(MultimodalExperiment experiment, TaskContext context)
    {
        var data = experiment.Task.Data;
        var train = MultimodalData.Open(data, Split.Train, context.Log);
        MultimodalTensors? validation = null;
        try
        {
            validation = MultimodalData.Open(data, Split.Val, context.Log);
            return new MultimodalTask(experiment, train, validation, context.Device);
        }
        catch
        {
            train.Dispose();
            validation?.Dispose();
            throw;
        }
    }

    /// <summary>The experiment, with the data's modalities where it leaves them to it.</summary>
    public MultimodalExperiment Experiment { get; }

    /// <inheritdoc/>
    public nn.Module Model => model;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Parameter)> LearnedParameters { get; }

    /// <inheritdoc/>
    public int StepsPerEpoch => order.StepsPerEpoch;

    /// <inheritdoc/>
    public string Unit => "examples";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Generator Generator)> Generators => [("latent", latent), ("missing", missing)];

    /// <inheritdoc/>
    public IReadOnlyList<RunPlot> Plots =>
    [
        new("objective", ["total", "val_total"]),
        new("reconstruction, nats an example", ["reconstruction", "val_reconstruction"]),
        new("code, nats an example", ["kl", "val_kl", "private_kl", "val_private_kl"]),
        new("reconstruction of each modality", [.. train.Modalities.Select(modality => $"val_reconstruction/{modality.Name}")]),
    ];

    /// <inheritdoc/>
    public string Description
    {
        get
        {
            var parameters = LearnedParameters.Sum(entry => entry.Parameter.numel());
            var codes = model.PrivateSize == 0 ? $"{model.LatentSize} dimensions"
                : $"{model.LatentSize} shared dimensions and {model.PrivateSize} private ones a modality";
            return $"{Experiment.Task.Model.Name} ({parameters:N0} parameters, {codes}) on {train.Name} "
                + $"({train.Count} examples of {string.Join(", ", Experiment.Task.Model.Modalities)}), "
                + $"validated on {validation.Name} ({validated.Length})";
        }
    }

    /// <inheritdoc/>
    public IEnumerable<MultimodalBatch> Batches(long fromStep) =>
        order.From(fromStep).Select(rows => new MultimodalBatch(train.Batch(rows.Span)));

    /// <inheritdoc/>
    public StepResult Backward(MultimodalBatch batch, double progress)
    {
        using var scope = NewDisposeScope();
        var examples = (int)batch.Modalities[0].shape[0];
        var share = Experiment.Task.Data.MissingShare;
        var present = share == 0 ? null : DrawPresent(examples, model.Modalities.Count, share, missing).to(device);
        var terms = Terms(batch.Modalities, present, latent, progress);
        Backpropagation.Run(terms.Total);
        (string Name, double Value)[] values = [.. terms.Named().Select(term => (term.Name, term.Value.ToDouble()))];
        return new StepResult(values[0].Value, values, examples);
    }

    /// <summary>Validates on whole examples, whatever share was missing in training.</summary>
    public Validation Validate()
    {
        using var latent = Named("validate/latent"); // the same draws each time
        var sums = new MeanFigures();
        foreach (var rows in validated.Chunk(Experiment.Task.Evaluate.BatchExamples))
        {
            using var scope = NewDisposeScope();
            var terms = Terms(validation.Batch(rows), null, latent, progress: 1);
            sums.Add(terms.Named().Select(term => (term.Name, term.Value.ToDouble())), rows.Length);
        }

        var means = sums.Means();
        return new Validation(double.IsFinite(means[0].Value) ? -means[0].Value : double.NegativeInfinity, means);
    }

    /// <inheritdoc/>
    public void WritePictures(RunFolder run)
    {
        using var generator = Named("sheet");
        MultimodalSheet.Write(run.SheetPath, Experiment, model, device, validation, validated, generator);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        latent.Dispose();
        missing.Dispose();
        model.Dispose();
        train.Dispose();
        validation.Dispose();
    }

    /// <summary>Which modalities of which examples are there: each with probability 1 − share, and one of each example at least.</summary>
    /// <returns>bool [N,M].</returns>
    internal static Tensor DrawPresent(int examples, int modalities, double share, Generator generator)
    {
        using var scope = NewDisposeScope();
        var drawn = rand([examples, modalities], generator: generator);
        var largest = drawn.amax([1], keepdim: true); // there anyway, unless all would be missing
        return drawn.ge(share).logical_or(drawn.eq(largest)).MoveToOuterDisposeScope();
    }

    private ObjectiveTerms Terms(IReadOnlyList<Tensor> modalities, Tensor? present, Generator latent, double progress)
    {
        var input = new MultimodalInput([.. modalities.Select(modality => modality.to(device))], present);
        return Experiment.Task.Objective.Compute(model, input, model.call(input, latent), progress);
    }

    private static MultimodalTaskConfig Fit(MultimodalTaskConfig config, MultimodalTensors examples)
    {
        string[] found = [.. examples.Modalities.Select(modality => $"{modality.Name} {string.Join('x', modality.Values.shape[1..])}")];
        return config.Model.Modalities.Count == 0 ? config with { Model = config.Model with { Modalities = found } }
            : config.Model.Modalities.SequenceEqual(found) ? config
            : throw new UsageException($"model.modalities: found {string.Join(", ", config.Model.Modalities)}; expected those of "
                + $"{examples.Name}, {string.Join(", ", found)}; leave the key out, and they are the data's");
    }

    private Generator Named(string name) => NamedGenerator.Create(Experiment.Run.Seed, name);
}
