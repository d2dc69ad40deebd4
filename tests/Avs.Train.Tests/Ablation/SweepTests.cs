using System.Collections.Concurrent;
using Avs.Core;
using Avs.Train.Ablation;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Tests.Autoencoding;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Ablation;

public sealed class SweepTests : IDisposable
{
    private readonly MatrixFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Sweep Create(AblationMatrix matrix, string script, int jobs = 1) =>
        new(matrix, new SweepOptions(folder.Program(script), folder.Runs, Jobs: jobs), MatrixFolder.Experiments);

    private TrialStatus StatusOf(Trial trial) => TrialState.Read(trial, folder.RunOf(trial), MatrixFolder.Experiments).Status;

    [Fact]
    public void Finished_trials_are_left_interrupted_ones_go_on_and_missing_ones_begin()
    {
        var matrix = folder.Load(MatrixFolder.TwoByTwo);
        folder.Prepare(matrix);
        folder.Finish(matrix.Trials[0], 3);
        folder.Interrupt(matrix.Trials[1], 4);
        var sweep = Create(matrix, "finish");

        Assert.Equal([TrialStatus.Finished, TrialStatus.Interrupted, TrialStatus.Missing, TrialStatus.Missing],
            sweep.ReadStates().Select(entry => entry.State.Status));
        Assert.Equal("goes on after step 4", sweep.ReadStates()[1].State.Words);
        Assert.Empty(sweep.Run(matrix.Trials, new Listener(), default));

        Assert.Equal(3, folder.Calls.Length);
        Assert.Equal($"train --resume {folder.RunOf(matrix.Trials[1])} --device cpu", folder.Calls[0]);
        Assert.Equal($"train {matrix.Trials[0].Base} --runs {folder.Runs} --run no_kl-seed_1 "
            + "--set name=m --set objective.kl_weight=0 --set seed=1 --device cpu", folder.Calls[1]);
        Assert.All(matrix.Trials, trial => Assert.Equal(TrialStatus.Finished, StatusOf(trial)));
        Assert.Contains("| full    |    2 |", File.ReadAllText(Path.Combine(sweep.Folder, "table.md")));

        Assert.Empty(sweep.Run(matrix.Trials, new Listener(), default));
        Assert.Equal(3, folder.Calls.Length);
    }

    [Fact]
    public void Finished_trials_are_measured_once_and_the_figures_are_columns()
    {
        folder.Write("segmenter.yaml", "model: {name: ecmvae_small}\ntrain: {steps: 10}\n");
        folder.Write("scores/metrics.json", """
            {"schema": "avs.metrics", "version": 1, "conditions": {"real": {"protocols": {"avsbench": {"miou": 0.75, "f_score": 0.5}}},
            "muted": {"protocols": {"avsbench": {"miou": 0.25, "f_score": 0.125}}}}, "robustness": {"g_miou": 0.625}}
            """);
        var matrix = folder.Load("base: segmenter.yaml\nseeds: [1, 2]\nevaluate: {split: val, audio: [real, muted]}\ncolumns: [val_kl]");
        folder.Prepare(matrix);
        folder.Finish(matrix.Trials[0], 3);
        var sweep = Create(matrix, $"if [ $1 = eval ]; then cp -r '{folder.At("scores")}' \"$8\"; else finish; fi");

        Assert.Equal("finished after 10 steps, to be measured", sweep.ReadStates()[0].State.Words);
        Assert.Empty(sweep.Run(matrix.Trials, new Listener(), default));

        var run = folder.RunOf(matrix.Trials[0]);
        Assert.Equal($"eval {run} --split val --audio real,muted --out {run}/eval-val-real-muted --device cpu", folder.Calls[0]);
        Assert.Equal(3, folder.Calls.Length); // one trained, both measured
        Assert.Equal("finished after 10 steps", sweep.ReadStates()[0].State.Words);
        var table = AblationTable.Read(matrix, sweep.Folder).ToNumbers();
        string Mean(string figure) => table.Rows[0][table.Columns.ToList().IndexOf($"{figure}_mean")];
        Assert.Equal(["7", "0.75", "0.5", "0.25", "0.625"],
            ((string[])["val_kl", "eval_miou", "eval_f_score", "eval_miou_muted", "eval_g_miou"]).Select(Mean));
    }

    [Fact]
    public void A_run_of_another_experiment_is_refused_by_the_key_that_differs()
    {
        folder.Finish(folder.Load(MatrixFolder.TwoByTwo + "set: {train.steps: 9}").Trials[2], 1);
        var sweep = Create(folder.Load(MatrixFolder.TwoByTwo), "finish");

        var e = Assert.Throws<UsageException>(() => sweep.RequireUnchanged(sweep.ReadStates()));

        Assert.Equal($"the run '{folder.Runs}/m/no_kl-seed_1' was trained with train.steps: 9, the matrix asks for train.steps: 10; "
            + $"move the folder away, give {folder.At("m.yaml")} another name, or choose another folder with --runs", e.Message);
    }

    [Fact]
    public void A_run_cut_off_before_its_first_save_is_kept_aside_and_begun_anew()
    {
        var matrix = folder.Load(MatrixFolder.TwoByTwo);
        folder.Prepare(matrix);
        folder.Write($"runs/m/{matrix.Trials[0].Name}/config.yaml", matrix.Trials[0].Experiment.ToYaml());
        folder.Write($"runs/m/{matrix.Trials[0].Name}/log.txt", "a line");

        Assert.Equal(TrialStatus.Unsaved, StatusOf(matrix.Trials[0]));
        Assert.Empty(Create(matrix, "finish").Run(matrix.Trials, new Listener(), default));

        Assert.Equal(TrialStatus.Finished, StatusOf(matrix.Trials[0]));
        Assert.Equal("a line", File.ReadAllText(folder.At($"runs/m/{matrix.Trials[0].Name}.unsaved/log.txt")));
    }

    [Fact]
    public void A_trial_that_another_process_trains_is_left_to_it()
    {
        var matrix = folder.Load(MatrixFolder.TwoByTwo);
        folder.Prepare(matrix);
        using var other = RunFolder.Create(folder.Runs, "m", matrix.Trials[0].Name, matrix.Trials[0].Experiment.ToYaml(), default);
        var listener = new Listener();

        Assert.Equal(TrialStatus.Running, StatusOf(matrix.Trials[0]));
        Assert.Empty(Create(matrix, "finish").Run(matrix.Trials, listener, default));

        Assert.Equal(3, folder.Calls.Length);
        var holder = $"process {Environment.ProcessId} on {Environment.MachineName}";
        Assert.Contains($"1/4 full-seed_1: is being trained by {holder}", listener.Texts);
    }

    [Fact]
    public void A_trial_that_another_process_finishes_meanwhile_is_measured_and_one_that_it_still_trains_is_named()
    {
        folder.Write("segmenter.yaml", "model: {name: ecmvae_small}\ntrain: {steps: 10}\n");
        var matrix = folder.Load("base: segmenter.yaml\nseeds: [1, 2, 3]\nevaluate: {split: val, audio: [real]}");
        folder.Prepare(matrix);
        RunFolder Begin(int trial) =>
            RunFolder.Create(folder.Runs, "m", matrix.Trials[trial].Name, matrix.Trials[trial].Experiment.ToYaml(), default);
        using var ending = Begin(0);
        using var going = Begin(1);
        void EndTheFirst(string text)
        {
            if (!text.StartsWith("3/3", StringComparison.Ordinal))
                return;
            folder.Finish(matrix.Trials[0], 3);
            ending.Dispose();
        }
        var listener = new Listener { OnText = EndTheFirst };

        Assert.Empty(Create(matrix, "if [ $1 = eval ]; then mkdir -p \"$8\"; else finish; fi").Run(matrix.Trials, listener, default));

        Assert.Contains(folder.Calls, call => call.StartsWith($"eval {folder.RunOf(matrix.Trials[0])} ", StringComparison.Ordinal));
        Assert.Contains($"seed_2 is being trained by process {Environment.ProcessId} on {Environment.MachineName}: the table is without it "
            + "until the same command is given again", listener.Texts);
    }

    [Fact]
    public void A_run_of_another_experiment_is_refused_while_it_trains_and_never_stands_in_the_table()
    {
        var before = folder.Load(MatrixFolder.TwoByTwo + "set: {train.steps: 9}");
        using (RunFolder.Create(folder.Runs, "m", before.Trials[0].Name, before.Trials[0].Experiment.ToYaml(), default))
        {
            Assert.Equal(TrialStatus.Running, StatusOf(before.Trials[0]));
            Assert.Equal(TrialStatus.Changed, StatusOf(folder.Load(MatrixFolder.TwoByTwo).Trials[0]));
        }
        folder.Finish(before.Trials[0], 3);

        var table = AblationTable.Read(folder.Load(MatrixFolder.TwoByTwo), Path.Combine(folder.Runs, "m")).ToNumbers();

        Assert.Equal(["full", "0", "2"], table.Rows[0].Take(3));
    }

    [Fact]
    public void Trials_that_fail_are_named_with_their_sentences_and_the_others_go_on()
    {
        var matrix = folder.Load(MatrixFolder.TwoByTwo);
        folder.Prepare(matrix);
        const string Script = """
            case $trial in
                full-seed_1) echo 'error: data/none is missing' >&2; exit 3 ;;
                full-seed_2) kill -SEGV $$ ;;
                no_kl-seed_1) exit 7 ;;
            esac
            finish
            """;

        var failed = Create(matrix, Script).Run(matrix.Trials, new Listener(), default);

        Assert.Equal(
            [("full-seed_1", "data/none is missing"), ("full-seed_2", "its process was ended by signal 11"),
            ("no_kl-seed_1", "its process ended with code 7")], failed.Select(failure => (failure.Trial.Name, failure.Sentence)));
        Assert.Equal(TrialStatus.Finished, StatusOf(matrix.Trials[3]));
        Assert.Contains("1 of 2", File.ReadAllText(Path.Combine(folder.Runs, "m", "table.md")));
    }

    [Fact]
    public void Two_jobs_train_two_trials_at_a_time()
    {
        var matrix = folder.Load(MatrixFolder.TwoByTwo);
        folder.Prepare(matrix);
        // Each waits until two have begun.
        var script = $"""
            touch '{folder.At("begun")}'.$trial
            for i in $(seq 100); do [ $(ls '{folder.At("begun")}'.* | wc -l) -ge 2 ] && finish && exit 0; sleep .1; done
            exit 1
            """;

        Assert.Empty(Create(matrix, script, jobs: 2).Run(matrix.Trials, new Listener(), default));
        Assert.All(matrix.Trials, trial => Assert.Equal(TrialStatus.Finished, StatusOf(trial)));
    }

    [Fact]
    public void Asked_to_stop_the_trial_in_training_gets_one_signal_and_no_other_begins()
    {
        var matrix = folder.Load(MatrixFolder.TwoByTwo);
        using var stop = new CancellationTokenSource();
        var listener = new Listener { OnStep = stop.Cancel };
        var script = $"""
            trap 'echo TERM >>{folder.At("signals")}; exit 143' TERM
            echo 'step 3/10  loss 0.1' >&2
            for i in $(seq 300); do sleep .1; done
            """;

        Assert.Empty(Create(matrix, script).Run(matrix.Trials, listener, stop.Token));

        Assert.Equal("TERM\n", File.ReadAllText(folder.At("signals")));
        Assert.Single(folder.Calls);
        Assert.Contains((3L, 10L), listener.Steps);
    }

    // The images say their size, which the run's config.yaml then holds and the matrix does not.
    [Fact]
    public void A_run_whose_data_filled_in_keys_is_the_one_that_was_asked_for()
    {
        TinyImages.WriteMnist(folder.At("mnist"));
        var matrix = folder.Load($$"""
            base: base.yaml
            set:
              data: {set: mnist, root: {{folder.At("mnist")}}, validation_images: 20, batch_images: 8, pad: 1}
              train.steps: 1
            factors: {objective.kl_weight: [1, 2]}
            """);
        var trial = matrix.Trials[0];

        TrainingRun.Begin(trial.Experiment, folder.Runs, trial.Name, CPU, new SilentListener(), default);

        Assert.Contains("height: 30", File.ReadAllText(folder.RunOf(trial, "config.yaml")));
        Assert.DoesNotContain("height:", File.ReadAllText(folder.RunOf(trial, "asked.yaml")));
        Assert.Equal(TrialStatus.Finished, StatusOf(trial));
    }

    [Fact]
    public void The_script_for_slurm_is_read_by_bash_and_trains_the_trial_of_its_task()
    {
        var matrix = folder.Load(MatrixFolder.TwoByTwo);
        var path = folder.At("out dir/array.sbatch");

        SlurmArray.Write(path, matrix, ["echo", "it's", "ablate", "--trial"]);

        var ran = ExternalProgram.Run("env", ["SLURM_ARRAY_TASK_ID=2", "bash", path], folder.At(""), "the script fails");
        Assert.Equal("it's ablate --trial no_kl-seed_1\n", ran);
        Assert.Contains("#SBATCH --array=0-3\n", File.ReadAllText(path));
    }

    private sealed class Listener : ISweepListener
    {
        public Action OnStep { get; init; } = () => { };

        public Action<string> OnText { get; init; } = _ => { };

        public ConcurrentBag<string> Texts { get; } = [];

        public ConcurrentBag<(long, long)> Steps { get; } = [];

        public void Advanced(Trial trial, long done, long all, string text)
        {
            Texts.Add(text);
            Steps.Add((done, all));
            if (text.Contains("step 3", StringComparison.Ordinal))
                OnStep();
            OnText(text);
        }

        public void Log(string sentence) => Texts.Add(sentence);
    }
}
