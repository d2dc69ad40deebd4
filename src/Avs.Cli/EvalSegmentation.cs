using System.CommandLine;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Reports;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using Avs.Train.Segmentation;

namespace Avs.Cli;

/// <summary>`avs eval` of a segmenter: mIoU and F-score by every protocol, under one sound or several.</summary>
internal static class EvalSegmentation
{
    /// <param name="Path">The folder of a run, a checkpoint, or an experiment that names model.weights.</param>
    /// <param name="Data">The data set's folder; null: the one of the training.</param>
    /// <param name="Audio">Names of conditions, or "all".</param>
    /// <param name="Latent">null: as the experiment says.</param>
    /// <param name="Samples">Number of draws of the latent codes; null: as the experiment says.</param>
    /// <param name="Overlays">The folder to write every frame with its prediction to; null: none.</param>
    /// <param name="Out">The folder to make; null: none.</param>
    /// <param name="Masks">Whether the masks go there too.</param>
    private sealed record Request(
        string Path, string Device, string? Data, Split Split, string Audio, int ClipsPerCall, int Draws, LatentMode? Latent, int? Samples,
        string? Overlays, string? Out, bool Masks);

    public static void Run(Terminal terminal, ParseResult parse, EvalOptions options, string path)
    {
        options.RefuseOthers(parse, "a segmenter's scores",
            options.Data, options.Split, options.Audio, options.Mode, options.ClipsPerCall, options.Draws, options.Latent, options.Samples,
            options.Overlays, options.Out, options.Masks);
        var request = new Request(
            path,
            parse.GetValue(options.Device)!,
            parse.GetValue(options.Data),
            CommonOptions.Chosen<Split>(parse.GetValue(options.Split)!),
            parse.GetValue(options.Audio)!,
            parse.GetValue(options.ClipsPerCall),
            parse.GetValue(options.Draws),
            parse.GetValue(options.Latent) is { } chosen ? CommonOptions.Chosen<LatentMode>(chosen) : null,
            parse.GetValue(options.Samples),
            parse.GetValue(options.Overlays),
            parse.GetValue(options.Out),
            parse.GetValue(options.Masks));
        if (request is { Masks: true, Out: null })
            throw new UsageException("--masks needs --out with the folder to write them to");
        var report = Stoppable.Run("the evaluation was stopped; nothing of it was kept",
            stop => ProgressView.Run(terminal, view => Evaluate(request, view, stop)));
        if (parse.GetValue(options.Json))
            terminal.Out.WriteLine(MetricsJson.From(report).ToJson());
        else
            ScoreTable.Print(terminal, report);
        if (request.Out is { } folder)
            terminal.Error.WriteLine($"written to {folder}");
    }

    private static EvaluationReport Evaluate(Request request, ProgressView view, CancellationToken stop)
    {
        var device = CommonOptions.ParseDevice(request.Device);
        var (model, trained, checkpoint) = SegmenterFactory.Load(request.Path, device);
        using (model)
        {
            if ((request.Latent ?? LatentMode.Mean) != LatentMode.Mean || request.Samples > 1)
                RequireLatentCodes(trained.Task.Model);
            var data = trained.Task.Data;
            var config = trained.Task with
            {
                Evaluate = Change(trained.Task.Evaluate, request),
                Data = data with { Root = request.Data ?? data.Root },
            };
            trained.Run.Train.ApplyThreads();
            var conditions = EvalOptions.FindConditions(request.Audio);
            // A cache has no recordings, which the loudness of noise is measured on.
            var source = new ExperimentData(config.Data, FrozenSound.Of(model, device));
            var dataset = conditions.Contains(AudioCondition.Noise) ? source.OpenFiles(request.Split) : source.Open(request.Split);
            IReadOnlyDictionary<AudioCondition, string> leftOut = new Dictionary<AudioCondition, string>();
            if (request.Audio == EvalOptions.AllConditions)
            {
                (conditions, leftOut) = AudioConditions.FindPlayable(dataset);
                foreach (var (audio, reason) in leftOut)
                    view.Write($"{audio.Name()} is left out: {reason}");
            }
            using var folder = request.Out is { } made ? new EvaluationFolder(made, config.Data.Subset) : null;
            var progress = view.Count("clips");
            var options = SegmenterFactory.EvaluationOptions(config, device) with
            {
                ClipsPerCall = request.ClipsPerCall,
                Quality = true,
                Progress = done => progress(done, dataset.Clips.Count),
                Observe = Overlays(request, dataset, conditions) + (request.Masks ? folder!.WriteMasks : null),
            };
            using var folded = new FoldedNorms(model);
            var segmenter = SegmenterFactory.ForEvaluation(model, trained with { Task = config });
            var results = Evaluator.Run(segmenter, dataset, options, conditions, stop);
            var report = EvaluationReport.From(
                SegmenterFactory.Describe(request.Path, checkpoint, config, request.Split, options), results, leftOut, request.Draws);
            folder?.Finish(report);
            return report;
        }
    }

    // With several conditions each has a folder of its own.
    private static Action<ClipPrediction>? Overlays(Request request, IClipDataset dataset, IReadOnlyList<AudioCondition> conditions)
    {
        if (request.Overlays is not { } folder)
            return null;
        var files = conditions.ToDictionary(
            audio => audio, audio => new OverlayFiles(conditions.Count == 1 ? folder : Path.Combine(folder, audio.Name()), dataset));
        return prediction => files[prediction.Audio].Write(prediction);
    }

    private static void RequireLatentCodes(ModelConfig model)
    {
        if (!model.Network.HasLatentCodes)
            throw new UsageException($"--latent, --samples: {model.Name} has no latent codes, so there is nothing to draw");
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
}
