using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Reports;
using Avs.Models;
using static TorchSharp.torch;

namespace Avs.Train.Segmentation;

/// <summary>A picture of a few validation clips, a labelled frame of each, with the truth and with what a model finds in it.</summary>
internal static class PredictionSheet
{
    private const int Clips = 6, CellWidth = 144;

    /// <summary>Draws it; the model is in evaluation mode.</summary>
    public static void Write(
        string path, AudioVisualSegmenter model, SegmentationExperiment experiment, IClipDataset validation, Device device)
    {
        var shown = ClipSubset.Spread(validation, Clips);
        List<SheetCell> truths = [], predictions = [];
        void Add(ClipPrediction prediction)
        {
            if (prediction.LabelledFrames.Length == 0)
                return;
            var clip = shown.Load(prediction.Index);
            var at = prediction.LabelledFrames.Length / 2;
            var frame = prediction.LabelledFrames[at];
            truths.Add(ClipCells.Truth(clip, frame, clip.Info.Category));
            predictions.Add(ClipCells.Prediction(clip, prediction, frame, $"IoU {prediction.Frames[at].Iou:0.00}"));
        }
        var options = SegmenterFactory.EvaluationOptions(experiment.Task, device) with { Observe = Add };
        Evaluator.Run(SegmenterFactory.ForEvaluation(model, experiment), shown, options);
        new ContactSheet(CellWidth).Write(path, new Sheet(
            $"{experiment.Run.Name}: {experiment.Task.Model.Name}", validation.Name, [.. Enumerable.Repeat("", truths.Count)],
            [new SheetRow("what sounds", truths), new SheetRow("what the model finds", predictions)]));
    }
}
