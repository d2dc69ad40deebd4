using System.CommandLine;
using Avs.Core.Configuration;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Models;
using Avs.Train.Segmentation;

namespace Avs.Cli;

/// <summary>`avs eval RUN`</summary>
internal static class EvalCommand
{
    public static Command Create(Terminal terminal)
    {
        var path = new Argument<string>("RUN") { Description = "The folder of a run (its best checkpoint is taken), a checkpoint, or an experiment (YAML) that names model.weights." };
        var data = new Option<string?>("--data") { Description = "The data set's folder. Default: the one of the training.", HelpName = "DIR" };
        var split = Choice("--split", "The split to measure on.", Split.Test);
        var audio = Choice("--audio", "What is heard: the clip's own sound, silence, another clip's sound, or (AVS-Stamps) the other object in the picture.", AudioCondition.Real);
        var mode = Choice("--mode", "How frames become one number: as AVSBench does it (calls of 4 clips), or over the whole data set.", EvalMode.Reference);
        var overlays = new Option<string?>("--overlays") { Description = "Write each frame with its prediction as a picture into this folder.", HelpName = "DIR" };
        var latent = new Option<string?>("--latent")
        {
            Description = "How latent codes are chosen: their means, the average over several draws, or one draw as the release does. Default: as trained.",
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
            "avs eval runs/demo/short/best.safetensors --data data/AVSBench --split val --json") { path, data, split, audio, mode, latent, samples, overlays, device, json };
        verb.SetAction(parse =>
        {
            var request = new EvaluationRequest(parse.GetValue(path)!, CommonOptions.ParseDevice(parse.GetValue(device)!))
            {
                Data = parse.GetValue(data),
                Split = Chosen<Split>(parse.GetValue(split)!),
                Audio = Chosen<AudioCondition>(parse.GetValue(audio)!),
                Mode = Chosen<EvalMode>(parse.GetValue(mode)!),
                Latent = parse.GetValue(latent) is { } chosen ? Chosen<LatentMode>(chosen) : null,
                Samples = parse.GetValue(samples),
                Overlays = parse.GetValue(overlays),
            };
            var result = SegmenterEvaluation.Run(request, ProgressLine.Of(terminal, "clips"));
            if (parse.GetValue(json))
                terminal.Out.WriteLine(ScoreText.Json(result));
            else
                ScoreText.Print(terminal.Screen, result);
        });
        return verb;
    }

    private static Option<string> Choice<T>(string name, string what, T usual) where T : struct, Enum
    {
        var option = new Option<string>(name) { Description = what, DefaultValueFactory = _ => RecordReader.SnakeCase(usual.ToString()) };
        option.AcceptOnlyFromAmong([.. Enum.GetNames<T>().Select(RecordReader.SnakeCase)]);
        return option;
    }

    private static T Chosen<T>(string text) where T : struct, Enum => Enum.GetValues<T>().First(value => RecordReader.SnakeCase(value.ToString()) == text);
}
