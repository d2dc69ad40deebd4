using System.CommandLine;
using System.Globalization;
using Avs.Cli.Json;
using Avs.Eval.AutoencoderFigures;
using Avs.Eval.Reports;
using static Avs.Cli.LatentCommand;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>`avs latent embed RUN`</summary>
internal static class LatentEmbedCommand
{
    public static Verb Create(Terminal terminal)
    {
        var options = new LatentOptions();
        var image = ImageNumber("--image", "The image, by its number from 0 in the split.");
        var file = new Option<string?>("--file") { Description = "A picture of your own instead (PNG or JPEG).", HelpName = "FILE" };
        var json = CommonOptions.Json("the code");
        var verb = new Verb("embed", "Print the code of an image.",
            "avs latent embed runs/vae/first --image 3", "avs latent embed runs/vae/first --file shirt.png --json")
        {
            options.Run, image, file, options.Data, options.Split, options.Device, json,
        };
        verb.Validators.Add(result =>
        {
            if ((result.GetValue(image) is null) == (result.GetValue(file) is null))
                result.AddError("give either --image or --file");
        });
        verb.SetAction(parse =>
        {
            using var run = LatentRun.Open(terminal, parse, options, parse.GetValue(options.Run)!);
            using var untracked = no_grad();
            using var scope = NewDisposeScope();
            var subject = run.Subject;
            var (images, pad) = (subject.Images, run.Experiment.Task.Data.Pad);
            var pixels = parse.GetValue(file) is { } path
                ? subject.Preprocess(NetworkImage.FromFile(path, images.Channels, images.Height - 2 * pad, pad)).to(subject.Device)
                : subject.Batch([parse.GetValue(image)!.Value]);
            var (mean, posterior) = subject.Network.Encode(pixels);
            float[] Numbers(Tensor values) => values.cpu().data<float>().ToArray();
            var deviation = posterior is null ? null : Numbers((posterior.LogVariance * 0.5).exp());
            var embedding = new EmbeddingJson(
                parse.GetValue(file) ?? $"{images.Name} {parse.GetValue(image)}",
                parse.GetValue(image) is { } row && subject.ClassName(row) is { Length: > 0 } name ? name : null,
                Numbers(mean), deviation);
            if (parse.GetValue(json))
                JsonOutput.Write(terminal, embedding, JsonOutput.Default.EmbeddingJson);
            else
                Print(terminal, embedding);
        });
        return verb;
    }

    private static void Print(Terminal terminal, EmbeddingJson embedding)
    {
        terminal.Out.WriteLine(embedding.Class is null ? embedding.Image : $"{embedding.Image}: {embedding.Class}");
        string Number(float value) => value.ToString("F4", CultureInfo.InvariantCulture);
        var rows = embedding.Code.Select((value, d) => (IReadOnlyList<string>)(embedding.Deviation is { } deviation
            ? [$"{d}", Number(value), Number(deviation[d])] : [$"{d}", Number(value)]));
        terminal.Screen.Write(TableView.Create(new Table(
            embedding.Deviation is null ? ["dimension", "code"] : ["dimension", "mean", "deviation"], [.. rows])));
    }
}
