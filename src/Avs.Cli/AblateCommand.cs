using System.CommandLine;
using Avs.Core;
using Avs.Eval.Reports;
using Avs.Train;
using Avs.Train.Ablation;
using Avs.Train.Experiments;

namespace Avs.Cli;

/// <summary>`avs ablate MATRIX`</summary>
internal static class AblateCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("MATRIX") { Description = "A YAML file: the base experiment, and what varies." };
        var runs = CommonOptions.Runs();
        var set = CommonOptions.Set();
        var data = CommonOptions.Data();
        var jobs = CommonOptions.Count("--jobs", "Trials at a time.", 1);
        var only = new Option<string[]>("--trial")
        {
            Description = "Train this trial only; may be given more than once.",
            HelpName = "NAME",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var device = CommonOptions.Device();
        var list = new Option<bool>("--dry-run") { Description = "List the trials and how far each is, and end." };
        var table = new Option<bool>("--table") { Description = "Write and print the table of what there is, and end." };
        var slurm = new Option<bool>("--slurm") { Description = "Write a script for sbatch with a task for each trial, and end." };
        var verb = new Verb("ablate", "Train every trial of a matrix of runs, go on where it was stopped, and write a table of them all.",
            "avs ablate experiments/ablation/sigma.yaml",
            "avs ablate experiments/ablation/sigma.yaml --dry-run",
            "avs ablate experiments/ablation/ecmvae_factors.yaml --jobs 2")
        {
            file, runs, set, data, jobs, only, device, list, table, slurm,
        };
        verb.Validators.Add(result =>
        {
            if (((Option<bool>[])[list, table, slurm]).Count(result.GetValue) > 1)
                result.AddError("give one of --dry-run, --table and --slurm");
        });
        verb.SetAction(parse =>
        {
            _ = CommonOptions.ParseDevice(parse.GetValue(device)!);
            var experiments = new ExperimentReader(TrainingTasks.All);
            var matrix = new MatrixReader(experiments)
                .Load(parse.GetValue(file)!, CommonOptions.Overrides(parse, set, data), terminal.Error.WriteLine);
            var options = new SweepOptions(OwnProgram(), parse.GetValue(runs)!, parse.GetValue(device)!, parse.GetValue(jobs));
            var sweep = new Sweep(matrix, options, experiments);
            var wanted = parse.GetValue(only) is { Length: > 0 } names ? [.. names.Select(name => matrix[name])] : matrix.Trials;
            var states = sweep.ReadStates();

            if (parse.GetValue(list))
            {
                Print(terminal, new Table(
                    ["trial", "setting", "seed", "state"],
                    [.. states.Select(entry => (IReadOnlyList<string>)
                        [entry.Trial.Name, entry.Trial.Setting, entry.Trial.Seed ?? "", entry.State.Words])]));
            }
            sweep.RequireUnchanged(states);
            if (parse.GetValue(list))
                return 0;
            if (parse.GetValue(slurm))
            {
                var path = Path.Combine(sweep.Folder, "array.sbatch");
                SlurmArray.Write(path, matrix,
                [
                    .. Launcher(), "ablate", matrix.File, "--runs", options.Runs, "--device", options.Device,
                    .. CommonOptions.Overrides(parse, set, data).SelectMany(text => (string[])["--set", text]), "--trial",
                ]);
                terminal.Out.WriteLine(path);
                return 0;
            }
            var line = ShellCommand.ForProgram(parse.Tokens.Select(token => token.Value));
            var code = parse.GetValue(table) ? 0 : Train(terminal, sweep, wanted, line);
            Directory.CreateDirectory(sweep.Folder);
            var result = AblationTable.Read(matrix, sweep.Folder);
            result.Write(sweep.Folder, terminal.Error.WriteLine);
            Print(terminal, result.ToTable());
            terminal.Out.WriteLine($"table  {Path.Combine(sweep.Folder, "table.md")}");
            return code;
        });
        return verb;
    }

    private static int Train(Terminal terminal, Sweep sweep, IReadOnlyList<Trial> trials, string line)
    {
        var (failed, code) = ProgressView.Run(terminal, view =>
        {
            using var signals = new StopSignals(
                () => view.Write("the trials in training finish their step and save; Ctrl-C again ends this program at once"));
            return (sweep.Run(trials, new Listener(view), signals.Token), signals.ExitCode);
        });
        if (failed.Count > 0)
        {
            terminal.Error.WriteLine($"{failed.Count} of {trials.Count} trials failed:");
            foreach (var (trial, sentence) in failed)
                terminal.Error.WriteLine($"  {trial.Name}: {sentence}");
        }
        if (code != 0)
            terminal.Error.WriteLine($"stopped; go on with: {line}");
        return code != 0 ? code : failed.Count > 0 ? 1 : 0;
    }

    // Wider than the terminal it is not cut off but broken.
    private static void Print(Terminal terminal, Table table)
    {
        var text = TableWriter.ToText(table);
        if (text.Split('\n').Max(line => line.Length) + 2 * table.Columns.Count < terminal.Screen.Profile.Width)
            terminal.Screen.Write(TableView.Create(table));
        else
            terminal.Out.Write(text);
    }

    // This program's file where .NET is in it, else .NET and the file.
    internal static IReadOnlyList<string> OwnProgram() => Environment.ProcessPath is { } path && Path.GetFileName(path) == "avs"
        ? [path] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "avs.dll")];

    // The script that sets the environment and then starts this program, where it is in its place.
    private static IReadOnlyList<string> Launcher()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory).Parent;
        foreach (var place in (DirectoryInfo?[])[folder, folder?.Parent])
            if (place is not null && File.Exists(Path.Combine(place.FullName, "avs")))
                return [Path.Combine(place.FullName, "avs")];
        return OwnProgram();
    }

    private sealed class Listener(ProgressView view) : ISweepListener
    {
        private readonly Dictionary<string, ShowProgress> shown = [];

        public void Advanced(Trial trial, long done, long all, string text)
        {
            ShowProgress? show;
            lock (shown)
            {
                if (!shown.TryGetValue(trial.Name, out show))
                    shown[trial.Name] = show = view.Begin(showFirst: true);
            }
            show(done, all, () => text);
        }

        public void Log(string sentence) => view.Write(sentence);
    }
}
