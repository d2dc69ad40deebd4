using System.CommandLine;
using Avs.Cli.Json;
using Avs.Train;
using Avs.Train.Experiments;

namespace Avs.Cli;

/// <summary>`avs config show EXPERIMENT`, `avs config schema`</summary>
internal static class ConfigCommand
{
    public static Command Create(Terminal terminal) =>
        new Verb("config", "Look into experiments: every value with its source; their schema for editors.")
        {
            Show(terminal), Schema(terminal),
        };

    private static Verb Show(Terminal terminal)
    {
        var config = new Argument<string>("EXPERIMENT") { Description = "The experiment, a YAML file." };
        var (set, data) = (CommonOptions.Set(), CommonOptions.Data());
        var json = CommonOptions.Json("keys, values and sources");
        var verb = new Verb("show",
            "Print an experiment with every key: behind each value the line of the file that gives it, --set, the model's preset, or "
                + "default. The text is itself an experiment.",
            "avs config show experiments/demo.yaml",
            "avs config show experiments/demo.yaml --set train.steps=200 > mine.yaml")
        {
            config, set, data, json,
        };
        verb.SetAction(parse =>
        {
            var path = parse.GetValue(config)!;
            var experiment = new ExperimentReader(TrainingTasks.All)
                .LoadWithSources(path, CommonOptions.Overrides(parse, set, data), terminal.Error.WriteLine);
            if (parse.GetValue(json))
                JsonOutput.Write(terminal, ConfigJson.From(path, experiment), JsonOutput.Default.ConfigJson);
            else
                terminal.Out.Write(experiment.ToYaml());
        });
        return verb;
    }

    private static Verb Schema(Terminal terminal)
    {
        var verb = new Verb("schema", "Print the JSON Schema of experiments, by which editors complete and check keys and values.",
            "avs config schema > experiments/schema.json");
        verb.SetAction(_ =>
        {
            if (!ExperimentSchema.HasDescriptions)
            {
                terminal.Error.WriteLine("note: the descriptions of keys are missing here, for a published program comes without them; "
                    + "experiments/schema.json has them");
            }
            terminal.Out.Write(ExperimentSchema.Write(TrainingTasks.All));
        });
        return verb;
    }
}
