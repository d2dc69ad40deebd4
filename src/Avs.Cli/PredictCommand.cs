using System.CommandLine;
using Avs.Core;
using Avs.Eval.Prediction;
using Avs.Models.Memory;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>`avs predict CHECKPOINT VIDEO`</summary>
internal static class PredictCommand
{
    public static Command Create(Terminal terminal)
    {
        var checkpoint = new Argument<string>("CHECKPOINT")
        {
            Description = "The folder of a run (its best checkpoint is taken), a checkpoint, or an experiment (YAML) with model.weights.",
        };
        var video = new Argument<string>("VIDEO")
        {
            Description = "A video of any kind, or a folder of frames (PNG or JPEG) with a wav file beside them.",
        };
        var folder = new Option<string?>("--out")
        {
            Description = "The folder to make; an existing one must be empty. Default: predictions/NAME.",
            HelpName = "DIR",
        };
        var sound = new Option<string?>("--sound")
        {
            Description = "Take the sound of this file instead of the video's own.",
            HelpName = "FILE",
        };
        var frames = new Option<double>("--fps") { Description = "Frames a second of a folder of frames.", DefaultValueFactory = _ => 1 };
        var window = CommonOptions.Count("--window", "Seconds that the model sees together.", 5);
        var rate = CommonOptions.Count("--rate", "Masks a second; models learn one, more follow quick movement better.", 1);
        var threshold = new Option<double>("--threshold")
        {
            Description = "A pixel is in the mask when its probability is above this; not with AVSS, where the most probable class counts.",
            DefaultValueFactory = _ => 0.5,
        };
        var device = CommonOptions.Device();
        var json = CommonOptions.Json("what was made");
        var verb = new Verb("predict",
            "Find what sounds in a video: masks, an overlay video with the sound, a strip of pictures, mask area and loudness over time. "
                + "A model of AVSS gives each class its colour.",
            "avs predict runs/demo/short film.mp4",
            "avs predict runs/demo/short film.webm --rate 4 --out look",
            "avs predict runs/demo/short/best.safetensors frames --sound clip.wav --fps 1")
        {
            checkpoint, video, folder, sound, frames, window, rate, threshold, device, json,
        };
        verb.SetAction(parse =>
        {
            var path = parse.GetValue(video)!;
            var name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
            var where = CommonOptions.ParseDevice(parse.GetValue(device)!);
            var fps = parse.GetValue(frames);
            if (fps is not (> 0 and <= 1000))
                throw new UsageException($"--fps: found {fps}, expected a number above 0 and at most 1000");
            var cut = parse.GetValue(threshold);
            if (cut is not (> 0 and < 1))
                throw new UsageException($"--threshold: found {cut}, expected a number between 0 and 1");
            var options = new PredictionOptions(path, parse.GetValue(folder) ?? Path.Combine("predictions", name))
            {
                Sound = parse.GetValue(sound),
                FramesPerSecond = fps,
                Window = parse.GetValue(window),
                Rate = parse.GetValue(rate),
                Threshold = cut,
            };
            var prediction = VideoPrediction.Open(options);
            var result = ProgressView.Run(terminal, view => Stoppable.Run($"stopped; nothing of {options.Folder} is left",
                stop => Predict(parse.GetValue(checkpoint)!, where, prediction, view, stop)));
            if (parse.GetValue(json))
                terminal.Out.WriteLine(PredictionJson.From(result).ToJson());
            else
                Print(terminal, result);
        });
        return verb;
    }

    private static PredictionResult Predict(
        string checkpoint, Device device, VideoPrediction prediction, ProgressView view, CancellationToken stop)
    {
        var (model, experiment, _) = SegmenterFactory.Load(checkpoint, device);
        using (model)
        {
            using var folded = new FoldedNorms(model);
            experiment.Run.Train.ApplyThreads();
            var options = SegmenterFactory.EvaluationOptions(experiment.Task, device);
            var names = new ExperimentData(experiment.Task.Data, null).FindClassNames();
            return prediction.Run(
                SegmenterFactory.ForEvaluation(model, experiment), options, view.Count("seconds of video"), stop, names);
        }
    }

    private static void Print(Terminal terminal, PredictionResult result)
    {
        foreach (var note in result.Notes)
            terminal.Error.WriteLine($"note: {note}");
        void Line(FormattableString text) => terminal.Out.WriteLine(FormattableString.Invariant(text));

        Line($"{result.Masks.Count} masks of {result.Width}x{result.Height} for {result.Seconds:0.0} s in {result.Folder}");
        if (result.Masks.Any(mask => mask.Area > 0))
        {
            var (mean, most) = (100 * result.Masks.Average(mask => mask.Area), 100 * result.Masks.Max(mask => mask.Area));
            Line($"the mask covers {mean:0.0} % of the picture on average, {most:0.0} % at most");
            foreach (var found in result.Classes ?? [])
                Line($"  {found.Colour} {found.Name}: {100 * found.Area:0.0} % on average, in {found.Masks} of {result.Masks.Count} masks");
        }
        else if (result.Classes is not null)
        {
            Line($"nothing was found to sound: the background is the most probable class everywhere");
        }
        else
        {
            var most = result.Masks.Max(mask => mask.Probability);
            Line($"nothing was found to sound: the mean probability is {most:0.000} at most; a lower --threshold shows more");
        }
        if (result.StatedSeconds > 1.05 * result.Seconds + 1)
            Line($"the video states {result.StatedSeconds:0.0} s: the rest could not be decoded");
        if (!result.HasSound)
            Line($"the video has no sound: the model was given silence");
        Line($"{PredictionResult.OverlayFile} to watch, {PredictionResult.StripFile} to look at, {PredictionResult.TableFile} for figures");
    }
}
