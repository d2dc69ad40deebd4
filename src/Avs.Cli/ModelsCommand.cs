using System.CommandLine;
using System.Globalization;
using Avs.Cli.Json;
using Avs.Core;
using Avs.Models;
using Avs.Models.Audio;
using Avs.Models.Backbones;
using Avs.Models.Vae;
using Avs.Models.Weights;
using Spectre.Console;

namespace Avs.Cli;

/// <summary>`avs models`</summary>
internal static class ModelsCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json("the list");
        var verb = new Verb("models",
            "List what experiments can name: segmentation models, their backbones and audio networks, autoencoders, multimodal VAEs.",
            "avs models",
            "avs models --json") { json };
        verb.SetAction(parse =>
        {
            if (parse.GetValue(json))
                JsonOutput.Write(terminal, ModelsJson.FromRegistries(), JsonOutput.Default.ModelsJson);
            else
                Print(terminal.Screen);
        });
        return verb;
    }

    private static void Print(IAnsiConsole screen)
    {
        var table = new Table().AddColumns("model", "parameters", "GFLOP", "audio", "starts from", "what it is").Border(TableBorder.Simple);
        table.Columns[1].RightAligned();
        table.Columns[2].RightAligned();
        foreach (var preset in ModelRegistry.All)
        {
            var audio = preset.Config.Network.UsesSound ? preset.Config.Audio : "-";
            var weights = string.Join(", ", preset.Weights.Select(weights => weights.Files[0]).DefaultIfEmpty("nothing"));
            string[] cells = [preset.Name, Parameters(preset.Parameters), Operations(preset.Gflop), audio, weights, preset.Summary];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }
        screen.Write(table);
        PrintParts(screen, "backbone: model.network.backbone",
            BackboneRegistry.All.Select(entry => (entry.Name, entry.Summary, entry.Parameters, entry.Gflop, entry.Weights)));
        PrintParts(screen, "audio network: model.audio",
            AudioRegistry.All.Select(entry => (entry.Name, entry.Summary, entry.Parameters, entry.Gflop, entry.Weights)));
        PrintAutoencoders(screen, "autoencoder: model.name, task: autoencoding", VaeRegistry.Autoencoders.Select(preset =>
            (preset.Name, preset.Parameters, $"{preset.Config.LatentSize}", $"{preset.Config.Image}", preset.Summary)));
        PrintAutoencoders(screen, "multimodal VAE: model.name, task: multimodal", VaeRegistry.Multimodal.Select(preset =>
            (preset.Name, preset.Parameters, $"{preset.Config.LatentSize}", $"{VaeRegistry.FiveModalities.Count} of "
                + $"{VaeRegistry.FiveModalities[0].Shape}", preset.Summary)));
        screen.WriteLine(
            "GFLOP: of one frame at the model's size (backbones: 224 px; audio networks: one second), a multiply-add counted as two.");
        screen.WriteLine("A model's parameters are without those of a frozen VGGish. Where the files are offered:");
        foreach (var weights in PublishedWeights.All.DistinctBy(weights => weights.Files[0]))
            screen.WriteLine($"  {string.Join(" or ", weights.Files)}: {Offer(weights)}");
        foreach (var offer in ModelRegistry.All.Where(preset => preset.Checkpoints is not null).GroupBy(preset => preset.Checkpoints))
            screen.WriteLine($"  trained {string.Join(", ", offer.Select(preset => preset.Name))}: {offer.Key}");
    }

    private static void PrintAutoencoders(
        IAnsiConsole screen, string heading, IEnumerable<(string Name, long Parameters, string Code, string Images, string Summary)> rows)
    {
        var table = new Table().AddColumns(heading, "parameters", "dimensions", "images", "what it is").Border(TableBorder.Simple);
        table.Columns[1].RightAligned();
        table.Columns[2].RightAligned();
        foreach (var (name, parameters, code, images, summary) in rows)
            table.AddRow([.. ((string[])[name, Parameters(parameters), code, images, summary]).Select(Markup.Escape)]);
        screen.Write(table);
    }

    private static void PrintParts(
        IAnsiConsole screen,
        string heading,
        IEnumerable<(string Name, string Summary, long Parameters, double Gflop, PublishedWeights? Weights)> parts)
    {
        var table = new Table().AddColumns(heading, "parameters", "GFLOP", "starts from", "what it is").Border(TableBorder.Simple);
        table.Columns[1].RightAligned();
        table.Columns[2].RightAligned();
        foreach (var (name, summary, parameters, gflop, weights) in parts)
        {
            string[] cells = [name, Parameters(parameters), Operations(gflop), weights?.Files[0] ?? "nothing", summary];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }
        screen.Write(table);
    }

    private static string Offer(PublishedWeights weights) =>
        weights.ImportName is { } name ? $"{ShellCommand.ForProgram("weights", "import", name)} ({weights.Publisher})" : weights.Publisher;

    private static string Parameters(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Operations(double gflop) => gflop.ToString(gflop < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}
