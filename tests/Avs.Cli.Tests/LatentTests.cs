using System.Text.Json;
using Avs.Train.Autoencoding;
using Avs.Train.Runs;
using OpenCvSharp;
using static TorchSharp.torch;

namespace Avs.Cli.Tests;

/// <summary>
/// The verbs of `avs latent` and `avs lvm`, with networks whose weights are random and a folder of two kinds of pictures.
/// </summary>
public sealed class LatentTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public LatentTests()
    {
        foreach (var kind in (string[])["red", "blue"])
        {
            Directory.CreateDirectory(folder.At($"pictures/{kind}"));
            for (var i = 0; i < 20; i++)
            {
                var bright = 120 + 5 * i;
                var colour = kind == "red" ? new Scalar(20, 20, bright) : new Scalar(bright, 20, 20); // blue, green, red
                using var picture = new Mat(16, 16, MatType.CV_8UC3, colour);
                File.WriteAllBytes(folder.At($"pictures/{kind}/{i:00}.png"), picture.ToBytes(".png"));
            }
        }
        Write("vae", "vae_conv", 2);
        Write("ae", "ae_conv", 2);
        Write("wide", "vae_conv", 5);
    }

    public void Dispose() => folder.Dispose();

    private void Write(string name, string preset, int latentSize)
    {
        var experiment = AutoencodingDefinition.Reader.Parse($$"""
            name: {{name}}
            task: autoencoding
            data: {set: folder, root: {{folder.At("pictures")}}, side: 16}
            model: {name: {{preset}}, network: {image: {channels: 3, height: 16, width: 16}, latent_size: {{latentSize}} } }
            """);
        using var model = AutoencodingDefinition.Networks.Create(experiment, CPU);
        Directory.CreateDirectory(folder.At(name));
        Checkpoint.Write(folder.At($"{name}/best.safetensors"), model, experiment.ToYaml(), 0);
    }

    private Typed Latent(string verb, string run, params string[] more) =>
        Typed.Line(["latent", verb, folder.At($"{run}/best.safetensors"), "--split", "train", .. more]);

    [Theory]
    [InlineData("reconstruct", "reconstruct.png")]
    [InlineData("sample", "sample.png sample_points.png sample_points.svg")]
    [InlineData("scatter", "scatter.png scatter.svg")]
    [InlineData("histograms", "histograms.png histograms.svg")]
    [InlineData("interpolate", "interpolate.png")]
    [InlineData("interpolate --from 1 --to 2", "interpolate.png")]
    [InlineData("traverse --dimensions 1 0", "traverse.png")]
    [InlineData("arithmetic --attribute red", "arithmetic.png")]
    [InlineData("neighbours --count 3", "neighbours.png")]
    [InlineData("manifold --side 3", "manifold.png")]
    [InlineData("ellipses", "ellipses.png ellipses.svg")]
    [InlineData("inpaint", "inpaint.png")]
    [InlineData("outfill", "outfill.png")]
    [InlineData("denoise", "denoise.png")]
    [InlineData("colourise --rounds 2", "colourise.png")]
    [InlineData("page --side 5", "page.html")]
    public void A_verb_writes_its_pictures_beside_the_run(string line, string files)
    {
        var words = line.Split(' ');
        var typed = Latent(words[0], "vae", words[1..]);

        Assert.Equal((0, ""), (typed.Code, typed.Error));
        Assert.Equal(
            files.Split(' ').Order(), Directory.GetFiles(folder.At("vae/latent")).Select(file => Path.GetFileName(file)!).Order());
        Assert.All(files.Split(' '), file => Assert.Contains($"wrote {folder.At($"vae/latent/{file}")}", typed.Out));
    }

    [Theory]
    [InlineData("arithmetic vae --attribute green", "no image of pictures train has 'green', expected one of blue, red")]
    [InlineData("arithmetic vae --attribute green --score", "no image of pictures train has 'green', expected one of blue, red")]
    [InlineData("manifold wide",
        "a decoded plane needs codes of 2 dimensions, but those of wide have 5; 'avs latent traverse' shows any number")]
    [InlineData("page wide", "the page needs codes of 2 dimensions, but those of wide have 5")]
    [InlineData("ellipses ae", "the code of an image is a point of ae, not a distribution: there are no ellipses to draw")]
    [InlineData("interpolate vae --from 3", "--from and --to go together: give both images, or neither")]
    [InlineData("interpolate vae --from 0 --to 99", "there is no image 99: pictures train has 32, counted from 0")]
    [InlineData("traverse vae --dimensions 7", "there is no dimension 7: the codes of vae have 2, counted from 0")]
    [InlineData("density vae --against mnist",
        "--against: mnist is read from a folder with its four idx files (train-images-idx3-ubyte and so on, packed or not); "
        + "name it with --against-data DIR")]
    public void What_cannot_be_shown_is_one_sentence_and_exit_code_2(string line, string sentence)
    {
        var words = line.Split(' ');
        var typed = Latent(words[0], words[1], words[2..]);

        Assert.Equal((2, sentence), (typed.Code, typed.Sentence));
        Assert.False(Directory.Exists(folder.At($"{words[1]}/latent")) && Directory.GetFiles(folder.At($"{words[1]}/latent")).Length > 0);
    }

    [Fact]
    public void Density_compares_two_sets()
    {
        Directory.CreateDirectory(folder.At("others"));
        for (var i = 0; i < 20; i++)
        {
            using var picture = new Mat(16, 16, MatType.CV_8UC3, Scalar.All(10 * i));
            File.WriteAllBytes(folder.At($"others/{i}.png"), picture.ToBytes(".png"));
        }
        var typed = Latent("density", "vae", "--against", "folder", "--against-data", folder.At("others"), "--out", folder.At("out"));

        Assert.Equal((0, ""), (typed.Code, typed.Error));
        Assert.Contains("AUROC", typed.Out);
        Assert.True(File.Exists(folder.At("out/density.svg")));
    }

    [Fact]
    public void Embed_prints_the_code_of_an_image_and_of_any_picture()
    {
        JsonElement Code(params string[] of)
        {
            var typed = Typed.Line(
                ["latent", "embed", folder.At("vae/best.safetensors"), "--split", "train", "--json", .. of]);
            Assert.Equal((0, ""), (typed.Code, typed.Error));
            return JsonDocument.Parse(typed.Out).RootElement;
        }
        var (first, again) = (Code("--image", "0"), Code("--image", "0"));
        var picture = Code("--file", folder.At("pictures/red/03.png"));

        Assert.Equal(2, first.GetProperty("code").GetArrayLength());
        Assert.Equal(2, first.GetProperty("deviation").GetArrayLength());
        Assert.Contains(first.GetProperty("class").GetString(), (string[])["red", "blue"]);
        Assert.Equal(first.GetProperty("code").ToString(), again.GetProperty("code").ToString());
        Assert.Equal(2, picture.GetProperty("code").GetArrayLength());
        Assert.NotEqual(first.GetProperty("code").ToString(), picture.GetProperty("code").ToString());
    }

    [Fact]
    public void A_run_of_another_task_is_one_sentence()
    {
        var typed = Typed.Line("latent", "scatter", folder.Segmenter());

        Assert.Equal(2, typed.Code);
        Assert.Contains("segmentation", typed.Sentence);
    }

    [Fact]
    public void Lvm_lists_its_models_and_draws_one()
    {
        Assert.Contains("mixture", Typed.Line("lvm").Out);
        var typed = Typed.Line("lvm", "kl", "--out", folder.At("lvm"));

        Assert.Equal(0, typed.Code);
        Assert.Matches(@"q lacks an outcome.* ∞ ", typed.Out);
        Assert.True(File.Exists(folder.At("lvm/kl.png")));
        Assert.True(File.Exists(folder.At("lvm/kl.svg")));
        Assert.Equal("there is no latent-variable model 'mixtrue' (did you mean 'mixture'?)", Typed.Line("lvm", "mixtrue").Sentence);
    }
}
