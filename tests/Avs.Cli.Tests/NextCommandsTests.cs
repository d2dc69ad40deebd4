using Avs.Core;
using Avs.Data.Tests.AvsBench;
using Avs.Train.Tests.Autoencoding;

namespace Avs.Cli.Tests;

/// <summary>What `avs train` prints at its end, copied into a shell.</summary>
public sealed class NextCommandsTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The words that a shell makes of each line.
    private static string[][] Commands(string printed)
    {
        var lines = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("next:", lines[0]);
        return [.. lines[1..].Select(line => line[(line.IndexOf(':') + 1)..]).Select(line => ExternalProgram.Run(
            "bash", ["-c", $"printf '%s\\n' {line}"], Path.GetTempPath(), "bash fails")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries))];
    }

    private string Train(string yaml)
    {
        File.WriteAllText(folder.At("it.yaml"), yaml);
        var typed = Typed.Line("train", folder.At("it.yaml"), "--runs", folder.At("my runs"), "--run", "a run", "--set", "train.steps=2");
        Assert.True(typed.Code == 0, typed.Error);
        return typed.Out;
    }

    [Fact]
    public void Of_an_autoencoder_each_is_a_command_and_the_first_measures_the_run()
    {
        TinyImages.WriteMnist(folder.At("mnist"));
        var commands = Commands(Train($"name: it\ntask: autoencoding\nmodel: {{name: vae_mlp}}\n"
            + $"data: {{set: mnist, root: {folder.At("mnist")}, validation_images: 20, batch_images: 8}}\n"));

        Assert.Equal(["avs", "eval", folder.At("my runs/it/a run")], commands[0]);
        Assert.All(commands, words => Assert.Equal(0, Typed.Line([.. words[1..], "--help"]).Code));
        Assert.Equal(0, Typed.Line([.. commands[0][1..], "--bound-samples", "1"]).Code);
        Assert.Equal(commands, Commands(Typed.Line("train", "--resume", folder.At("my runs/it/a run")).Out));
    }

    [Fact]
    public void Of_a_segmenter_each_is_a_command_and_the_first_measures_the_run()
    {
        using var data = TinyBench.S4();
        var commands = Commands(Train($"base: {Repository.At("experiments/smoke.yaml")}\nname: it\n"
            + $"data: {{root: {data.Root}, batch_clips: 2, pairing: false}}\ntrain: {{replicas: 1}}\n"));

        Assert.All(commands, words => Assert.Equal(0, Typed.Line([.. words[1..], "--help"]).Code));
        Assert.Contains("predict", commands.Select(words => words[1]));
        Assert.Equal(0, Typed.Line(commands[0][1..]).Code);
    }
}
