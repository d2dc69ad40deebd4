using Avs.Train.Ablation;
using Avs.Train.Experiments;
using Avs.Train.Runs;

namespace Avs.Train.Tests.Ablation;

/// <summary>A folder with a base experiment and a matrix of it, and runs that only look like some.</summary>
internal sealed class MatrixFolder : IDisposable
{
    /// <summary>Two variants, two seeds.</summary>
    public const string TwoByTwo =
        "base: base.yaml\nseeds: [1, 2]\nvariants: [{name: full}, {name: no kl, set: {objective.kl_weight: 0}}]\n";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-matrix-");

    public MatrixFolder() => Write(
        "base.yaml", "task: autoencoding\nmodel: {name: vae_mlp}\ndata: {batch_images: 8}\ntrain: {steps: 10}\n");

    public static ExperimentReader Experiments { get; } = new(TrainingTasks.All);

    public string Runs => At("runs");

    public void Dispose() => folder.Delete(recursive: true);

    public string At(string name) => Path.Combine(folder.FullName, name);

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
        return At(name);
    }

    public AblationMatrix Load(string yaml, params string[] overrides) =>
        new MatrixReader(Experiments).Load(Write("m.yaml", yaml), overrides);

    public string RunOf(Trial trial, string file = "") => Path.Combine(Runs, "m", trial.Name, file);

    /// <summary>A run as it looks when it is finished.</summary>
    public void Finish(Trial trial, double score, string metrics = "step,total,val_kl\n10,3,\n10,,7\n", double seconds = 5)
    {
        Directory.CreateDirectory(RunOf(trial));
        File.WriteAllText(RunOf(trial, "config.yaml"), trial.Experiment.ToYaml());
        File.WriteAllText(RunOf(trial, "metrics.csv"), metrics);
        new RunSummary
        {
            Task = "autoencoding",
            Finished = true,
            Step = 10,
            Steps = 10,
            BestScore = score,
            BestStep = 10,
            Seconds = seconds,
            SamplesPerSecond = 100,
            SkippedSamples = 0,
        }.Write(RunOf(trial, "summary.json"));
    }

    /// <summary>A run as it looks when it was stopped: real, for its saved state is read.</summary>
    public void Interrupt(Trial trial, long step)
    {
        Directory.CreateDirectory(RunOf(trial));
        File.WriteAllText(RunOf(trial, "config.yaml"), trial.Experiment.ToYaml());
        TensorFile.Write(RunOf(trial, "last.state.safetensors"), [], new Dictionary<string, string>
        {
            ["step"] = $"{step}",
            ["best_score"] = "",
            ["best_step"] = "0",
            ["seconds"] = "1",
        });
    }

    /// <summary>A program that stands for this one: a script to which a trial's name comes as $trial, and its folder as $run.</summary>
    public IReadOnlyList<string> Program(string script)
    {
        var path = Write("program", "#!/bin/bash\n" + $$"""
            echo "$*" >>'{{At("calls")}}'
            if [ "$1" = eval ]; then run=$2; elif [ "$2" = --resume ]; then run=$3; else run=$4/m/$6; mkdir -p "$run"; fi
            trial=${run##*/}
            finish() { cp '{{At("finished")}}'/"$trial"/* "$run"/; }
            {{script}}
            """.ReplaceLineEndings("\n") + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return [path];
    }

    /// <summary>What `finish` in the script of <see cref="Program"/> puts into a run's folder.</summary>
    public void Prepare(AblationMatrix matrix, double score = 1)
    {
        foreach (var trial in matrix.Trials)
        {
            Finish(trial, score);
            Directory.CreateDirectory(At("finished"));
            Directory.Move(RunOf(trial), Path.Combine(At("finished"), trial.Name));
        }
    }

    /// <summary>The command lines that the program got.</summary>
    public string[] Calls => File.Exists(At("calls")) ? File.ReadAllLines(At("calls")) : [];
}
