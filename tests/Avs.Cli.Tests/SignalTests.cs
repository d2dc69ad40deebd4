using System.Diagnostics;
using Avs.Data.Tests.AvsBench;

namespace Avs.Cli.Tests;

/// <summary>A training in a process of its own, which is told to stop.</summary>
[Trait("Speed", "Slow")]
public sealed class SignalTests : IDisposable
{
    private readonly TinyBench data = TinyBench.S4();
    private readonly ScratchFolder folder = new();

    public void Dispose()
    {
        data.Dispose();
        folder.Dispose();
    }

    private string[] Train(string run) =>
    [
        "train", Repository.At("experiments/smoke.yaml"), "--data", data.Root, "--runs", folder.At("runs"), "--run", run,
        "--set", "train.steps=60", "--set", "data.batch_clips=2", "--set", "train.replicas=1", "--set", "data.pairing=false", "--set",
            "train.validate_every=30",
    ];

    private string In(string run, string file = "") => folder.At($"runs/smoke/{run}/{file}").TrimEnd('/');

    // Ends when the run has logged a few steps.
    private static void WaitForSteps(string metrics, Process process)
    {
        var patience = Stopwatch.StartNew();
        while (!(File.Exists(metrics) && File.ReadAllLines(metrics).Length > 3))
        {
            Assert.False(process.HasExited, "the run ended before it was stopped");
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(2), "the run does not begin");
            Thread.Sleep(10);
        }
    }

    [Fact]
    public async Task A_run_that_SIGTERM_stops_saves_lets_nobody_else_in_before_and_goes_on_to_the_weights_of_an_unbroken_one()
    {
        var start = new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "avs.dll"), .. Train("cut")])
        { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        WaitForSteps(In("cut", "metrics.csv"), process);

        var second = Typed.Line("train", "--resume", In("cut"));
        Process.Start("bash", ["-c", $"kill -TERM {process.Id}; kill -HUP {process.Id}"]).WaitForExit(); // as shells do that are closed
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)), "SIGTERM does not end the run");
        var resumed = Typed.Line("train", "--resume", In("cut"));
        var whole = Typed.Line(Train("whole"));

        Assert.Equal((2,
            $"the run '{In("cut")}' is being trained by process {process.Id} on {Environment.MachineName}; wait for its end, or stop it "
            + "first"), (second.Code, second.Sentence));
        Assert.Equal(143, process.ExitCode);
        Assert.EndsWith($"go on with: avs train --resume {In("cut")}\n", await error);
        Assert.Equal((0, 0), (resumed.Code, whole.Code));
        foreach (var file in (string[])["last.safetensors", "best.safetensors"])
            Assert.Equal(File.ReadAllBytes(In("whole", file)), File.ReadAllBytes(In("cut", file)));
    }
}
