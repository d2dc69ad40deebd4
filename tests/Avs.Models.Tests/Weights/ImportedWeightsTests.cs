using System.IO.Compression;
using Avs.Core;
using Avs.Core.Formats;
using Avs.Core.Libtorch;
using Avs.Models.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests.Weights;

public sealed class ImportedWeightsTests : IDisposable
{
    private readonly WeightsFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Two stages: a block with the picture's own shortcut, then one with a convolution in it; tensors have names that say nothing.
    [Fact]
    public void The_graphs_weights_get_the_names_of_their_places()
    {
        var parts = new List<byte[]>();
        var numbers = new Dictionary<string, float>();
        string Normed(string input, string conv, string norm)
        {
            var weight = $"p{parts.Count}";
            parts.Add(OnnxBytes.Raw(weight, [1, 1, 1, 1], numbers[$"{conv}.weight"] = parts.Count));
            parts.Add(OnnxBytes.Node("Conv", [input, weight], weight + "y"));
            var four = new List<string>();
            foreach (var part in (string[])["weight", "bias", "running_mean", "running_var"])
            {
                four.Add($"p{parts.Count}");
                parts.Add(OnnxBytes.Floats(four[^1], [1], numbers[$"{norm}.{part}"] = parts.Count));
            }
            parts.Add(OnnxBytes.Node("BatchNormalization", [weight + "y", .. four], four[0] + "n"));
            return four[0] + "n";
        }

        string One(string type, params string[] inputs)
        {
            var output = $"o{parts.Count}";
            parts.Add(OnnxBytes.Node(type, inputs, output));
            return output;
        }

        string Block(string x, string name, bool widens)
        {
            // As in the file: the shortcut's convolution first.
            var shortcut = widens ? Normed(x, $"{name}.downsample.0", $"{name}.downsample.1") : x;
            var y = Normed(One("Relu", Normed(x, $"{name}.conv1", $"{name}.bn1")), $"{name}.conv2", $"{name}.bn2");
            return One("Relu", One("Add", y, shortcut));
        }

        var x = One("MaxPool", One("Relu", Normed("picture", "conv1", "bn1")));
        Block(Block(x, "layer1.0", false), "layer2.0", true);

        var found = OnnxResNet.Read(OnnxGraph.Read("tiny.onnx", OnnxBytes.Model(parts)))
            .ToDictionary(entry => entry.Key, entry => entry.Value.ToFloats()[0]);
        Assert.Equal(numbers.OrderBy(entry => entry.Key), found.OrderBy(entry => entry.Key));
    }

    [Theory]
    [InlineData(true)] // the mean of the levels is the mean of the normalisation: nothing differs
    [InlineData(false)]
    public void The_folded_layer_says_of_normalised_pictures_what_the_layer_says_of_levels(bool sameMean)
    {
        using var scope = NewDisposeScope();
        double[] levels = [123.15, 115.9, 103.06];
        var input = sameMean
            ? new InputNormalisation([.. levels.Select(level => level / 255)], [0.3, 0.2, 0.1])
            : InputNormalisation.ImageNet;
        var weights = new Dictionary<string, NumberArray>
        {
            ["conv1.weight"] = Array(Given.Uniform(1, -1, 1, 5, 3, 7, 7)),
            ["bn1.weight"] = Array(Given.Uniform(2, 0.5, 2, 5)),
            ["bn1.bias"] = Array(Given.Uniform(3, -1, 1, 5)),
            ["bn1.running_mean"] = Array(Given.Uniform(4, -30, 30, 5)),
            // From a silent channel's to a loud one's.
            ["bn1.running_var"] = Array(tensor(new[] { 2e-5f, 1e-3f, 1f, 500f, 70_000f })),
        };
        var rgb = (Given.Uniform(5, 0, 256, 2, 3, 32, 32)).floor(); // 0 … 255
        Tensor Column(IEnumerable<double> numbers) => tensor(numbers.Select(number => (float)number).ToArray()).view(1, 3, 1, 1);
        var expected = Answer(weights, (rgb - Column(levels)).flip(1));

        input.FoldInto(weights, levels);
        var found = Answer(weights, (rgb / 255 - Column(input.Mean)) / Column(input.Deviation));

        Tensor Inside(Tensor map) => map.narrow(2, 2, 12).narrow(3, 2, 12); // of 16 x 16: where no padding is seen
        Assert.True(Given.RelativeDistance(Inside(found), Inside(expected)) < 1e-5);
        Assert.Equal(sameMean, Given.RelativeDistance(found, expected) < 1e-5);
        // Weights stay as large as they were, so that an optimizer's steps are of the right size.
        Assert.InRange(weights["conv1.weight"].ToFloats().Max(Math.Abs), 0.8, 2);
    }

    [Fact]
    public void A_file_that_is_not_the_package_is_refused_by_its_name()
    {
        string Refusal(string path) => Assert.Throws<DataException>(() => ImportedWeights.Write(path, folder.At("out"), _ => { })).Message;
        const string network = "tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx";
        File.WriteAllText(folder.At("text.nupkg"), "no package");
        Zip("empty.nupkg", "LICENSE");
        Zip("other.nupkg", "LICENSE", network);

        Assert.Equal($"{folder.At("none.nupkg")} does not exist", Refusal(folder.At("none.nupkg")));
        Assert.StartsWith($"{folder.At("text.nupkg")} is not a whole NuGet package: it is a text", Refusal(folder.At("text.nupkg")));
        Assert.Equal($"{folder.At("empty.nupkg")} is not the package Microsoft.ML.DnnImageFeaturizer.ResNet18: it holds no {network}",
            Refusal(folder.At("empty.nupkg")));
        Assert.StartsWith($"{folder.At("other.nupkg")}: {network} is not that of version 0.23.1: its SHA-256 is ",
            Refusal(folder.At("other.nupkg")));
        Assert.False(File.Exists(folder.At("out")));
    }

    private void Zip(string name, params string[] entries)
    {
        using var zip = ZipFile.Open(folder.At(name), ZipArchiveMode.Create);
        foreach (var entry in entries)
        {
            using var writer = new StreamWriter(zip.CreateEntry(entry).Open());
            writer.Write(entry);
        }
    }

    private static Tensor Answer(Dictionary<string, NumberArray> weights, Tensor pictures)
    {
        Tensor Of(string name) => weights[name].ToTensor();
        var y = F.conv2d(pictures, Of("conv1.weight"), null, [2, 2], [3, 3]);
        return F.batch_norm(y, Of("bn1.running_mean"), Of("bn1.running_var"), Of("bn1.weight"), Of("bn1.bias"), false, 0.1, 1e-5);
    }

    private static NumberArray Array(Tensor values) => new(ElementType.F32, values.shape, values.contiguous().bytes.ToArray());
}
