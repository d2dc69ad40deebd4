using System.CommandLine;
using Avs.Cli.Demo;
using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.Clips;
using Avs.Train.Segmentation;

namespace Avs.Cli;

/// <summary>`avs demo`</summary>
internal static class DemoCommand
{
    public static Command Create(Terminal terminal)
    {
        var config = new Option<string>("--config")
        {
            Description = "The experiment.",
            HelpName = "CONFIG",
            DefaultValueFactory = _ => "experiments/demo.yaml",
        };
        var seed = new Option<long?>("--seed") { Description = "The seed of the training. Default: the experiment's." };
        var minutes = new Option<double?>("--minutes")
        {
            Description =
                "Most minutes to train; a run that is not done by then ends with its schedule unfinished. Default: the experiment's.",
        };
        var data = CommonOptions.Data();
        var set = CommonOptions.Set();
        var runs = CommonOptions.Runs();
        var device = CommonOptions.Device();
        var verb = new Verb("demo",
            "Compose real photographs and recordings, train a small model on them, and show that its masks follow the sound.",
            "avs demo", "avs demo --seed 7", "avs demo --set train.steps=700") { config, seed, minutes, data, set, runs, device };
        verb.SetAction(parse =>
        {
            List<string> changes = [.. CommonOptions.Overrides(parse, set, data)];
            if (parse.GetValue(seed) is { } chosenSeed)
                changes.Add($"seed={RecordWriter.Value(chosenSeed)}");
            if (parse.GetValue(minutes) is { } chosenMinutes)
                changes.Add($"train.minutes={RecordWriter.Value(chosenMinutes)}");
            var experiment = SegmentationExperiment.Load(parse.GetValue(config)!, changes, terminal.Error.WriteLine);
            if (experiment.Task.Data.Subset == Subset.AVSS)
                throw new UsageException("data.subset: found 'avss', expected s4 or ms3: the demo gives each picture the sound of its "
                    + "other object, and clips of AVSS are not in scenes; avs train and avs eval take it");
            var demo = new Demonstration(experiment, CommonOptions.ParseDevice(parse.GetValue(device)!));

            ProgressView.Run(terminal, view => demo.Compose(view.Write, view.Count("scenes")));
            var code = TrainingView.Run(terminal, (listener, stop) => demo.Train(parse.GetValue(runs)!, listener, stop));
            if (code != 0)
                return code;
            var report = demo.Measure(terminal.Error.WriteLine);
            terminal.Screen.Write(TableView.Create(report.Figures.ToTable()));
            terminal.Out.WriteLine($"pictures  {report.Page}");
            terminal.Out.WriteLine($"figures   {report.FiguresFile}");
            return 0;
        });
        return verb;
    }
}
