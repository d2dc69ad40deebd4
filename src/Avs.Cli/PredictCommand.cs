using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Avs.Core;
using Avs.Train.Prediction;

namespace Avs.Cli;

/// <summary>`avs predict CHECKPOINT VIDEO`</summary>
internal static class PredictCommand
{
    public static Command Create(Terminal terminal)
    {
        var checkpoint = new Argument<string>("CHECKPOINT") { Description = "The folder of a run (its best checkpoint is taken), or a checkpoint." };
        var video = new Argument<string>("VIDEO") { Description = "A video of any kind, or a folder of frames (PNG or JPEG) with a wav file beside them." };
        var folder = new Option<string?>("--out") { Description = "The folder to make; an existing one must be empty. Default: predictions/NAME.", HelpName = "DIR" };
        var sound = new Option<string?>("--sound") { Description = "Hear the sound of this file instead of the video's own.", HelpName = "FILE" };
        var frames = new Option<double>("--fps") { Description = "Frames a second of a folder of frames.", DefaultValueFactory = _ => 1 };
        var window = CommonOptions.Count("--window", "Seconds that the model looks at together.", 5);
        var rate = CommonOptions.Count("--rate", "Masks a second; models learn one, more follow quick movement better.", 1);
        var threshold = new Option<double>("--threshold") { Description = "A pixel is in the mask when its probability is above this.", DefaultValueFactory = _ => 0.5 };
        var device = CommonOptions.Device();
        var json = CommonOptions.Json("what was made");
        var verb = new Verb("predict",
            "Find what sounds in a video: masks, an overlay video with the sound, a strip of pictures, mask area and loudness over time.",
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
            var request = new PredictionRequest(parse.GetValue(checkpoint)!, path, parse.GetValue(folder) ?? Path.Combine("predictions", name), CommonOptions.ParseDevice(parse.GetValue(device)!))
            {
                Sound = parse.GetValue(sound),
                FramesPerSecond = parse.GetValue(frames) is > 0 and <= 1000 and var fps ? fps : throw new UsageException("--fps: expected a number above 0 and at most 1000"),
                Window = parse.GetValue(window),
                Rate = parse.GetValue(rate),
                Threshold = parse.GetValue(threshold) is > 0 and < 1 and var cut ? cut : throw new UsageException("--threshold: expected a number between 0 and 1"),
            };
            var result = Stoppable.Run($"stopped; nothing of {request.Folder} is left",
                stop => VideoPrediction.Run(request, ProgressLine.Of(terminal, "seconds of video"), stop));
            if (parse.GetValue(json))
                terminal.Out.WriteLine(Json(result));
            else
                Print(terminal, result);
        });
        return verb;
    }

    private static void Print(Terminal terminal, PredictionResult result)
    {
        foreach (var note in result.Notes)
            terminal.Error.WriteLine($"note: {note}");
        var output = terminal.Out;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Masks.Count} masks of {result.Width}x{result.Height} for {result.Seconds:0.0} s in {result.Folder}"));
        output.WriteLine(result.Masks.Any(mask => mask.Area > 0)
            ? string.Create(CultureInfo.InvariantCulture,
                $"the mask covers {100 * result.Masks.Average(mask => mask.Area):0.0} % of the picture on average, {100 * result.Masks.Max(mask => mask.Area):0.0} % at most")
            : string.Create(CultureInfo.InvariantCulture,
                $"nothing was found to sound: the mean probability is {result.Masks.Max(mask => mask.Probability):0.000} at most; a lower --threshold shows more"));
        if (result.StatedSeconds > 1.05 * result.Seconds + 1)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the video states {result.StatedSeconds:0.0} s: the rest could not be decoded"));
        if (!result.HasSound)
            output.WriteLine("the video has no sound: silence was heard");
        output.WriteLine($"{PredictionResult.OverlayFile} to watch, {PredictionResult.StripFile} to look at, {PredictionResult.TableFile} for figures");
    }

    private static string Json(PredictionResult result) => JsonSerializer.Serialize(new
    {
        folder = result.Folder,
        width = result.Width,
        height = result.Height,
        seconds = Math.Round(result.Seconds, 3),
        stated_seconds = Math.Round(result.StatedSeconds, 3),
        has_sound = result.HasSound,
        notes = result.Notes,
        overlay = PredictionResult.OverlayFile,
        strip = PredictionResult.StripFile,
        table = PredictionResult.TableFile,
        masks = result.Masks.Select(mask => new
        {
            from = Math.Round(mask.From, 4),
            frame = Math.Round(mask.Instant, 4),
            area = Math.Round(mask.Area, 6),
            mean_probability = Math.Round(mask.Probability, 6),
            sound_db = Math.Round(mask.Decibels, 2),
            file = mask.File,
        }),
    });
}
