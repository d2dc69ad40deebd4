using System.Text.Json;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Train.Autoencoding;
using Avs.Train.Runs;
using OpenCvSharp;
using static TorchSharp.torch;

namespace Avs.Cli.Tests;

/// <summary>`avs eval` of runs of each task, whose weights are random.</summary>
public sealed class EvalTaskTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Three classes of 8x8 pictures, each of another colour.
    private string Pictures()
    {
        string[] classes = ["blue", "green", "red"];
        for (var c = 0; c < classes.Length; c++)
        {
            Directory.CreateDirectory(folder.At($"pictures/{classes[c]}"));
            for (var i = 0; i < 20; i++)
            {
                int Level(int channel) => channel == c ? 200 + i : 20;
                using var picture = new Mat(8, 8, MatType.CV_8UC3, new Scalar(Level(0), Level(1), Level(2)));
                Cv2.ImWrite(folder.At($"pictures/{classes[c]}/{i}.png"), picture);
            }
        }
        return folder.At("pictures");
    }

    private string Autoencoder()
    {
        var experiment = AutoencodingDefinition.Reader.Parse(
            $"task: autoencoding\ndata: {{set: folder, root: {Pictures()}}}\n"
            + "model:\n  name: vae_mlp\n  network:\n    latent_size: 3\n"
            + "    image: {channels: 3, height: 8, width: 8}\n"
            + "    encoder: {kind: mlp, hidden: [16]}\n    decoder: {kind: mlp, hidden: [16]}\n");
        using var network = AutoencodingDefinition.Networks.Create(experiment, CPU);
        Checkpoint.Write(folder.At("autoencoder.safetensors"), network, experiment.ToYaml(), 0);
        return folder.At("autoencoder.safetensors");
    }

    private string Multimodal()
    {
        Directory.CreateDirectory(folder.At("poly"));
        foreach (var split in Enum.GetValues<Split>())
        {
            const int n = 40;
            var random = new NamedRandom((int)split, "poly");
            int[] Drawn(int classes) => [.. Enumerable.Range(0, n).Select(_ => random.NextInt(classes))];
            byte[] Pixels() => [.. Enumerable.Range(0, n * 3 * 32 * 32).Select(_ => (byte)random.NextInt(256))];
            string[] digits = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];
            MultimodalFile.Write(PolyDigitsSet.FileOf(folder.At("poly"), split),
                [.. PolyDigitsSet.Modalities.Select(name => new ModalityPixels(name, 3, 32, 32, Pixels()))],
                [
                    new Factor(PolyDigitsSet.Digit, digits, Drawn(10), null),
                    .. Enumerable.Range(0, 5).Select(m => new Factor(PolyDigitsSet.Quadrant, PolyDigitsSet.Quadrants, Drawn(4), m)),
                    .. Enumerable.Range(0, 5).Select(m => new Factor(PolyDigitsSet.Background, [$"{split}"], new int[n], m)),
                ],
                new Dictionary<string, string>());
        }
        var experiment = MultimodalDefinition.Reader.Parse(
            $"task: multimodal\ndata: {{root: {folder.At("poly")}}}\nmodel:\n  name: dmvae\n"
            + "  modalities: [m0 3x32x32, m1 3x32x32, m2 3x32x32, m3 3x32x32, m4 3x32x32]\n"
            + "  network:\n    latent_size: 3\n    private_size: 2\n"
            + "    encoder: {kind: mlp, hidden: [8]}\n    decoder: {kind: mlp, hidden: [8]}\n");
        using var network = MultimodalDefinition.Networks.Create(experiment, CPU);
        Checkpoint.Write(folder.At("multimodal.safetensors"), network, experiment.ToYaml(), 0);
        return folder.At("multimodal.safetensors");
    }

    // In a process of its own, whose cache is the scratch folder.
    private Typed Eval(params string[] arguments) => ScratchFolder.Run(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "avs.dll"), "eval", .. arguments], ("AVS_CACHE", folder.At("cache")));

    [Fact]
    public void An_autoencoder_is_measured_and_its_classifier_is_kept()
    {
        var run = Autoencoder();
        var typed = Eval(run, "--json", "--bound-samples", "3");

        Assert.True(typed.Code == 0, typed.Error);
        var result = JsonDocument.Parse(typed.Out).RootElement;
        Assert.Equal("autoencoding", result.GetProperty("task").GetString());
        Assert.Equal(("pictures test", 48, 6), (
            result.GetProperty("dataset").GetString(), result.GetProperty("train_images").GetInt32(),
            result.GetProperty("test_images").GetInt32()));
        Assert.Equal(3, result.GetProperty("bound").GetProperty("importance_samples").GetInt32());
        Assert.Equal("standard_normal", result.GetProperty("space").GetProperty("region").GetString());
        Assert.Equal(3, result.GetProperty("codes").GetProperty("kl_by_dimension").GetArrayLength());
        Assert.Single(Directory.GetFiles(folder.At("cache/classifiers"), "pictures-train-3x8x8-seed1-*.safetensors"));

        var table = Eval(run);
        Assert.True(table.Code == 0, table.Error);
        Assert.Contains("ELBO, nats an image", table.Out);
        Assert.Contains("classifier Fréchet distance to the test images (classifier: test accuracy", table.Out);
        Assert.DoesNotContain("steps of a classifier", table.Error); // it was kept
    }

    [Fact]
    public void A_multimodal_model_is_measured()
    {
        var typed = Eval(Multimodal(), "--most", "20", "--json");

        Assert.True(typed.Code == 0, typed.Error);
        var result = JsonDocument.Parse(typed.Out).RootElement;
        Assert.Equal(("multimodal", "digit"), (result.GetProperty("task").GetString(), result.GetProperty("coherent_factor").GetString()));
        Assert.Equal(4, result.GetProperty("coherence").GetProperty("by_given").GetArrayLength());
        Assert.Equal(5, result.GetProperty("modalities").GetArrayLength());
        Assert.Equal(4, result.GetProperty("probes").GetArrayLength());
        Assert.Equal(20, result.GetProperty("test_examples").GetInt32());
    }

    [Fact]
    public void An_ecmvaes_codes_are_probed()
    {
        using var bench = Avs.Data.Tests.AvsBench.TinyBench.S4();
        var typed = Typed.Line("eval", folder.Segmenter(), "--probes", "--data", bench.Root, "--json");

        Assert.True(typed.Code == 0, typed.Error);
        var result = JsonDocument.Parse(typed.Out).RootElement;
        Assert.Equal("segmentation", result.GetProperty("task").GetString());
        Assert.Equal(result.GetProperty("prior").GetArrayLength(), result.GetProperty("posterior").GetArrayLength());
    }

    [Theory]
    [InlineData("--audio muted", "--audio says nothing of an autoencoder; see 'avs eval --help'")]
    [InlineData("--overlays x", "--overlays says nothing of an autoencoder; see 'avs eval --help'")]
    [InlineData("--probes", "--probes says nothing of an autoencoder; see 'avs eval --help'")]
    [InlineData("--split train", "--split: found train, to which the measures are fitted; expected val or test")]
    [InlineData("--bound-samples 0", "--bound-samples: found '0', expected a whole number of at least 1; see 'avs eval --help'")]
    [InlineData("--most 1", "--most: found '1', expected a whole number of at least 2; see 'avs eval --help'")]
    [InlineData("--against cifar", "there is no image set 'cifar', expected one of")]
    [InlineData("--attribute smiling", "pictures train has no attribute 'smiling'; its images have none")]
    public void What_does_not_belong_to_an_autoencoder_is_one_sentence(string more, string sentence)
    {
        var typed = Typed.Line(["eval", Autoencoder(), .. more.Split(' ')]);

        Assert.Equal(2, typed.Code);
        Assert.StartsWith($"error: {sentence}", typed.Error.Split('\n').Last(line => line.Length > 0));
        Assert.Empty(typed.Out);
    }

    [Theory]
    [InlineData("--mode dataset", "--mode is no more: every protocol is printed, under its name; what was 'reference' is avsbench, and "
        + "what was 'dataset' is frame ('dataset' now sums intersections and unions); see 'avs eval --help'")]
    [InlineData("--audio real,loud", "--audio: found 'loud', expected all, or some of real, muted, noise, off_screen, swapped, other with "
        + "commas between; see 'avs eval --help'")]
    [InlineData("--clips-per-call 0", "--clips-per-call: found '0', expected a whole number of at least 1; see 'avs eval --help'")]
    [InlineData("--masks", "--masks needs --out with the folder to write them to")]
    [InlineData("--against digits", "--against says nothing of a segmenter's scores; see 'avs eval --help'")]
    [InlineData("--most 5", "--most says nothing of a segmenter's scores; see 'avs eval --help'")]
    [InlineData("--probes --latent mean", "--latent says nothing of probes; see 'avs eval --help'")]
    [InlineData("--probes --split train", "--split: found train, to which the measures are fitted; expected val or test")]
    public void What_does_not_belong_to_a_segmenter_is_one_sentence(string more, string sentence)
    {
        var typed = Typed.Line(["eval", folder.Segmenter(), .. more.Split(' ')]);

        Assert.Equal((2, sentence), (typed.Code, typed.Sentence));
    }

    [Fact]
    public void Other_images_of_another_shape_are_refused()
    {
        var typed = Typed.Line("eval", Autoencoder(), "--against", "digits");

        Assert.Equal(2, typed.Code);
        Assert.Contains("--against: the images of digits are 1x20x20, and no zeros around them make 3x8x8 of them", typed.Error);
    }

    [Theory]
    [InlineData("autoencoding/vae_mlp.yaml", "autoencoding")]
    [InlineData("multimodal/dmvae.yaml", "multimodal")]
    public void An_experiment_of_a_task_that_names_no_weights_is_one_sentence(string file, string task)
    {
        var path = Repository.At($"experiments/{file}");
        var typed = Typed.Line("eval", path);

        Assert.Equal(
            (2, $"'{path}' is an experiment of the task '{task}', which names no trained weights; expected the folder of a run or a "
                + "checkpoint"),
            (typed.Code, typed.Sentence));
    }

    [Fact]
    public void What_is_no_checkpoint_is_said()
    {
        File.WriteAllText(folder.At("note.txt"), "hello");

        Assert.Contains("expected the folder of a run, a checkpoint of this program", Typed.Line("eval", folder.At("note.txt")).Sentence);
        Assert.Equal("there is no run or checkpoint 'nowhere'", Typed.Line("eval", "nowhere").Sentence);
    }
}
