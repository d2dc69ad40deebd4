using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using Avs.Models;
using Avs.Models.Memory;
using static TorchSharp.torch;

namespace Avs.Train.Segmentation;

/// <summary>What to measure.</summary>
/// <param name="Path">The folder of a run, or a checkpoint.</param>
/// <param name="Device">Where to compute.</param>
public sealed record EvaluationRequest(string Path, Device Device)
{
    /// <summary>The data set's folder; null for the one of the training.</summary>
    public string? Data { get; init; }

    /// <summary>The split.</summary>
    public Split Split { get; init; } = Split.Test;

    /// <summary>What is heard.</summary>
    public AudioCondition Audio { get; init; } = AudioCondition.Real;

    /// <summary>How frames become one number.</summary>
    public EvalMode Mode { get; init; } = EvalMode.Reference;

    /// <summary>How latent codes are chosen; null: as the experiment says.</summary>
    public LatentMode? Latent { get; init; }

    /// <summary>Number of draws, for <see cref="LatentMode.Sample"/>; null: as the experiment says.</summary>
    public int? Samples { get; init; }

    /// <summary>A folder to write every frame with its prediction to; null for none.</summary>
    public string? Overlays { get; init; }

    // More than one draw can only mean that codes are drawn.
    internal EvaluateConfig Choice(EvaluateConfig evaluate)
    {
        var latent = Latent ?? (Samples > 1 ? LatentMode.Sample : evaluate.Latent);
        var samples = Samples ?? (latent == evaluate.Latent ? evaluate.Samples : 1);
        try
        {
            _ = new LatentAtTest(latent, samples);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message, e);
        }
        return evaluate with { Latent = latent, Samples = samples };
    }
}

/// <summary>Measures a trained model.</summary>
public static class SegmenterEvaluation
{
    /// <summary>Loads a model and a data set and measures.</summary>
    /// <param name="request">What to measure.</param>
    /// <param name="progress">Told the clips done and the clips in all.</param>
    /// <exception cref="UsageException">There is no such run, or the data set does not offer what is asked for.</exception>
    /// <exception cref="DataException">The checkpoint or the data set is missing or damaged.</exception>
    public static EvaluationResult Run(EvaluationRequest request, Action<int, int> progress)
    {
        var (model, trained, _) = SegmenterFactory.Load(request.Path, request.Device);
        var config = trained.Task with { Evaluate = request.Choice(trained.Task.Evaluate) };
        using (model)
        {
            if (trained.Run.Train.Threads is { } threads)
                set_num_threads(threads);
            var data = request.Data is { } root ? config.Data with { Root = root } : config.Data;
            var dataset = new ExperimentData(data, FrozenSound.Of(model, request.Device)).Open(request.Split);
            var options = SegmenterFactory.EvaluationOptions(config, request.Device, request.Mode) with
            {
                Progress = new Report(done => progress(done, dataset.Clips.Count)),
                Observe = request.Overlays is { } folder ? new OverlayFiles(folder, dataset).Write : null,
            };
            using var folded = new FoldedNorms(model);
            return Evaluator.Run(SegmenterFactory.ForEvaluation(model, trained with { Task = config }), dataset, options, request.Audio);
        }
    }

    // Unlike the library's, reports at once and on the thread that works.
    private sealed class Report(Action<int> told) : IProgress<int>
    {
        void IProgress<int>.Report(int value) => told(value);
    }

    private sealed class OverlayFiles(string folder, IClipDataset dataset)
    {
        private static readonly OverlayStyle Style = new(Rgb.Prediction);

        // One picture a labelled frame: `{folder}/{clip}_{frame}.png`, frames counted from one as AVSBench does.
        public void Write(ClipPrediction prediction)
        {
            Directory.CreateDirectory(folder);
            var clip = dataset.Load(prediction.Index);
            foreach (var frame in prediction.LabelledFrames)
            {
                var cell = ClipCells.Prediction(clip, prediction, frame, "");
                AtomicFile.Write(Path.Combine(folder, $"{clip.Info.Id}_{frame + 1}.png"), path => File.WriteAllBytes(path, Picture(cell)));
                if (ClipCells.Uncertainty(clip, prediction, frame) is { } uncertain)
                    AtomicFile.Write(Path.Combine(folder, $"{clip.Info.Id}_{frame + 1}_uncertainty.png"), path => File.WriteAllBytes(path, Picture(uncertain)));
            }
        }

        private static byte[] Picture(SheetCell cell) => new ContactSheet(cell.Width).Picture(cell with { Caption = "" });
    }
}
