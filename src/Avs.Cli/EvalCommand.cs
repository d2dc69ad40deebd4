using System.CommandLine;
using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>`avs eval RUN`</summary>
internal static class EvalCommand
{
    /// <param name="Path">The folder of a run, a checkpoint, or an experiment that names model.weights.</param>
    /// <param name="Data">The data set's folder; null: the one of the training.</param>
    /// <param name="Latent">null: as the experiment says.</param>
    /// <param name="Samples">Number of draws of the latent codes; null: as the experiment says.</param>
    /// <param name="Overlays">The folder to write every frame with its prediction to; null: none.</param>
    private sealed record Request(
        string Path, Device Device, string? Data, Split Split, AudioCondition Audio, EvalMode Mode, LatentMode? Latent, int? Samples,
        string? Overlays);

    public static Command Create(Terminal terminal)
    {
        var path = new Argument<string>("RUN")
        {
            Description = "The folder of a run (its best checkpoint is taken), a checkpoint, or an experiment (YAML) with model.weights.",
        };
        var data = new Option<string?>("--data")
        {
            Description = "The data set's folder. Default: the one of the training.",
            HelpName = "DIR",
        };
        var split = Choice("--split", "The split to measure on.", Split.Test);
        var audio = Choice("--audio",
            "The sound that the model gets: the clip's own, silence, another clip's, or (AVS-Stamps) the other object's in the picture.",
            AudioCondition.Real);
        var mode = Choice("--mode",
            "How frames become one number: as AVSBench does it (calls of 4 clips), or over the whole data set.",
            EvalMode.Reference);
        var overlays = new Option<string?>("--overlays")
        {
            Description = "Write each frame with its prediction as a picture into this folder.",
            HelpName = "DIR",
        };
        var latent = new Option<string?>("--latent")
        {
            Description = "How latent codes are chosen: their means, the average over several draws, or one draw as the release does. " +
                "Default: as trained.",
        };
        latent.AcceptOnlyFromAmong([.. Enum.GetNames<LatentMode>().Select(RecordReader.SnakeCase)]);
        var samples = new Option<int?>("--samples")
        {
            Description = "Number of draws of the latent codes; with --overlays also writes a picture of where they disagree.",
            HelpName = "N",
        };
        var device = CommonOptions.Device();
        var json = CommonOptions.Json("the scores");
        var verb = new Verb("eval", "Measure a trained model: mean IoU and F-score.",
            "avs eval runs/demo/short",
            "avs eval runs/demo/short --audio muted",
            "avs eval runs/demo/short --samples 10 --overlays pictures",
            "avs eval experiments/published.yaml --split test",
            "avs eval runs/demo/short/best.safetensors --data data/AVSBench --split val --json")
        {
            path, data, split, audio, mode, latent, samples, overlays, device, json,
        };
        verb.SetAction(parse =>
        {
            var request = new Request(
                parse.GetValue(path)!,
                CommonOptions.ParseDevice(parse.GetValue(device)!),
                parse.GetValue(data),
                Chosen<Split>(parse.GetValue(split)!),
                Chosen<AudioCondition>(parse.GetValue(audio)!),
                Chosen<EvalMode>(parse.GetValue(mode)!),
                parse.GetValue(latent) is { } chosen ? Chosen<LatentMode>(chosen) : null,
                parse.GetValue(samples),
                parse.GetValue(overlays));
            var result = ProgressView.Run(terminal, view => Evaluate(request, view));
            if (parse.GetValue(json))
                terminal.Out.WriteLine(EvaluationJson.From(result).ToJson());
            else
                ScoreTable.Print(terminal.Screen, result);
        });
        return verb;
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

    private static Option<string> Choice<T>(string name, string what, T usual) where T : struct, Enum
    {
        var option = new Option<string>(name) { Description = what, DefaultValueFactory = _ => RecordReader.SnakeCase(usual.ToString()) };
        option.AcceptOnlyFromAmong([.. Enum.GetNames<T>().Select(RecordReader.SnakeCase)]);
        return option;
    }

    private static T Chosen<T>(string text) where T : struct, Enum =>
        Enum.GetValues<T>().First(value => RecordReader.SnakeCase(value.ToString()) == text);

    // The library's Progress<T> reports later and on another thread.
    private sealed class AtOnce(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
