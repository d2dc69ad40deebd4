using System.Text.Json;
using Avs.Data.Tests.AvsBench;
using Avs.Train.Autoencoding;
using Avs.Train.Runs;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Cli.Tests;

/// <summary>The verbs of `avs latent` that look into an ECMVAE, with one whose weights are random.</summary>
public sealed class LatentFactorTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly TinyBench bench = TinyBench.S4();

    public LatentFactorTests() => folder.Segmenter("ecmvae/best.safetensors");

    public void Dispose()
    {
        bench.Dispose();
        folder.Dispose();
    }

    private Typed Latent(string verb, string run, params string[] more) =>
        Typed.Line(["latent", verb, At(run), "--data", bench.Root, .. more]);

    [Theory]
    [InlineData("factors", "codes.csv codes.safetensors dimensions.png dimensions.svg factors.json pca.png pca.svg probes.png probes.svg "
        + "sounding.png sounding.svg tsne.png tsne.svg")]
    [InlineData("export", "codes.csv codes.safetensors")]
    [InlineData("effects --split train --pictures 2", "effects.json effects.png")]
    [InlineData("uncertainty --samples 2", "calibration.png calibration.svg uncertainty.json uncertainty.png")]
    public void A_verb_writes_its_files_beside_the_run(string line, string files)
    {
        var words = line.Split(' ');
        var typed = Latent(words[0], "ecmvae", words[1..]);

        Assert.Equal((0, ""), (typed.Code, WithoutProgress(typed.Error)));
        Assert.Equal(
            files.Split(' ').Order(), Directory.GetFiles(folder.At("ecmvae/latent")).Select(file => Path.GetFileName(file)!).Order());
        Assert.All(files.Split(' '), file => Assert.Contains($"wrote {folder.At($"ecmvae/latent/{file}")}", typed.Out));
    }

    [Fact]
    public void The_numbers_are_written_as_json()
    {
        Assert.Equal(0, Latent("factors", "ecmvae", "--out", folder.At("out")).Code);
        var root = JsonDocument.Parse(File.ReadAllText(folder.At("out/factors.json"))).RootElement;
        Assert.Equal(["c", "s_v", "s_a"],
            root.GetProperty("measures").GetProperty("codes").EnumerateArray().Select(code => code.GetProperty("code").GetString()));
        Assert.Equal(6, root.GetProperty("measures").GetProperty("pairs").GetArrayLength());
        Assert.NotEqual(0, root.GetProperty("probes").GetProperty("prior").GetArrayLength());
        Assert.Equal(At("ecmvae"), root.GetProperty("checkpoint").GetString());
    }

    [Fact]
    public void What_cannot_be_looked_into_is_one_sentence_and_exit_code_2()
    {
        folder.Segmenter(
            "tpavi/best.safetensors", SegmentationExperiment.Parse("name: tpavi\ndata: {root: nowhere}\nmodel: {name: tpavi_small}\n"));
        var autoencoder = AutoencodingDefinition.Reader.Parse("""
            name: vae
            task: autoencoding
            data: {set: folder, root: nowhere, side: 16}
            model: {name: vae_conv, network: {image: {channels: 3, height: 16, width: 16}, latent_size: 2} }
            """);
        Directory.CreateDirectory(folder.At("vae"));
        using (var model = AutoencodingDefinition.Networks.Create(autoencoder, CPU))
            Checkpoint.Write(folder.At("vae/best.safetensors"), model, autoencoder.ToYaml(), 0);

        Typed[] all =
        [
            Latent("factors", "tpavi"), Latent("uncertainty", "vae"), Latent("factors", "ecmvae", "--split", "train"),
            Latent("effects", "ecmvae"), Typed.Line("latent", "scatter", At("ecmvae")),
        ];
        Assert.All(all, typed => Assert.Equal(2, typed.Code));
        Assert.Equal(
        [
            "this model has no latent codes to look into, expected an ECMVAE, which has c, s_v and s_a",
            $"'{At("vae")}' comes from a run of the task 'autoencoding', expected one of the task 'segmentation'",
            "--split: found train, from which the probes learn; expected val or test",
            "codes are swapped between clips, and S4 test has 1; expected 2 or more",
            $"'{At("ecmvae")}' comes from a run of the task 'segmentation', expected one of the task 'autoencoding'",
        ], all.Select(typed => typed.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]["error: ".Length..]));
    }

    private string At(string run) => folder.At($"{run}/best.safetensors");

    // Lines on how far it is come last and alone.
    private static string WithoutProgress(string error) =>
        string.Join('\n', error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains(" clips ")));
}
