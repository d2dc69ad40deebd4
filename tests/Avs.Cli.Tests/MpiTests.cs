using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Avs.Data.Tests.AvsBench;
using Avs.Train.Runs;

namespace Avs.Cli.Tests;

/// <summary>Training in two processes that MPI has started.</summary>
[Trait("Speed", "Slow")]
public sealed partial class MpiTests : IDisposable
{
    private static readonly (string, string)[] Settings =
    [
        ("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"), ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
        ("OMP_NUM_THREADS", "1"), ("OMP_WAIT_POLICY", "passive"), ("TERM", "dumb"),
    ];

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "avs.dll");
    private readonly TinyBench data = TinyBench.S4();
    private readonly ScratchFolder folder = new();

    public void Dispose()
    {
        data.Dispose();
        folder.Dispose();
    }

    private string[] Train(string run, int steps, params string[] others) =>
    [
        Program, "train", Repository.At("experiments/smoke.yaml"), "--data", data.Root, "--runs", folder.At("runs"),
        "--run", run, "--set", $"train.steps={steps}", "--set", "data.batch_clips=2", "--set", "train.replicas=1",
        "--set", "data.pairing=false", "--set", "train.optimizer.name=sgd", .. others,
    ];

    private string In(string run, string file = "") => folder.At($"runs/smoke/{run}/{file}").TrimEnd('/');

    private double[] Column(string run, string name) => [.. MetricsFile.Read(In(run, "metrics.csv"), name).Select(entry => entry.Value)];

    private void SameCurves(string one, string two)
    {
        foreach (var name in (string[])["total", "grad_norm", "val_miou", "val_f_score"])
        {
            Assert.NotEmpty(Column(one, name));
            Assert.All(Column(one, name).Zip(Column(two, name)),
                pair => Assert.Equal(pair.First, pair.Second, 1e-5 + 1e-4 * Math.Abs(pair.First)));
        }
    }

    [MpiFact]
    public void Two_processes_train_what_one_does_and_one_of_them_writes()
    {
        Assert.Equal(0, ScratchFolder.Run("dotnet", Train("one", 6), Settings).Code);
        var two = ScratchFolder.Run("dotnet", Train("two", 6, "--nproc", "2"), Settings);
        Assert.Equal(0, two.Code);
        Assert.Contains("2 processes: ", two.Error);
        SameCurves("one", "two");

        Assert.Equal(Files("one"), Files("two"));
    }

    // Without those whose names say when, by whom, or a score to its last digit.
    private IEnumerable<string> Files(string run) => Directory.GetFiles(In(run)).Select(path => Path.GetFileName(path)!)
        .Where(name => !name.StartsWith("events", StringComparison.Ordinal) && !name.StartsWith("best-step", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    [MpiFact("mpiexec.hydra", "mpich")]
    public void MPICH_serves_as_well()
    {
        Assert.Equal(0, ScratchFolder.Run("dotnet", Train("one", 3), Settings).Code);
        Assert.Equal(0, ScratchFolder.Run("mpiexec.hydra", ["-n", "2", "dotnet", .. Train("two", 3)], Settings).Code);
        SameCurves("one", "two");
    }

    [MpiFact]
    public void A_process_that_is_lost_ends_all_and_the_run_goes_on_alone()
    {
        var printed = UntilItEnds(_ => Send("KILL", rank: 1));

        Assert.DoesNotContain("   at ", printed); // no stack trace
        Assert.DoesNotContain(Directory.GetFiles(In("cut")), path => path.EndsWith(".partial", StringComparison.Ordinal));
        var step = RunState.ReadProgress(In("cut", "last.state.safetensors")).Step;
        var resumed = Start("train", "--resume", In("cut"));
        Assert.Contains($"continuing {In("cut")} after step {step} of 400", resumed);
    }

    [MpiFact]
    public void A_killed_nproc_leaves_nothing_running()
    {
        UntilItEnds(process => process.Kill());

        var patience = Stopwatch.StartNew();
        while (Started().Any())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1), "its processes go on without it");
            Thread.Sleep(50);
        }
        Assert.Contains("continuing ", Start("train", "--resume", In("cut")));
    }

    // What two hosts do whose cable is cut: none hears the other any more, and Open MPI's daemons end both.
    [MpiFact]
    public void A_process_that_hears_nothing_and_is_told_to_end_leaves_its_sentence_in_the_run()
    {
        UntilItEnds(_ =>
        {
            Send("STOP", rank: 0);
            Send("TERM", rank: 1);
        });

        Assert.Matches("^....-..-.. ..:..:..  process 1 of 2 on .* was told to end and had heard nothing from the others for "
            + $"[0-9.]+ s; go on with: avs train --resume {In("cut")}\n$", File.ReadAllText(In("cut", "log-1.txt")));
    }

    // A long run of two processes to which something happens after its first save; returns what they printed.
    private string UntilItEnds(Action<Process> happens)
    {
        var start = new ProcessStartInfo("dotnet", Train("cut", 400, "--nproc", "2", "--set", "train.save_every=2"))
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in Settings)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        var patience = Stopwatch.StartNew();
        while (!File.Exists(In("cut", "last.state.safetensors")))
        {
            Assert.False(process.HasExited, "the run ended before it was stopped");
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(2), "the run does not begin");
            Thread.Sleep(50);
        }
        happens(process);
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)), "the others go on without it");
        Assert.NotEqual(0, process.ExitCode);
        return error.Result + output.Result;
    }

    // Long enough to say where it goes on.
    private static string Start(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardError = true })!;
        var first = process.StandardError.ReadLine() ?? "";
        process.Kill();
        process.WaitForExit();
        return first;
    }

    private void Send(string signal, int rank)
    {
        foreach (var (process, _) in Started().Where(started => started.Rank == rank))
            Process.Start("bash", ["-c", $"kill -{signal} {process}"]).WaitForExit();
    }

    // The processes that MPI has started in this test's folder.
    private IEnumerable<(int Process, int Rank)> Started()
    {
        foreach (var other in Process.GetProcessesByName("dotnet"))
        {
            string line, environment;
            try
            {
                (line, environment) = (File.ReadAllText($"/proc/{other.Id}/cmdline"), File.ReadAllText($"/proc/{other.Id}/environ"));
            }
            catch (IOException)
            {
                continue; // it has ended meanwhile
            }
            if (line.Contains(folder.At("runs"), StringComparison.Ordinal) && Rank().Match(environment) is { Success: true } match)
                yield return (other.Id, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        }
    }

    [GeneratedRegex(@"(?:^|\0)OMPI_COMM_WORLD_RANK=(\d+)")]
    private static partial Regex Rank();

    [MpiFact]
    public void What_is_wrong_in_all_of_them_is_said_once()
    {
        var wrong = ScratchFolder.Run("dotnet", Train("wrong", 2, "--nproc", "2", "--set", "data.batch_clips=3"), Settings);
        Assert.Equal(2, wrong.Code);
        Assert.Contains("data.batch_clips: found 3, expected a multiple of 2 for train.replicas = 1 in each of 2 processes", wrong.Error);
        Assert.Equal(1, wrong.Error.Split("error: ").Length - 1);
    }

    [Fact]
    public void Nproc_without_mpirun_names_the_package()
    {
        var missing = ScratchFolder.Run(Path.Combine(RuntimeFolder(), "dotnet"), Train("none", 2, "--nproc", "2"), ("PATH", folder.At("")));
        Assert.Equal("--nproc starts the processes by mpirun, which is not installed; on Debian, as root: apt-get install openmpi-bin",
            missing.Sentence);
    }

    private static string RuntimeFolder() => Path.GetDirectoryName(Environment.ProcessPath)!;
}
