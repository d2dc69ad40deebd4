using System.Diagnostics;
using Avs.Train.Runs;
using Avs.Train.Tests.Autoencoding;

namespace Avs.Cli.Tests;

/// <summary>`avs ablate`, whose trials are processes of the program itself.</summary>
public sealed class AblateTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public AblateTests()
    {
        TinyImages.WriteMnist(folder.At("mnist"));
        File.WriteAllText(folder.At("base.yaml"), $$"""
            task: autoencoding
            model: {name: vae_mlp}
            data: {set: mnist, root: {{folder.At("mnist")}}, validation_images: 20, batch_images: 8}
            train: {steps: 4, validate_every: 2, log_every: 1, threads: 1}
            """);
    }

    public void Dispose() => folder.Dispose();

    private string Matrix(string yaml)
    {
        File.WriteAllText(folder.At("sweep.yaml"), yaml);
        return folder.At("sweep.yaml");
    }

    private string[] Line(string matrix, params string[] more) => ["ablate", matrix, "--runs", folder.At("runs"), .. more];

    private string In(string name) => folder.At($"runs/sweep/{name}");

    [Fact]
    public void A_sweep_trains_every_trial_notes_what_fails_and_skips_what_is_finished_the_next_time()
    {
        var matrix = Matrix(
            "base: base.yaml\nvariants: [{name: full}, {name: no data, set: {data.root: /nowhere}}]\nfactors: {data.batch_images: [4, 8]}");

        var listed = Typed.Line(Line(matrix, "--dry-run"));
        var first = Typed.Line(Line(matrix, "--jobs", "2"));
        var weights = File.GetLastWriteTimeUtc(In("full-batch_images_4/best.safetensors"));
        var second = Typed.Line(Line(matrix, "--trial", "full-batch_images_4"));
        var third = Typed.Line(Line(matrix, "--table"));

        Assert.Equal((0, 4), (listed.Code, listed.Out.Split("to be trained").Length - 1));
        Assert.Equal((1, 0, 0), (first.Code, second.Code, third.Code));
        Assert.Contains("full-batch_images_8: step 4/4 ", first.Error);
        Assert.Matches(
            @"\n2 of 4 trials failed:\n  no_data-batch_images_4: .*/nowhere.*\n  no_data-batch_images_8: .*/nowhere", first.Error);
        Assert.Equal(2, MetricsFile.Read(In("full-batch_images_8/metrics.csv"), "val_total").Count);
        Assert.Contains("full-batch_images_4: finished after 4 steps", second.Error);
        Assert.Equal(weights, File.GetLastWriteTimeUtc(In("full-batch_images_4/best.safetensors")));
        Assert.Contains("val total", third.Out);
        Assert.All(["md", "csv", "tex", "png"], kind => Assert.True(File.Exists(In($"table.{kind}"))));
    }

    [Fact]
    public void A_changed_matrix_is_refused_before_anything_is_trained_and_nothing_is_overwritten()
    {
        Typed.Line(Line(Matrix("base: base.yaml\nfactors: {data.batch_images: [4]}")));
        var before = Directory.GetFiles(In(""), "*", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllBytes);

        var typed = Typed.Line(Line(Matrix("base: base.yaml\nset: {train.steps: 5}\nfactors: {data.batch_images: [4, 8]}")));

        Assert.Equal(2, typed.Code);
        Assert.Contains("was trained with train.steps: 4, the matrix asks for train.steps: 5", typed.Sentence);
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
        Assert.False(Directory.Exists(In("batch_images_8")));
    }

    [Fact]
    public void A_script_for_slurm_is_written_and_its_path_printed()
    {
        var typed = Typed.Line(Line(Matrix("base: base.yaml\nseeds: [1, 2]"), "--slurm", "--set", "train.steps=9"));

        Assert.Equal((0, In("array.sbatch")), (typed.Code, typed.Out.Trim()));
        Assert.Contains(" --set train.steps=9 --trial \"${trials[$SLURM_ARRAY_TASK_ID]}\"", File.ReadAllText(In("array.sbatch")));
    }

    [Theory]
    [InlineData("ablate", "MATRIX is missing; see 'avs ablate --help'")]
    [InlineData("ablate none.yaml", "there is no configuration file 'none.yaml'")]
    [InlineData("ablate none.yaml --jobs 0", "--jobs: found '0', expected a whole number of at least 1; see 'avs ablate --help'")]
    [InlineData("ablate none.yaml --table --slurm", "give one of --dry-run, --table and --slurm; see 'avs ablate --help'")]
    public void A_wrong_command_line_is_one_sentence_and_exit_code_2(string line, string sentence)
    {
        var typed = Typed.Line(line.Split(' '));

        Assert.Equal((2, sentence), (typed.Code, typed.Sentence));
    }

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("TERM", 143)]
    [InlineData("KILL", 137)]
    public async Task A_signal_stops_the_trial_in_training_with_its_weights_saved_and_the_same_command_goes_on(string signal, int code)
    {
        var matrix = Matrix("base: base.yaml\nset: {train.steps: 3000, train.validate_every: 1500}\nseeds: [1, 2]");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "avs.dll"), .. Line(matrix)])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        var patience = Stopwatch.StartNew();
        while (!(File.Exists(In("seed_1/metrics.csv")) && File.ReadAllLines(In("seed_1/metrics.csv")).Length > 3))
        {
            Assert.False(process.HasExited || patience.Elapsed > TimeSpan.FromMinutes(2), "the first trial does not begin");
            Thread.Sleep(10);
        }

        Process.Start("bash", ["-c", $"kill -{signal} {process.Id}"]).WaitForExit();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)), "the signal does not end the sweep");
        WaitForEndOfTrial(In("seed_1"));
        var step = RunState.ReadProgress(In("seed_1/last.state.safetensors")).Step;
        var rest = Typed.Line(Line(matrix));

        Assert.Equal(code, process.ExitCode);
        Assert.Equal(signal == "TERM", (await error).EndsWith($"stopped; go on with: avs ablate {matrix} --runs {folder.At("runs")}\n"));
        Assert.InRange(step, 1, 2999);
        Assert.Contains($"seed_1: goes on after step {step}", rest.Error);
        Assert.Equal((0, true), (rest.Code, RunSummary.Read(In("seed_2/summary.json")).Finished));
        Assert.DoesNotContain("failed", rest.Error);
    }

    // The folder is free again.
    private static void WaitForEndOfTrial(string run)
    {
        var patience = Stopwatch.StartNew();
        while (!IsFree())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1), "the trial goes on without the sweep");
            Thread.Sleep(50);
        }

        bool IsFree()
        {
            using var opened = RunFolder.Open(run);
            return Record.Exception(opened.Lock) is null;
        }
    }
}
