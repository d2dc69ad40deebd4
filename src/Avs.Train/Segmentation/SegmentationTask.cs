using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Models;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using Avs.Train.Distribution;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Segmentation;

/// <summary>
/// Learning to segment what sounds: batches of clips, the objective of the model's family, and mIoU on the validation split.
/// </summary>
public sealed class SegmentationTask : ITrainingTask<AvsBatch>, IDisposable
{
    private readonly SegmentationExperiment experiment;
    private readonly Device device;
    private readonly AudioVisualSegmenter model;
    private readonly ClipLoader loader;
    private readonly IClipDataset validation;
    private readonly ICommunicator workers;
    private readonly string trainName;
    private readonly Replicas replicas;

    /// <summary>Builds the model with weights that follow from the seed, and the loaders.</summary>
    /// <param name="train">The clips to learn from.</param>
    /// <param name="validation">The clips to choose the best checkpoint by.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="workers">The processes that train together; null: only this one.</param>
    public SegmentationTask(
        SegmentationExperiment experiment, IClipDataset train, IClipDataset validation, Device device, ICommunicator? workers = null)
        : this(experiment, CreateModel(experiment, device), train, validation, device, workers ?? SingleProcess.Instance)
    {
    }

    private SegmentationTask(
        SegmentationExperiment experiment, AudioVisualSegmenter model, IClipDataset train, IClipDataset validation, Device device,
        ICommunicator workers)
    {
        var (run, config) = (experiment.Run, experiment.Task);
        RequireClasses(config.Model.Network.Classes, train);
        this.experiment = experiment;
        this.device = device;
        this.model = model;
        this.workers = workers;
        replicas = new Replicas(model, experiment, device, workers);
        trainName = $"{train.Name} ({train.Clips.Count} clips)";
        this.validation = ClipSubset.Spread(validation, config.Evaluate.Clips);
        loader = new ClipLoader(train, new LoaderOptions(
            new BatchOptions(config.Model.Network.ImageSize, config.Augment, config.Data.FramesDrawn),
            config.Data.BatchClips / workers.Size, run.Seed)
        {
            Rank = workers.Rank,
            WorldSize = workers.Size,
            Shuffle = true,
            PairScenes = config.Data.Pairing,
            DropLast = run.Train.Replicas > 1,
            Cache = config.Data.InMemory,
            MaxBadClips = config.Data.MaxBadClips,
            Pin = device.type == DeviceType.CUDA,
            Threads = config.Data.Workers,
            Prefetch = config.Data.Ahead,
            StreamName = "train",
        });
        LearnedParameters = [.. model.LearnedParameters()];
    }

    /// <summary>Opens the data set that the experiment names.</summary>
    /// <param name="context">Where to compute; its log says when a cache of the clips has to be made, and how far it is.</param>
    /// <exception cref="UsageException">The model would be trained around an audio network that has no weights, or in a precision that is
    /// not to be had here.</exception>
    /// <exception cref="DataException">The data set is missing or damaged.</exception>
    public static SegmentationTask Open(SegmentationExperiment experiment, TaskContext context)
    {
        var (device, config) = (context.Device, experiment.Task);
        var model = CreateModel(context.SavedState is null ? experiment : experiment.WithoutWeights(), device);
        try
        {
            // Before anything is computed with it: a frozen audio network's vectors may be kept in a cache, under the name of its weights.
            if (context.SavedState is { } state)
                RunState.LoadWeights(state, model);
            else
                StartingWeights.RequireSound(model, config.Model, learns: true);
            var data = new ExperimentData(config.Data, FrozenSound.Of(model, device)) { Log = context.Log, Stop = context.Stop };
            // A cache that has to be made is made once.
            var (train, validation) = context.Workers.FirstThenOthers(() => (data.Open(Split.Train), data.Open(Split.Val)));
            return new SegmentationTask(experiment, model, train, validation, device, context.Workers);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Skipped =>
        [.. loader.BadClips.Select(bad => $"the training clip {bad.Clip.Id} was left out: {bad.Reason}")];

    /// <inheritdoc/>
    public string Unit => "clips";

    /// <inheritdoc/>
    public IReadOnlyList<RunPlot> Plots { get; } =
        [new("loss", ["total", "seg_prior", "seg_post"]), new("validation", ["val_miou", "val_f_score"], 0, 1)];

    /// <inheritdoc/>
    public nn.Module Model => model;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Parameter)> LearnedParameters { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> BackboneParameters => [.. model.BackboneParameters()];

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Generator Generator)> Generators => replicas.Generators;

    /// <inheritdoc/>
    public int BatchesPerEpoch => loader.BatchesPerEpoch;

    /// <inheritdoc/>
    public IEnumerable<AvsBatch> Batches(long from) => loader.From(loader.PositionAfter(from)).Select(next => next.Batch);

    /// <summary>How long the training step has waited for batches so far.</summary>
    public TimeSpan WaitedForBatches => loader.Waited;

    /// <inheritdoc/>
    public StepResult Backward(AvsBatch batch, double progress) => replicas.Backward(batch, progress);

    /// <inheritdoc/>
    public IEnumerable<string> NamesOf(AvsBatch batch) => batch.Clips.Select(clip => clip.Id);

    /// <inheritdoc/>
    public void WritePictures(RunFolder run)
    {
        using var folded = new FoldedNorms(model);
        PredictionSheet.Write(run.SheetPath, model, experiment, validation, device);
    }

    /// <inheritdoc/>
    public Validation Validate()
    {
        using var folded = new FoldedNorms(model);
        var options = SegmenterFactory.EvaluationOptions(experiment.Task, device);
        var segmenter = SegmenterFactory.ForEvaluation(model, experiment);
        // Draws follow one another from clip to clip, so there every process goes through all clips.
        var scores = workers.Size > 1 && experiment.Task.Evaluate.Latent == LatentMode.Mean
            ? SharedValidation.Run(segmenter, validation, options, workers)
            : Evaluator.Run(segmenter, validation, options).Scores;
        // Of classes the best checkpoint is the one that tells them apart, by what exists alone: see ClassScores.
        return scores.Classes?.ByProtocol[ClassScores.Main] is { } classes
            ? new Validation(classes.Miou, [.. classes.Named, ("foreground_miou", scores.Miou)])
            : new Validation(scores.Miou, [("miou", scores.Miou), ("f_score", scores.FScore)]);
    }

    /// <inheritdoc/>
    public string Description =>
        $"{experiment.Task.Model.Name} ({model.ParameterCount:N0} parameters) on {trainName}, validated on {validation.Name}";

    private static void RequireClasses(int classes, IClipDataset data)
    {
        var expected = Math.Max(1, data.Classes.Count);
        if (classes != expected)
        {
            throw new UsageException($"model.network.classes: found {classes}, expected {expected}, for so many "
                + (data.Classes.Count == 0 ? $"channels has a mask, and {data.Name} names no classes" : $"classes has {data.Name}"));
        }
    }

    private static AudioVisualSegmenter CreateModel(SegmentationExperiment experiment, Device device)
    {
        RecordCheck.Require(experiment.Task);
        MixedPrecision.Require(experiment.Run.Train.Precision, device, "train.precision");
        experiment.Run.Train.ApplyThreads();
        return SegmenterFactory.Create(experiment, device);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        loader.Dispose();
        replicas.Dispose();
        model.Dispose();
    }
}
