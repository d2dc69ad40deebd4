using Avs.Core;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Models;
using Avs.Models.Memory;
using Avs.Train.Runs;
using Avs.Train.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Segmentation;

/// <summary>Learning to segment what sounds: batches of clips, the objective of the model's family, and mIoU on the validation split.</summary>
public sealed class SegmentationTask : ITrainingTask<AvsBatch>, IDisposable
{
    private readonly ExperimentConfig config;
    private readonly Device device;
    private readonly AudioVisualSegmenter model;
    private readonly ClipLoader loader;
    private readonly IClipDataset validation;
    private readonly string trainName;
    private readonly Replicas replicas;

    /// <summary>Builds the model with weights that follow from the seed, and the loaders.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="train">The clips to learn from.</param>
    /// <param name="validation">The clips to choose the best checkpoint by.</param>
    /// <param name="device">Where to compute.</param>
    public SegmentationTask(ExperimentConfig config, IClipDataset train, IClipDataset validation, Device device)
        : this(config, ModelOf(config, device), train, validation, device)
    {
    }

    private SegmentationTask(ExperimentConfig config, AudioVisualSegmenter model, IClipDataset train, IClipDataset validation, Device device)
    {
        this.config = config;
        this.device = device;
        this.model = model;
        replicas = new Replicas(model, config, device);
        trainName = $"{train.Name} ({train.Clips.Count} clips)";
        this.validation = ClipSubset.Spread(validation, config.Evaluate.Clips);
        loader = new ClipLoader(train, new LoaderOptions(
            new BatchOptions(config.Model.Network.ImageSize, config.Augment, config.Train.FramesDrawn), config.Train.BatchClips, config.Seed)
        {
            Shuffle = true,
            PairScenes = config.Train.Pairing,
            DropLast = config.Train.Replicas > 1,
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
    /// <param name="config">The experiment.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="says">Told when a cache of the clips has to be made, and how far it is.</param>
    /// <param name="stop">Ends that.</param>
    /// <param name="state">The saved state of the run that is continued; null for a new one.</param>
    /// <exception cref="UsageException">The model would be trained around an audio network that has no weights, or in a precision that is not to be had here.</exception>
    /// <exception cref="DataException">The data set is missing or damaged.</exception>
    public static SegmentationTask Open(
        ExperimentConfig config, Device device, Action<string>? says = null, CancellationToken stop = default, string? state = null)
    {
        var model = ModelOf(config, device);
        try
        {
            // Before anything hears with it: a frozen audio network's vectors may be kept in a cache, under the name of its weights.
            if (state is null)
                StartingWeights.RequireSound(model, config.Model, learns: true);
            else
                RunState.LoadWeights(state, model);
            var data = new ExperimentData(config.Data, FrozenSound.Of(model, device)) { Says = says, Stop = stop };
            return new SegmentationTask(config, model, data.Open(Split.Train), data.Open(Split.Val), device);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Training clips that could not be read so far and were set aside.</summary>
    public IReadOnlyList<BadClip> BadClips => loader.BadClips;

    /// <inheritdoc/>
    public nn.Module Model => model;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Parameter)> LearnedParameters { get; }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Generator Generator)> Generators => replicas.Generators;

    /// <inheritdoc/>
    public int StepsPerEpoch => loader.BatchesPerEpoch;

    /// <inheritdoc/>
    public IEnumerable<AvsBatch> Batches(long fromStep) => loader.From(loader.PositionAfter(fromStep)).Select(next => next.Batch);

    /// <summary>How long the training step has waited for batches so far.</summary>
    public TimeSpan WaitedForBatches => loader.Waited;

    /// <inheritdoc/>
    public StepResult Backward(AvsBatch batch, double progress) => replicas.Backward(batch, progress);

    /// <inheritdoc/>
    public Validation Validate()
    {
        using var folded = new FoldedNorms(model);
        var result = Evaluator.Run(
            SegmenterFactory.ForEvaluation(model, config), validation, SegmenterFactory.EvaluationOptions(config, device, EvalMode.Reference));
        return new Validation(result.Scores.Miou, [("miou", result.Scores.Miou), ("f_score", result.Scores.FScore)]);
    }

    /// <summary>What is trained on what, for the log.</summary>
    public string Describe() =>
        $"{config.Model.Name} ({model.ParameterCount:N0} parameters) on {trainName}, validated on {validation.Name}";

    private static AudioVisualSegmenter ModelOf(ExperimentConfig config, Device device)
    {
        MixedPrecision.Require(config.Train.Precision, device, "train.precision");
        if (config.Train.Threads is { } threads)
            set_num_threads(threads);
        return SegmenterFactory.Create(config, device);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        loader.Dispose();
        replicas.Dispose();
        model.Dispose();
    }
}
