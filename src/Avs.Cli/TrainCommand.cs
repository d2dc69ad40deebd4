using System.CommandLine;
using Avs.Train;
using Avs.Train.Distribution;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Training;

namespace Avs.Cli;

/// <summary>`avs train CONFIG`</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        var config = new Argument<string?>("CONFIG") { Description = "The experiment, a YAML file.", Arity = ArgumentArity.ZeroOrOne };
        var set = CommonOptions.Set();
        var data = CommonOptions.Data();
        var run = new Option<string?>("--run")
        {
            Description = "Name of the run; its folder is RUNS/EXPERIMENT/NAME. Default: the time.",
            HelpName = "NAME",
        };
        run.Validators.Add(result =>
        {
            if (result.GetValue(run) is { } name && (string.IsNullOrWhiteSpace(name) || name is "." or ".." || name.Contains('/')))
            {
                result.AddError(
                    $"--run: found '{name}', expected the name of a folder to make in RUNS/EXPERIMENT; --runs says where RUNS is");
            }
        });
        var runs = CommonOptions.Runs();
        var resume = new Option<string?>("--resume")
        {
            Description = "Continue the run in this folder after its last save.",
            HelpName = "RUN",
        };
        var device = CommonOptions.Device();
        var processes = new Option<int?>("--nproc")
        {
            Description = "Train in so many processes on this machine, started by mpirun: each computes a part of every batch.",
            HelpName = "N",
        };
        processes.Validators.Add(result =>
        {
            if (result.GetValue(processes) < 1)
                result.AddError("--nproc: expected a whole number of at least 1");
            else if (MpiCommunicator.IsStarted)
                result.AddError("--nproc starts mpirun itself; under mpirun or srun leave it out");
        });
        var time = Duration.Option(
            "--max-time",
            "Stop after this time (90s, 20m, 1h30m) as Ctrl-C does: the step is finished and saved, --resume goes on. The exit code is "
                + $"then {TrainingView.TimeIsUp}; 0 means that the run is done.");
        var dev = new Option<bool>("--fast-dev-run")
        {
            Description = "See whether the experiment holds together: two steps, a validation of a few samples, a save. Nothing is kept.",
        };
        var show = new Option<bool>("--show-config") { Description = "Print the experiment with every key and its value, and end." };
        var verb = new Verb("train", "Train a model as an experiment says; Ctrl-C finishes the step and saves.",
            "avs train experiments/demo.yaml",
            "avs train experiments/demo.yaml --set train.steps=200 --set seed=7 --run short",
            "avs train --resume runs/demo/short --max-time 2h",
            "avs train experiments/demo.yaml --fast-dev-run",
            "avs train experiments/demo.yaml --nproc 2",
            "mpirun -n 8 ./avs train experiments/demo.yaml")
        {
            config, set, data, run, runs, resume, device, processes, time, dev, show,
        };

        verb.Validators.Add(result =>
        {
            var resuming = result.GetValue(resume) is not null;
            if (resuming == (result.GetValue(config) is not null))
                result.AddError("give either an experiment or --resume with the folder of a run");
            else if (resuming && ((Option[])[set, run, data]).Any(option => result.GetResult(option) is not null))
                result.AddError("--resume goes on with the run's own experiment, so it takes no --set, --data or --run");
            else if (result.GetValue(dev) && ((Option[])[resume, run]).Any(option => result.GetResult(option) is not null))
                result.AddError("--fast-dev-run keeps no run, so it takes no --resume or --run");
        });
        verb.SetAction(parse =>
        {
            if (parse.GetValue(processes) is > 1 and var count && !parse.GetValue(show))
                return Processes.Start(count, WithoutNproc(parse.Tokens.Select(token => token.Value)));
            return Processes.Run(terminal, (workers, screen) => Train(parse, screen, workers));
        });
        return verb;

        int Train(ParseResult parse, Terminal terminal, ICommunicator workers)
        {
            var chosen = CommonOptions.ParseDevice(Processes.OwnDevice(parse.GetValue(device)!));
            var atMost = parse.GetValue(time);
            var experiments = new ExperimentReader(TrainingTasks.All);
            if (parse.GetValue(config) is not { } path)
            {
                return Shown(terminal, workers, atMost, (listener, stop) =>
                    TrainingRun.Continue(experiments, parse.GetValue(resume)!, chosen, listener, stop, workers));
            }
            var overrides = CommonOptions.Overrides(parse, set, data);
            var experiment = experiments.Load(path, overrides, terminal.Error.WriteLine);
            if (parse.GetValue(dev))
                experiment = experiments.Load(path, [.. overrides, .. DevRun.Changes(experiment.Task)]);
            if (parse.GetValue(show))
            {
                terminal.Out.Write(experiment.ToYaml());
                return 0;
            }
            if (parse.GetValue(dev))
            {
                return TrainingView.Run(
                    terminal, (listener, stop) => DevRun.Run(experiment, chosen, listener, stop, workers).Finished, atMost,
                    workers.Size > 1);
            }
            return Shown(terminal, workers, atMost, (listener, stop) =>
                TrainingRun.Begin(experiment, parse.GetValue(runs)!, parse.GetValue(run), chosen, listener, stop, workers));
        }
    }

    private static int Shown(
        Terminal terminal, ICommunicator workers, TimeSpan? atMost,
        Func<ITrainingListener, CancellationToken, (RunFolder Run, TrainingEnd End)> train)
    {
        RunFolder? trained = null;
        var code = TrainingView.Run(terminal, (listener, stop) =>
        {
            (trained, var end) = train(listener, stop);
            return end.Finished;
        }, atMost, workers.Size > 1);
        if (code == 0 && workers.Rank == 0)
            NextCommands.Print(terminal, trained!);
        return code;
    }

    private static IEnumerable<string> WithoutNproc(IEnumerable<string> words)
    {
        using var each = words.GetEnumerator();
        while (each.MoveNext())
        {
            if (each.Current == "--nproc")
                each.MoveNext(); // its number
            else
                yield return each.Current;
        }
    }
}
