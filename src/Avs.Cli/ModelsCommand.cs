using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Avs.Models;
using Spectre.Console;

namespace Avs.Cli;

/// <summary>`avs models`</summary>
internal static class ModelsCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json("the list");
        var verb = new Verb("models", "List the models that an experiment can name.", "avs models", "avs models --json") { json };
        verb.SetAction(parse =>
        {
            static long Parameters(ModelPreset preset)
            {
                using var model = preset.Create();
                return model.ParameterCount;
            }
            if (parse.GetValue(json))
            {
                var rows = ModelRegistry.All.Select(preset => new { name = preset.Name, summary = preset.Summary, parameters = Parameters(preset) });
                terminal.Out.WriteLine(JsonSerializer.Serialize(new { models = rows }));
                return;
            }
            var table = new Table().AddColumns("model", "parameters", "what it is").Border(TableBorder.Simple);
            foreach (var preset in ModelRegistry.All)
                table.AddRow(Markup.Escape(preset.Name), Parameters(preset).ToString("N0", CultureInfo.InvariantCulture), Markup.Escape(preset.Summary));
            terminal.Screen.Write(table);
        });
        return verb;
    }
}
