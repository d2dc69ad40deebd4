using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Models;
using Avs.Models.Memory;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Serve;

/// <summary>A trained segmenter, loaded once, with the clips of its data set where they are here.</summary>
public sealed class ServedRun : IDisposable
{
    private readonly AudioVisualSegmenter model;
    private readonly FoldedNorms folded;
    private readonly SegmentationExperiment experiment;

    private ServedRun(AudioVisualSegmenter model, SegmentationExperiment experiment, Device device)
    {
        (this.model, this.experiment) = (model, experiment);
        folded = new FoldedNorms(model);
        Evaluation = SegmenterFactory.EvaluationOptions(experiment.Task, device);
    }

    public string Name => experiment.Run.Name;

    public string Model => experiment.Task.Model.Name;

    /// <summary>Whether its masks depend on the sound at all.</summary>
    public bool HearsSound => experiment.Task.Model.Network.UsesSound;

    public Subset Subset => experiment.Task.Data.Subset;

    /// <summary>The image size, the device, and whether mirrored pictures are averaged in.</summary>
    public EvaluationOptions Evaluation { get; }

    /// <summary>Null where there are none; <see cref="WhyNoClips"/> says why.</summary>
    public IClipDataset? Clips { get; private init; }

    public string WhyNoClips { get; private init; } = "";

    /// <summary>The folder of the clips; empty without.</summary>
    public string DataFolder { get; private init; } = "";

    /// <summary>Loads a run.</summary>
    /// <param name="path">The folder of a run, a checkpoint, or an experiment with its weights.</param>
    /// <param name="data">The data set's folder; null: the one of the training, if it is here.</param>
    /// <exception cref="UsageException">There is no such run, or its model is of AVSS.</exception>
    /// <exception cref="DataException">Its checkpoint, or the data set that was named, is missing or damaged.</exception>
    public static ServedRun Open(string path, string? data, Split split, Device device)
    {
        var (model, experiment, _) = SegmenterFactory.Load(path, device);
        try
        {
            if (experiment.Task.Data.Subset == Subset.AVSS)
            {
                throw new UsageException(
                    $"'{path}' tells classes apart (AVSS), and the page shows one mask; avs predict colours its classes");
            }
            var config = data is null ? experiment.Task.Data : experiment.Task.Data with { Root = data };
            try
            {
                var clips = new ExperimentData(config, embedding: null).OpenFiles(split);
                return new ServedRun(model, experiment, device) { Clips = clips, DataFolder = clips.Root };
            }
            catch (DataException e) when (data is null)
            {
                return new ServedRun(model, experiment, device) { WhyNoClips = e.Message };
            }
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The model as evaluations and `avs predict` call it: draws of latent codes begin anew, so that the same input gives the
    /// same masks.</summary>
    public Segmenter CreateSegmenter()
    {
        // It holds for the calling thread, and each job may run on another.
        experiment.Run.Train.ApplyThreads();
        return SegmenterFactory.ForEvaluation(model, experiment);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        folded.Dispose();
        model.Dispose();
    }
}
