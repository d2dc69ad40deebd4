using System.Globalization;
using Avs.Core;
using Avs.Core.Formats;
using Avs.Data.Tests.AvsBench;
using Avs.Train.Runs;
using Avs.Train.Tests.Autoencoding;
using Avs.Train.Tests.Runs;
using Xunit.Abstractions;

namespace Avs.Cli.Tests;

/// <summary>
/// A run that is killed at random moments and continued each time ends with what an unbroken one ends with. `tests/soak/run` does it more
/// often, by the variables that are read here.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class KilledRunTests(ITestOutputHelper output) : IDisposable
{
    private const string Kills = "AVS_SOAK_KILLS", Seed = "AVS_SOAK_SEED";

    private readonly TinyBench data = TinyBench.S4();
    private readonly ScratchFolder folder = new();

    public void Dispose()
    {
        data.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("segmentation")]
    [InlineData("autoencoding")]
    public void A_run_that_is_killed_again_and_again_ends_with_the_bytes_of_an_unbroken_one(string task)
    {
        var (kills, seed) = (Number(Kills, 2), Number(Seed, 1));
        var (steps, validateEvery) = (Math.Max(16, 6 * kills), 5);
        string[] Train(string run) =>
        [
            "train", Experiment(task), "--runs", folder.At("runs"), "--run", run, "--set", $"train.steps={steps}", "--set",
            $"train.validate_every={validateEvery}", "--set", "train.save_every=3", "--set", "train.log_every=1", "--set",
            "train.threads=1", "--set", "train.ema=0.9", "--set", "train.keep_best=2", .. task == "segmentation" ? Small : [],
        ];
        string In(string run) => folder.At($"runs/killed/{run}");

        new KilledRun(Train("whole"), In("whole"), steps, validateEvery).Train(kills: 0, new NamedRandom(seed, "whole"));
        var killed = new KilledRun(Train("cut"), In("cut"), steps, validateEvery);
        killed.Train(kills, new NamedRandom(seed, $"kills/{task}"));

        var found = string.Join(", ", killed.Found.Select(entry => $"{entry.Value} {entry.Key}"));
        output.WriteLine($"{task}: {steps} steps, {kills} kills: {found}");
        AssertSame(In("whole"), In("cut"));
        Assert.Equal(1, killed.Found["before its first save"]);
        Assert.Equal(kills + 1, RunEnvironment.Read(Path.Combine(In("cut"), "environment.json")).Count);
    }

    private string[] Small =>
    [
        "--data", data.Root, "--set", "data.batch_clips=2", "--set", "data.pairing=false", "--set", "train.replicas=1",
    ];

    private string Experiment(string task)
    {
        var path = folder.At("killed.yaml");
        TinyImages.WriteMnist(folder.At("mnist"));
        File.WriteAllText(path, task == "segmentation"
            ? $"base: {Repository.At("experiments/smoke.yaml")}\nname: killed\n"
            : $"name: killed\ntask: autoencoding\nmodel: {{name: vae_mlp}}\n"
                + $"data: {{set: mnist, root: {folder.At("mnist")}, validation_images: 20, batch_images: 8, binarize: dynamic}}\n");
        return path;
    }

    private static void AssertSame(string whole, string cut)
    {
        Assert.Equal(Figures(whole), Figures(cut));
        Assert.Equal(Objects(whole), Objects(cut));
        Assert.Equal(Events(whole), Events(cut));
        AssertSameState(Path.Combine(whole, "last.state.safetensors"), Path.Combine(cut, "last.state.safetensors"));
        string[] Names(string run) => [.. Directory.GetFiles(run, "*.safetensors").Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(Names(whole), Names(cut));
        foreach (var name in Names(whole).Where(name => !name.Contains(".state", StringComparison.Ordinal)))
            Assert.True(File.ReadAllBytes(Path.Combine(whole, name)).SequenceEqual(File.ReadAllBytes(Path.Combine(cut, name))), name);
        Assert.Empty(Directory.GetFiles(cut, "*.partial"));
    }

    // Weights, their average, optimizer, generators, progress: all but the seconds.
    private static void AssertSameState(string whole, string cut)
    {
        using SafetensorsFile first = SafetensorsFile.Open(whole), second = SafetensorsFile.Open(cut);
        Assert.Equal(first.Entries.Keys.Order(StringComparer.Ordinal), second.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.All(first.Entries.Keys, name => Assert.True(first.ReadBytes(name).SequenceEqual(second.ReadBytes(name)), name));
        string[] Metadata(SafetensorsFile file) =>
            [.. file.Metadata.Where(entry => entry.Key != "seconds").Select(entry => $"{entry}").Order(StringComparer.Ordinal)];
        Assert.Equal(Metadata(first), Metadata(second));
    }

    private static bool IsTime(string column) => column == "seconds" || column.EndsWith("_per_second", StringComparison.Ordinal);

    private static string[] Figures(string run)
    {
        var lines = File.ReadAllLines(Path.Combine(run, "metrics.csv")).Select(line => line.Split(',')).ToArray();
        return [.. lines.Select(cells => string.Join(',', cells.Where((_, column) => !IsTime(lines[0][column]))))];
    }

    private static string[] Objects(string run) => [.. File.ReadLines(Path.Combine(run, "metrics.jsonl"))
        .Select(line => string.Join(',', line.Trim('{', '}').Split(',').Where(entry => !IsTime(entry.Split('"')[1]))))];

    private static string[] Events(string run) => [.. EventReader.ReadFolder(run)
        .Where(value => value.Scalar is not null && !IsTime(value.Tag.Split('/')[1]))
        .Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Step} {value.Tag} {value.Scalar:R}"))];

    private static int Number(string variable, int usual) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
}
