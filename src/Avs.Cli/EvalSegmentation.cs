using System.CommandLine;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>`avs eval` of a segmenter: mean IoU and F-score.</summary>
internal static class EvalSegmentation
{
    /// <param name="Path">The folder of a run, a checkpoint, or an experiment that names model.weights.</param>
    /// <param name="Data">The data set's folder; null: the one of the training.</param>
    /// <param name="Latent">null: as the experiment says.</param>
    /// <param name="Samples">Number of draws of the latent codes; null: as the experiment says.</param>
    /// <param name="Overlays">The folder to write every frame with its prediction to; null: none.</param>
    private sealed record Request(
        string Path, Device Device, string? Data, Split Split, AudioCondition Audio, EvalMode Mode, LatentMode? Latent, int? Samples,
        string? Overlays);

    public static void Run(Terminal terminal, ParseResult parse, EvalOptions options, string path)
    {
        options.RefuseOthers(parse, "a segmenter's scores",
            options.Data, options.Split, options.Audio, options.Mode, options.Latent, options.Samples, options.Overlays);
        var request = new Request(
            path,
            CommonOptions.ParseDevice(parse.GetValue(options.Device)!),
            parse.GetValue(options.Data),
            EvalOptions.Chosen<Split>(parse.GetValue(options.Split)!),
            EvalOptions.Chosen<AudioCondition>(parse.GetValue(options.Audio)!),
            EvalOptions.Chosen<EvalMode>(parse.GetValue(options.Mode)!),
            parse.GetValue(options.Latent) is { } chosen ? EvalOptions.Chosen<LatentMode>(chosen) : null,
            parse.GetValue(options.Samples),
            parse.GetValue(options.Overlays));
        var result = ProgressView.Run(terminal, view => Evaluate(request, view));
        if (parse.GetValue(options.Json))
            terminal.Out.WriteLine(EvaluationJson.From(result).ToJson());
        else
            ScoreTable.Print(terminal.Screen, result);
    }

    private static EvaluationResult Evaluate(Request request, ProgressView view)
    {
        var (model, trained, _) = SegmenterFactory.Load(request.Path, request.Device);
        using (model)
        {
            var config = trained.Task with { Evaluate = Change(trained.Task.Evaluate, request) };
            if (trained.Run.Train.Threads is { } threads)
                set_num_threads(threads);
            var data = request.Data is { } root ? config.Data with { Root = root } : config.Data;
            var dataset = new ExperimentData(data, FrozenSound.Of(model, request.Device)).Open(request.Split);
            var progress = view.Count("clips");
            var options = SegmenterFactory.EvaluationOptions(config, request.Device, request.Mode) with
            {
                Progress = new AtOnce(done => progress(done, dataset.Clips.Count)),
                Observe = request.Overlays is { } folder ? new OverlayFiles(folder, dataset).Write : null,
            };
            using var folded = new FoldedNorms(model);
            return Evaluator.Run(SegmenterFactory.ForEvaluation(model, trained with { Task = config }), dataset, options, request.Audio);
        }
    }

    // More than one draw can only mean that codes are drawn.
    private static EvaluateConfig Change(EvaluateConfig evaluate, Request request)
    {
        var latent = request.Latent ?? (request.Samples > 1 ? LatentMode.Sample : evaluate.Latent);
        var samples = request.Samples ?? (latent == evaluate.Latent ? evaluate.Samples : 1);
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

    // The library's Progress<T> reports later and on another thread.
    private sealed class AtOnce(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
