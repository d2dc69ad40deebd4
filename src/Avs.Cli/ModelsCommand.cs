using System.CommandLine;
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
            if (parse.GetValue(json))
            {
                var rows = ModelRegistry.All.Select(preset => new { name = preset.Name, summary = preset.Summary });
                terminal.Out.WriteLine(JsonSerializer.Serialize(new { models = rows }));
                return;
            }
            var table = new Table().AddColumns("model", "what it is").Border(TableBorder.Simple);
            foreach (var preset in ModelRegistry.All)
                table.AddRow(Markup.Escape(preset.Name), Markup.Escape(preset.Summary));
            terminal.Screen.Write(table);
        });
        return verb;
    }
}
