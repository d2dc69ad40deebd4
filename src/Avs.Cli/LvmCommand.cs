using System.CommandLine;
using Avs.Core;
using Avs.Core.Configuration;
using Avs.Eval.LatentVariables;
using Avs.Eval.Reports;

namespace Avs.Cli;

/// <summary>`avs lvm [NAME]`</summary>
internal static class LvmCommand
{
    private const string All = "all";

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = $"The model, or {All}; without one, they are listed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var folder = new Option<string>("--out")
        {
            Description = "The folder for the pictures.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "lvm",
        };
        var seed = new Option<long>("--seed") { Description = "The seed of the samples.", DefaultValueFactory = _ => 1 };
        var verb = new Verb("lvm",
            "Small latent-variable models whose truth is known: a picture (PNG and SVG) and the numbers beside the closed form.",
            "avs lvm", "avs lvm mixture", "avs lvm all --out pictures") { name, folder, seed };
        verb.SetAction(parse =>
        {
            if (parse.GetValue(name) is not { } wanted)
            {
                var rows = LatentVariableFigures.All.Select(figure => (IReadOnlyList<string>)[figure.Name, figure.About]);
                terminal.Screen.Write(TableView.Create(new Table(["name", "what it shows"], [.. rows])));
                return;
            }
            foreach (var figure in wanted == All ? LatentVariableFigures.All : [Find(wanted)])
                FigureView.Show(terminal, figure.Draw(parse.GetValue(seed)), parse.GetValue(folder)!);
        });
        return verb;
    }

    private static LatentVariableFigure Find(string name)
    {
        string[] known = [.. LatentVariableFigures.All.Select(figure => figure.Name), All];
        return LatentVariableFigures.All.FirstOrDefault(figure => figure.Name == name) ?? throw new UsageException(
            $"there is no latent-variable model '{name}'"
            + (NearMiss.Of(name, known) is { } near ? $" (did you mean '{near}'?)" : $", expected one of {string.Join(", ", known)}"));
    }
}
