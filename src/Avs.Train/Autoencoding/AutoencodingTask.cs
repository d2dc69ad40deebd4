using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Models.Memory;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Networks;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>One training step's images.</summary>
/// <param name="Images">float32 [N,C,H,W] in [0, 1].</param>
public sealed record ImageBatch(Tensor Images) : IDisposable
{
    public void Dispose() => Images.Dispose();
}

/// <summary>Learning to encode and decode images: batches of images, the model's objective, and that objective on validation images.</summary>
public sealed class AutoencodingTask : ITrainingTask<ImageBatch>
{
    private readonly Device device;
    private readonly AutoencoderNetwork model;
    private readonly ImageTensors train, validation;
    private readonly long[] validated; // the indices of the images that are looked at
    private readonly EpochOrder order;
    private readonly Generator latent, binarization;

    /// <summary>Builds the model with weights that follow from the seed.</summary>
    /// <param name="train">The images to learn from; disposed with the task.</param>
    /// <param name="validation">The images to choose the best checkpoint by; disposed with the task.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="UsageException">The images do not fit the model.</exception>
    public AutoencodingTask(AutoencodingExperiment experiment, ImageTensors train, ImageTensors validation, Device device)
    {
        (this.train, this.validation, this.device) = (train, validation, device);
        RecordCheck.Require(experiment.Task);
        if (experiment.Run.Train.Threads is { } threads)
            set_num_threads(threads);
        Experiment = experiment with { Task = Fit(experiment.Task, train) };
        model = AutoencoderFactory.Create(Experiment, device);
        LearnedParameters = [.. model.named_parameters().Select(entry => (entry.name, entry.parameter))];
        order = new EpochOrder(train.Count, experiment.Task.Data.BatchImages, experiment.Run.Seed);
        validated = EpochOrder.Spread(validation.Count, experiment.Task.Evaluate.Images);
        (latent, binarization) = (Named("train/latent"), Named("train/binarize"));
    }

    /// <summary>Opens the image set that the experiment names.</summary>
    /// <exception cref="UsageException">There is no such set, it needs a folder, or its images do not fit the model.</exception>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static AutoencodingTask Open(AutoencodingExperiment experiment, TaskContext context)
    {
        var data = experiment.Task.Data;
        var train = AutoencodingData.Open(data, Split.Train, context.Log);
        ImageTensors? validation = null;
        try
        {
            validation = AutoencodingData.Open(data, Split.Val, context.Log);
            return new AutoencodingTask(experiment, train, validation, context.Device);
        }
        catch
        {
            train.Dispose();
            validation?.Dispose();
            throw;
        }
    }

    /// <summary>The experiment, with the shape of the images where it leaves that to them.</summary>
    public AutoencodingExperiment Experiment { get; }

    /// <inheritdoc/>
    public nn.Module Model => model;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Parameter)> LearnedParameters { get; }

    /// <inheritdoc/>
    public int StepsPerEpoch => order.StepsPerEpoch;

    /// <inheritdoc/>
    public string Unit => "images";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Generator Generator)> Generators => [("latent", latent), ("binarize", binarization)];

    /// <inheritdoc/>
    public IReadOnlyList<RunPlot> Plots { get; } =
    [
        new("objective", ["total", "val_total"]),
        new("reconstruction, nats an image", ["reconstruction", "val_reconstruction"]),
        new("code", ["kl", "val_kl", "mmd", "val_mmd", "code", "val_code"]),
    ];

    /// <inheritdoc/>
    public string Description
    {
        get
        {
            var (parameters, network) = (LearnedParameters.Sum(entry => entry.Parameter.numel()), Experiment.Task.Model.Network);
            return $"{Experiment.Task.Model.Name} ({parameters:N0} parameters, {network.LatentSize} dimensions) on {train.Name} "
                + $"({train.Count} images of {network.Image}), validated on {validation.Name} ({validated.Length})";
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ImageBatch> Batches(long fromStep) => order.From(fromStep).Select(rows => new ImageBatch(train.Batch(rows.Span)));

    /// <inheritdoc/>
    public StepResult Backward(ImageBatch batch, double progress)
    {
        using var scope = NewDisposeScope();
        var terms = Terms(batch.Images, latent, binarization, progress);
        Backpropagation.Run(terms.Total);
        (string Name, double Value)[] values = [.. terms.Named().Select(term => (term.Name, term.Value.ToDouble()))];
        return new StepResult(values[0].Value, values, (int)batch.Images.shape[0]);
    }

    /// <inheritdoc/>
    public Validation Validate()
    {
        using var latent = Named("validate/latent"); // the same draws each time
        using var binarization = Named("validate/binarize");
        var sums = new MeanFigures();
        foreach (var rows in validated.Chunk(Experiment.Task.Evaluate.BatchImages))
        {
            using var scope = NewDisposeScope();
            var terms = Terms(validation.Batch(rows), latent, binarization, progress: 1);
            sums.Add(terms.Named().Select(term => (term.Name, term.Value.ToDouble())), rows.Length);
        }

        var means = sums.Means();
        var total = means[0].Value;
        if (model.Likelihood.IsDensity && means.FirstOrDefault(mean => mean.Name == "kl") is { Name: not null } kl)
            means = [.. means, ("elbo", -(means.First(mean => mean.Name == "reconstruction").Value + kl.Value))];
        return new Validation(double.IsFinite(total) ? -total : double.NegativeInfinity, means);
    }

    /// <inheritdoc/>
    public void WritePictures(RunFolder run)
    {
        using var generator = Named("sheet");
        AutoencoderSheet.Write(run.SheetPath, Experiment, model, device, validation, validated, generator);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        latent.Dispose();
        binarization.Dispose();
        model.Dispose();
        train.Dispose();
        validation.Dispose();
    }

    private ObjectiveTerms Terms(Tensor images, Generator latent, Generator binarization, double progress)
    {
        var seen = AutoencodingData.Binarize(images.to(device), Experiment.Task.Data.Binarize, binarization);
        return Experiment.Task.Objective.Compute(model, seen, model.call(seen, latent), latent, progress);
    }

    private static AutoencodingConfig Fit(AutoencodingConfig config, ImageTensors images)
    {
        var shape = new ImageShape { Channels = images.Channels, Height = images.Height, Width = images.Width };
        var network = config.Model.Network;
        if (network.Image == shape)
            return config;
        if (!config.Model.ImageIsTheDatas)
            throw new UsageException($"model.network.image: found {network.Image}, expected {shape}, the shape of {images.Name} with "
                + $"data.pad: {config.Data.Pad}; leave the key out, and it is the data's");
        return config with { Model = config.Model with { Network = network with { Image = shape } } };
    }

    private Generator Named(string name) => NamedGenerator.Create(Experiment.Run.Seed, name);
}
