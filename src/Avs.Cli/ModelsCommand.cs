using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Avs.Models;
using Avs.Models.Audio;
using Avs.Models.Backbones;
using Avs.Models.Weights;
using Spectre.Console;

namespace Avs.Cli;

/// <summary>`avs models`</summary>
internal static class ModelsCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json("the list");
        var verb = new Verb("models", "List the models, backbones and audio networks that an experiment can name: sizes, and where their weights come from.", "avs models", "avs models --json") { json };
        verb.SetAction(parse =>
        {
            if (parse.GetValue(json))
                terminal.Out.WriteLine(JsonSerializer.Serialize(new
                {
                    models = ModelRegistry.All.Select(Row),
                    backbones = BackboneRegistry.All.Select(entry => Part(entry.Name, entry.Summary, entry.Parameters, entry.Gflop, entry.Weights)),
                    audio = AudioRegistry.All.Select(entry => Part(entry.Name, entry.Summary, entry.Parameters, entry.Gflop, entry.Weights)),
                }));
            else
                Print(terminal.Screen);
        });
        return verb;
    }

    private static object Row(ModelPreset preset) => new
    {
        name = preset.Name,
        summary = preset.Summary,
        parameters = preset.Parameters,
        gflop = preset.Gflop,
        backbone = preset.Config.Network.Backbone,
        audio = Audio(preset),
        weights = preset.Weights.Select(Offer),
        checkpoints = preset.Checkpoints,
    };

    private static object Part(string name, string summary, long parameters, double gflop, PublishedWeights? weights) =>
        new { name, summary, parameters, gflop, weights = weights is null ? null : Offer(weights) };

    private static object Offer(PublishedWeights weights) => new { file = weights.Files[0], publisher = weights.Publisher };

    private static void Print(IAnsiConsole screen)
    {
        var table = new Table().AddColumns("model", "parameters", "GFLOP", "audio", "starts from", "what it is").Border(TableBorder.Simple);
        table.Columns[1].RightAligned();
        table.Columns[2].RightAligned();
        foreach (var preset in ModelRegistry.All)
        {
            table.AddRow(
                Markup.Escape(preset.Name), preset.Parameters.ToString("N0", CultureInfo.InvariantCulture), Operations(preset.Gflop), Audio(preset) ?? "-",
                Markup.Escape(string.Join(", ", preset.Weights.Select(weights => weights.Files[0]).DefaultIfEmpty("nothing"))), Markup.Escape(preset.Summary));
        }
        screen.Write(table);
        Parts(screen, "backbone: model.network.backbone", BackboneRegistry.All.Select(entry => (entry.Name, entry.Summary, entry.Parameters, entry.Gflop, entry.Weights)));
        Parts(screen, "audio network: model.audio", AudioRegistry.All.Select(entry => (entry.Name, entry.Summary, entry.Parameters, entry.Gflop, entry.Weights)));
        screen.WriteLine("GFLOP: of one frame at the model's size (backbones: 224 px; audio networks: one second), a multiply-add counted as two.");
        screen.WriteLine("A model's parameters are without those of a frozen VGGish. Where the files are offered:");
        foreach (var weights in PublishedWeights.All.DistinctBy(weights => weights.Files[0]))
            screen.WriteLine($"  {string.Join(" or ", weights.Files)}: {weights.Publisher}");
        foreach (var offer in ModelRegistry.All.Where(preset => preset.Checkpoints is not null).GroupBy(preset => preset.Checkpoints))
            screen.WriteLine($"  trained {string.Join(", ", offer.Select(preset => preset.Name))}: {offer.Key}");
    }

    private static void Parts(IAnsiConsole screen, string heading, IEnumerable<(string Name, string Summary, long Parameters, double Gflop, PublishedWeights? Weights)> parts)
    {
        var table = new Table().AddColumns(heading, "parameters", "GFLOP", "starts from", "what it is").Border(TableBorder.Simple);
        table.Columns[1].RightAligned();
        table.Columns[2].RightAligned();
        foreach (var (name, summary, parameters, gflop, weights) in parts)
            table.AddRow(Markup.Escape(name), parameters.ToString("N0", CultureInfo.InvariantCulture), Operations(gflop), Markup.Escape(weights?.Files[0] ?? "nothing"), Markup.Escape(summary));
        screen.Write(table);
    }

    private static string Operations(double gflop) => gflop.ToString(gflop < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    private static string? Audio(ModelPreset preset) => preset.Config.Network.Listens ? preset.Config.Audio : null;
}
