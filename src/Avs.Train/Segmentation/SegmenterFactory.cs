using Avs.Core;
using Avs.Core.Configuration;
using Avs.Core.Formats;
using Avs.Core.Libtorch;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Models;
using Avs.Models.Segmentation;
using Avs.Train.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Segmentation;

/// <summary>Builds segmenters: with fresh weights for a run, or with those of a checkpoint.</summary>
public static class SegmenterFactory
{
    /// <summary>
    /// A model with the weights that the experiment names, and for the rest with weights that follow from its seed alone.
    /// </summary>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="DataException">A file of weights that the experiment names is missing, damaged or of another model.</exception>
    public static AudioVisualSegmenter Create(SegmentationExperiment experiment, Device device)
    {
        var model = NamedGenerator.DrawFromDefault(
            experiment.Run.Seed, "train/weights", () => new AudioVisualSegmenter(experiment.Task.Model.ToSegmenter()));
        StartingWeights.Load(model, experiment.Task.Model);
        model.to(device);
        return model;
    }

    /// <summary>A trained model, in evaluation mode.</summary>
    /// <param name="path">The folder of a run, whose best checkpoint is taken, a checkpoint, or an experiment whose weights are a
    /// checkpoint, such as the authors'.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="UsageException">There is no run or checkpoint of that name, or the experiment names no weights, or none for its
    /// audio network.</exception>
    /// <exception cref="DataException">The checkpoint is missing, damaged, of another model, or does not say which experiment it comes
    /// from.</exception>
    public static (AudioVisualSegmenter Model, SegmentationExperiment Experiment, string Checkpoint) Load(string path, Device device)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml")
            return LoadNamed(path, device);
        var checkpoint = Checkpoint.Find(path);
        RequireCheckpoint(checkpoint);
        var experiment = SegmentationExperiment.FromCheckpoint(checkpoint).WithoutWeights();
        var model = Create(experiment, device);
        Checkpoint.Load(checkpoint, model);
        model.eval();
        return (model, experiment, checkpoint);
    }

    /// <summary>The model as evaluations call it. Draws of latent codes, where there are any, follow from the experiment's seed.</summary>
    public static Segmenter ForEvaluation(AudioVisualSegmenter model, SegmentationExperiment experiment)
    {
        var latent = new LatentAtTest(experiment.Task.Evaluate.Latent, experiment.Task.Evaluate.Samples);
        ILatentNoise noise = latent.Mode == LatentMode.Mean
            ? new ZeroNoise()
            : new GeneratorNoise(NamedGenerator.Create(experiment.Run.Seed, "evaluate/latent"));
        return Segmenters.FromModel(model, latent, noise);
    }

    /// <summary>How an experiment evaluates.</summary>
    /// <param name="config">What it says of the task.</param>
    /// <param name="device">Where it computes.</param>
    public static EvaluationOptions EvaluationOptions(SegmentationConfig config, Device device) =>
        new(config.Model.Network.ImageSize)
        {
            ClipsPerBatch = config.Evaluate.BatchClips,
            Flip = config.Evaluate.Flip,
            Threads = config.Data.Workers,
            Device = device,
        };

    /// <summary>What a report of an evaluation says of it.</summary>
    /// <param name="run">What the user named: the folder of a run, a checkpoint or an experiment.</param>
    /// <param name="checkpoint">The file of the weights.</param>
    /// <param name="config">Of the evaluation, its data set named as it was opened.</param>
    /// <param name="options">Those of <see cref="EvaluationOptions"/>.</param>
    public static EvaluationSubject Describe(
        string run, string checkpoint, SegmentationConfig config, Split split, EvaluationOptions options) => new()
        {
            Run = run,
            Checkpoint = checkpoint,
            Model = config.Model.Name,
            Root = config.Data.Root,
            Subset = RecordReader.SnakeCase(config.Data.Subset.ToString()),
            Split = split.Name(),
            Device = options.Device!.ToString(),
            Latent = RecordReader.SnakeCase(config.Evaluate.Latent.ToString()),
            Samples = config.Evaluate.Samples,
            Flip = options.Flip,
            ImageSize = options.ImageSize,
        };

    private static (AudioVisualSegmenter Model, SegmentationExperiment Experiment, string Checkpoint) LoadNamed(string path, Device device)
    {
        var experiment = SegmentationExperiment.Load(path);
        if (experiment.Task.Model.Weights is not { } weights)
            throw new UsageException($"{path} has no model.weights, so there is nothing to measure but chance; name a checkpoint there, or "
                + "the folder of a run instead of the experiment");
        var model = Create(experiment, device);
        try
        {
            StartingWeights.RequireSound(model, experiment.Task.Model, learns: false);
        }
        catch
        {
            model.Dispose();
            throw;
        }
        model.eval();
        return (model, experiment, weights);
    }

    // Says what another file is, and what to do with one that holds weights but no experiment.
    private static void RequireCheckpoint(string path)
    {
        var kind = FileKind.Describe(path);
        if (kind == "a safetensors file"
            || (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            && kind.StartsWith("a file that", StringComparison.Ordinal)))
            return;
        const string expected = "expected the folder of a run, a checkpoint of this program (best.safetensors) or an experiment (YAML)";
        throw new DataException(kind.StartsWith("a file of PyTorch", StringComparison.Ordinal)
            ? $"{path} is {kind}, which does not say what model it is of; name it in an experiment, model: {{name: …, weights: {path}}}, "
                + "and give that YAML file instead"
            : $"{path} is {kind}, {expected}");
    }
}
