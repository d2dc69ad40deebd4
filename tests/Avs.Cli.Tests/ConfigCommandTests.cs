using System.Text.Json;

namespace Avs.Cli.Tests;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Values_and_sources_are_shown_in_two_columns()
    {
        var path = folder.At("x.yaml");
        File.WriteAllText(path, "seed: 3\ntrain:\n  batch_clips: 6\n");
        var typed = Typed.Line("config", "show", path, "--set", "train.steps=7", "--data", "here");
        string[] lines = [.. typed.Out.Split('\n').Where(line => line.Contains('#'))];

        Assert.Equal(0, typed.Code);
        Assert.Single(lines.Select(line => line.IndexOf('#')).Distinct());
        string Source(string start) => lines.Single(line => line.StartsWith(start, StringComparison.Ordinal)).Split("  # ")[1];
        Assert.Equal(
            ["the file's name", $"{path}:1", "--set", "--set", $"{path}:3", "preset ecmvae_small", "default"],
            ((string[])[
                "name: x ", "seed: 3 ", "  steps: 7 ", "  root: here ", "  batch_clips: 6 ", "    channels: 32 ", "    neck: basic ",
            ]).Select(Source));
        Assert.Equal("note: train.batch_clips is now data.batch_clips", typed.Error.Split(" (")[0]);
    }

    [Fact]
    public void What_is_shown_is_an_experiment_and_the_same_one()
    {
        var path = Repository.At("experiments/ms3_stamps.yaml");
        File.WriteAllText(folder.At("whole.yaml"), Typed.Line("config", "show", path).Out);

        Assert.Equal(Typed.Line("train", path, "--show-config").Out, Typed.Line("train", folder.At("whole.yaml"), "--show-config").Out);
    }

    [Fact]
    public void Scripts_get_every_key_with_value_and_source()
    {
        var path = Repository.At("experiments/multimodal/mmjsd.yaml");
        var root = JsonDocument.Parse(Typed.Line("config", "show", path, "--json", "--set", "train.minutes=0.5").Out).RootElement;
        var values = root.GetProperty("values").EnumerateArray().ToDictionary(item => item.GetProperty("key").GetString()!);
        string Of(string key) => $"{values[key].GetProperty("value").GetRawText()} {values[key].GetProperty("source").GetString()}";

        Assert.Equal("multimodal", root.GetProperty("task").GetString());
        Assert.Equal("0.5 --set", Of("train.minutes"));
        Assert.Equal("null default", Of("train.save_every"));
        Assert.Equal("\"adam\"", values["train.optimizer.name"].GetProperty("value").GetRawText());
        Assert.Equal("[256]", values["model.network.decoder.hidden"].GetProperty("value").GetRawText());
        Assert.Equal("1E-08 default", Of("train.optimizer.epsilon"));
    }

    [Fact]
    public void The_schema_is_the_file_in_the_repository()
    {
        var typed = Typed.Line("config", "schema");

        Assert.Equal((0, ""), (typed.Code, typed.Error));
        Assert.Equal(File.ReadAllText(Repository.At("experiments/schema.json")), typed.Out);
    }
}
