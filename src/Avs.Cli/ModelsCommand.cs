using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Avs.Models;
using Avs.Models.Weights;
using Spectre.Console;

namespace Avs.Cli;

/// <summary>`avs models`</summary>
internal static class ModelsCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json("the list");
        var verb = new Verb("models", "List the models that an experiment can name: sizes, and where their weights come from.", "avs models", "avs models --json") { json };
        verb.SetAction(parse =>
        {
            if (parse.GetValue(json))
                terminal.Out.WriteLine(JsonSerializer.Serialize(new { models = ModelRegistry.All.Select(Row) }));
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
        backbone = preset.Config.Network.Backbone,
        audio = Audio(preset),
        weights = preset.Weights.Select(weights => new { file = weights.Files[0], publisher = weights.Publisher }),
        checkpoints = preset.Checkpoints,
    };

    private static void Print(IAnsiConsole screen)
    {
        var table = new Table().AddColumns("model", "parameters", "audio", "starts from", "what it is").Border(TableBorder.Simple);
        table.Columns[1].RightAligned();
        foreach (var preset in ModelRegistry.All)
        {
            table.AddRow(
                Markup.Escape(preset.Name), preset.Parameters.ToString("N0", CultureInfo.InvariantCulture), Audio(preset) ?? "-",
                Markup.Escape(string.Join(", ", preset.Weights.Select(weights => weights.Files[0]).DefaultIfEmpty("nothing"))), Markup.Escape(preset.Summary));
        }
        screen.Write(table);
        screen.WriteLine("Parameters: without those of a frozen VGGish (72,141,184). Where the files are offered:");
        IEnumerable<PublishedWeights> files = ModelRegistry.All.SelectMany(preset => preset.Weights).Distinct();
        foreach (var weights in files)
            screen.WriteLine($"  {string.Join(" or ", weights.Files)}: {weights.Publisher}");
        foreach (var offer in ModelRegistry.All.Where(preset => preset.Checkpoints is not null).GroupBy(preset => preset.Checkpoints))
            screen.WriteLine($"  trained {string.Join(", ", offer.Select(preset => preset.Name))}: {offer.Key}");
    }

    private static string? Audio(ModelPreset preset) => preset.Config.Network.Listens ? preset.Config.Audio : null;
}
