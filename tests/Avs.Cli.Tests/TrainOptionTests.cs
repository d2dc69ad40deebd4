using Avs.Data.Tests.AvsBench;
using Avs.Train.Runs;
using Avs.Train.Tests.Autoencoding;

namespace Avs.Cli.Tests;

/// <summary>`avs train` with a bound on its time, and without anything left of it.</summary>
public sealed class TrainOptionTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Autoencoder()
    {
        TinyImages.WriteMnist(folder.At("mnist"));
        File.WriteAllText(folder.At("ae.yaml"), "task: autoencoding\nmodel: {name: vae_mlp}\n"
            + $"data: {{set: mnist, root: {folder.At("mnist")}, validation_images: 20, batch_images: 8}}\n"
            + "train: {steps: 1000000, validate_every: 1000000, log_every: 1000000}\n");
        return folder.At("ae.yaml");
    }

    private string Multimodal()
    {
        TinyImages.WritePolyDigits(folder.At("poly"));
        File.WriteAllText(folder.At("poly.yaml"), "task: multimodal\n"
            + "model: {name: mvae, network: {latent_size: 3, encoder: {channels: [4, 4]}, decoder: {channels: [4, 4]}}}\n"
            + $"data: {{root: {folder.At("poly")}, batch_examples: 6}}\ntrain: {{epochs: 100}}\n");
        return folder.At("poly.yaml");
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("20m", 1200)]
    [InlineData("2h", 7200)]
    [InlineData("1h30m", 5400)]
    [InlineData("1h1m1s", 3661)]
    [InlineData("1000h", 3600000)]
    public void A_time_is_hours_minutes_and_seconds(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Duration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("0s")]
    [InlineData("-5m")]
    [InlineData("30m1h")]
    [InlineData("1.5h")]
    [InlineData("1001h")]
    [InlineData("99999999h")]
    public void What_is_no_duration_is_not_read_as_one(string text) => Assert.Null(Duration.Parse(text));

    [Fact]
    public void A_run_whose_time_is_up_is_saved_and_says_how_to_go_on()
    {
        var begun = Typed.Line("train", Autoencoder(), "--runs", folder.At("runs"), "--run", "one", "--max-time", "2s");
        var run = folder.At("runs/ae/one");
        var first = RunState.ReadProgress(Path.Combine(run, "last.state.safetensors")).Step;
        var resumed = Typed.Line("train", "--resume", run, "--max-time", "2s");
        var second = RunState.ReadProgress(Path.Combine(run, "last.state.safetensors")).Step;

        Assert.Equal((TrainingView.TimeIsUp, TrainingView.TimeIsUp), (begun.Code, resumed.Code));
        Assert.Contains("the time of --max-time is used up: finishing this step and saving\n", begun.Error);
        Assert.EndsWith($"stopped after step {first} of 1000000; go on with: avs train --resume {run}\n", begun.Error);
        Assert.EndsWith($"stopped after step {second} of 1000000; go on with: avs train --resume {run}\n", resumed.Error);
        Assert.True(second > first && first > 0, $"{first}, then {second} steps");
        Assert.False(RunSummary.Read(Path.Combine(run, "summary.json")).Finished);
    }

    [Fact]
    public void A_run_that_is_done_before_its_time_is_up_ends_with_0() =>
        Assert.Equal(0, Typed.Line("train", Autoencoder(), "--runs", folder.At("runs"), "--set", "train.steps=2", "--max-time", "1h").Code);

    [Theory]
    [InlineData("segmentation", "smoke")]
    [InlineData("autoencoding", "ae")]
    [InlineData("multimodal", "poly")]
    public void A_fast_dev_run_of_any_task_goes_through_everything_and_leaves_nothing(string task, string name)
    {
        using var bench = TinyBench.S4();
        var experiment = task switch
        {
            "autoencoding" => [Autoencoder()],
            "multimodal" => [Multimodal()],
            _ => (string[])
            [
                Repository.At("experiments/smoke.yaml"), "--data", bench.Root, "--set", "data.batch_clips=2",
                "--set", "train.replicas=1", "--set", "data.pairing=false", "--set", "train.accumulate=2",
            ],
        };
        var typed = Typed.Line(["train", .. experiment, "--runs", folder.At("runs"), "--fast-dev-run"]);

        Assert.Equal(0, typed.Code);
        Assert.Contains("step 2: validation ", typed.Error);
        Assert.EndsWith($"{name} holds together: 2 steps, a validation and a save went well; nothing was kept\n", typed.Error);
        Assert.DoesNotContain("/avs-dev-run-", typed.Error);
        Assert.False(Directory.Exists(folder.At("runs")));
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), $"avs-dev-run-{Environment.ProcessId}-*"));
    }
}
