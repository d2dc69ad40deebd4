using Avs.Core;
using Avs.Core.Formats;
using Avs.Models.Backbones;
using Avs.Models.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Weights;

public sealed class WeightsLoaderTests : IDisposable
{
    private readonly WeightsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("12_plain_state_dict.pth")]
    [InlineData("12_zip.pth")]
    [InlineData("12_legacy.pth")]
    public void A_state_dict_loads_by_itself_and_out_of_a_checkpoint(string fixture)
    {
        using var network = WeightsFolder.Network();
        var report = WeightsLoader.Load(network, WeightsFolder.Fixture(fixture));
        Assert.Equal(9, report.Loaded);
        using var expected = WeightsFile.Open(WeightsFolder.Fixture("12_pth_expected.safetensors"));
        foreach (var (name, value) in network.state_dict())
            Assert.Equal(expected.Read("state_dict/" + name).ToDoubles(), value.to(ScalarType.Float64).reshape(-1).data<double>()
                .ToArray());
    }

    [Fact]
    public void Names_of_a_data_parallel_wrapper_load()
    {
        using var network = WeightsFolder.Network();
        WeightsLoader.Load(network, folder.Write("parallel.pth", All("module.")));
        Assert.Equal(1f, network.state_dict()["0.bias"][1].item<float>());
    }

    [Theory]
    [InlineData("state_dict/")]
    [InlineData("model/")]
    [InlineData("model_state_dict/")]
    [InlineData("net.")]
    [InlineData("state_dict/model.module.")]
    [InlineData("a/b/c/module.net.x.")]
    [InlineData("state_dict/_orig_mod.module.")]
    [InlineData("0/")]
    public void Names_below_any_dictionary_and_prefix_load(string prefix)
    {
        using var network = WeightsFolder.Network();
        var report = WeightsLoader.Load(network,
            folder.Write("wrapped.pth",
            [("epoch", WeightsFolder.Counting(1)), .. All(prefix), ("optimizer/state/0/exp_avg", WeightsFolder.Counting(4))]));
        Assert.Equal(8, report.Loaded);
        Assert.Equal(3f, network.state_dict()["0.bias"][3].item<float>());
    }

    [Fact]
    public void Wrappers_within_names_and_a_dictionary_for_each_part_load()
    {
        using var network = WeightsFolder.Network();
        var entries = All()
            .Select(entry => (entry.Name[0] == '0' ? "ckpt/0/module." + entry.Name[2..] : "ckpt/" + entry.Name, entry.Value));
        Assert.Equal(8, WeightsLoader.Load(network, folder.Write("parts.pth", entries)).Loaded);
    }

    [Fact]
    public void Two_state_dicts_that_differ_are_not_chosen_from()
    {
        using var network = WeightsFolder.Network();
        var averaged = All("ema/").Select(entry => entry.Name == "ema/0.bias" ? (entry.Name, One([4])) : entry);
        var path = folder.Write("two.pth", [.. All("model/"), .. averaged]);
        Assert.Equal($"{path} holds the model's tensors under 'model/' and others under 'ema/'; write the ones that are meant into a file "
            + "of their own: "
            + $"avs weights convert {path} weights.safetensors --only model/",
                Assert.Throws<DataException>(() => WeightsLoader.Load(network, path)).Message);
        Assert.Equal(8, WeightsLoader.Load(network, folder.Write("same.pth", [.. All("model/"), .. All("ema/")])).Loaded);
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_told_by_a_few_names_and_a_count()
    {
        using var network = nn.Sequential([.. Enumerable.Range(0, 200).Select(_ => nn.Linear(1, 1))]);
        string name = new('x', 300);
        var message = Assert.Throws<DataException>(() => WeightsLoader.Load(network,
            folder.Write("foreign.pth", Enumerable.Range(0, 500).Select(i => ($"{name}.{i}.w", WeightsFolder.Counting(1)))))).Message;
        Assert.Contains("none of its 500 tensors has a name of the model's; it holds …", message);
        Assert.Contains("and 497 more, the model has 0.weight, 0.bias, 1.weight and 397 more", message);
        Assert.InRange(message.Length, 0, 700);
        message = Assert.Throws<DataException>(() =>
            WeightsLoader.Load(network, folder.Write("part.pth", ("0.weight", WeightsFolder.Counting(1, 1))))).Message;
        Assert.EndsWith("does not fit the model: it misses 0.bias, 1.weight, 1.bias and 396 more", message);
    }

    [Theory]
    [InlineData(ElementType.F32, "0000c07f", "NaN")]
    [InlineData(ElementType.F32, "000080ff", "-infinity")]
    [InlineData(ElementType.F64, "000000000000f07f", "infinity")]
    [InlineData(ElementType.F16, "007e", "NaN")]
    [InlineData(ElementType.BF16, "807f", "infinity")]
    public void A_number_that_is_none_ends_the_loading_and_names_its_tensor(ElementType type, string number, string told)
    {
        using var network = WeightsFolder.Network();
        var before = network.state_dict()["1.weight"][2].item<float>();
        byte[] bytes = [.. new byte[7 * type.SizeOf()], .. Convert.FromHexString(number)];
        var path = folder.Write("nan.pth", All("model/")
            .Select(entry => entry.Name == "model/2.weight" ? (entry.Name, new NumberArray(type, [2, 4], bytes)) : entry));
        Assert.StartsWith(
            $"{path}: the tensor 'model/2.weight' holds 1 of 8 numbers that are NaN or infinite, the first is {told} at [1, 3]",
            Assert.Throws<DataException>(() => WeightsLoader.Load(network, path)).Message);
        Assert.Equal(before, network.state_dict()["1.weight"][2].item<float>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("state_dict/")]
    [InlineData("model_state_dict/module.")]
    [InlineData("net.")]
    public void A_checkpoint_of_ones_own_loads_below_any_prefix_with_its_audio_network(string prefix)
    {
        using var model = new AudioVisualSegmenter(new SegmenterConfig { Network = Given.SmallNetwork });
        var path = folder.Write("own.pth", model.state_dict().Where(entry => entry.Value.is_floating_point())
            .Select(entry => (prefix + entry.Key, One(entry.Value.shape))));
        Assert.True(SegmenterWeights.HoldsAudio(model, path));
        SegmenterWeights.LoadModel(model, path);
        Assert.All(model.named_parameters(), entry => Assert.Equal(1f, entry.parameter.min().item<float>()));

        var network = folder.Write("network.pth", model.Network.state_dict().Where(entry => entry.Value.is_floating_point())
            .Select(entry => (prefix + entry.Key, One(entry.Value.shape))));
        Assert.False(SegmenterWeights.HoldsAudio(model, network));
        SegmenterWeights.LoadModel(model, network);
    }

    [Fact]
    public void Counters_of_batch_norm_may_be_missing()
    {
        using var network = WeightsFolder.Network();
        var report = WeightsLoader.Load(network, folder.Write("old.pth", All()));
        Assert.Equal(["1.num_batches_tracked"], report.Kept);
        Assert.Equal(8, report.Loaded);
    }

    [Fact]
    public void Half_precision_weights_load_into_float32()
    {
        var halves = All().Select(entry => (entry.Name, new NumberArray(ElementType.F16, entry.Value.Shape,
            entry.Value.ToDoubles().SelectMany(value => BitConverter.GetBytes((Half)value)).ToArray())));
        using var network = WeightsFolder.Network();
        WeightsLoader.Load(network, folder.Write("half.safetensors", halves));
        Assert.Equal([0f, 1, 2, 3], network.state_dict()["1.weight"].data<float>().ToArray());
    }

    [Fact]
    public void Known_leftovers_are_dropped_and_told()
    {
        using var network = WeightsFolder.Network();
        var report = WeightsLoader.Load(network,
            folder.Write("head.pth", [.. All(), ("fc.weight", WeightsFolder.Counting(3)), ("fc.bias", WeightsFolder.Counting(1))]),
            new WeightsRules { Leftovers = ["fc."] });
        Assert.Equal(["fc.weight", "fc.bias"], report.Leftovers);
    }

    [Fact]
    public void One_tensor_of_a_file_may_fill_two_of_the_module()
    {
        using var network = nn.Sequential(nn.Linear(4, 2), nn.Linear(4, 2));
        WeightsLoader.Load(network, folder.Write("one.pth", ("w", WeightsFolder.Counting(2, 4)), ("b", WeightsFolder.Counting(2))),
            new WeightsRules { NameInFile = name => name.EndsWith("weight", StringComparison.Ordinal) ? "w" : "b" });
        Assert.Equal(7f, network.state_dict()["0.weight"][1, 3].item<float>());
        Assert.Equal(7f, network.state_dict()["1.weight"][1, 3].item<float>());
    }

    [Fact]
    public void What_does_not_fit_is_told_whole_and_changes_nothing()
    {
        using var network = WeightsFolder.Network();
        var before = network.state_dict()["1.weight"][2].item<float>();
        var entries = All().Where(entry => entry.Name is not ("0.bias" or "2.bias"))
            .Select(entry => entry.Name == "2.weight" ? (entry.Name, WeightsFolder.Counting(4, 2)) : entry);
        var path = folder.Write("other.pth",
            [.. entries, ("head.weight", WeightsFolder.Counting(1)), ("0.extra", WeightsFolder.Counting(1))]);
        var message = Assert.Throws<DataException>(() => WeightsLoader.Load(network, path)).Message;
        Assert.Equal($"{path} does not fit the model: it misses 0.bias, 2.bias; it has the unexpected head.weight, 0.extra; "
            + "it has other shapes than the model for 2.weight (F32 [4, 2], expected Float32 [2, 4])", message);
        Assert.Equal(before, network.state_dict()["1.weight"][2].item<float>());
    }

    [Fact]
    public void Whole_numbers_do_not_load_as_weights()
    {
        using var network = nn.Sequential(nn.Linear(1, 1, false));
        var path = folder.Write("whole.pth", ("0.weight", new NumberArray(ElementType.I64, [1, 1], BitConverter.GetBytes(1L))));
        Assert.Contains("0.weight (I64 [1, 1], expected Float32 [1, 1])",
            Assert.Throws<DataException>(() => WeightsLoader.Load(network, path)).Message);
    }

    [Fact]
    public void Loading_leaves_no_tensors_behind()
    {
        using var network = WeightsFolder.Network();
        var path = folder.Write("all.pth", All());
        WeightsLoader.Load(network, path);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        WeightsLoader.Load(network, path);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Torchvisions_resnet_loads_without_its_classifier()
    {
        using var network = BackboneRegistry.Create("resnet18");
        var state = network.state_dict().Where(entry => !entry.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .Select(entry => (entry.Key, WeightsFolder.Counting(entry.Value.shape)));
        var path = folder.Write("resnet18-5c106cde.pth",
            [.. state, ("fc.weight", WeightsFolder.Counting(1000, 512)), ("fc.bias", WeightsFolder.Counting(1000))]);
        var report = WeightsLoader.Load(network, path, new WeightsRules { Leftovers = PublishedWeights.Of("resnet18")!.Leftovers });
        Assert.Equal(["fc.weight", "fc.bias"], report.Leftovers);
        Assert.Equal(63f, network.state_dict()["bn1.bias"][63].item<float>());
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Vggish_with_its_post_processor_loads_from_the_two_published_files()
    {
        var config = new SegmenterConfig { Audio = "vggish_pca", Network = Given.SmallNetwork with { AudioChannels = 128 } };
        using var model = new AudioVisualSegmenter(config);
        var vggish = model.Audio!.state_dict().Where(entry => !entry.Key.StartsWith("pproc", StringComparison.Ordinal))
            .Select(entry => (entry.Key, One(entry.Value.shape)));
        var path = folder.Write("vggish-10086976.pth", vggish);
        Assert.Contains("does not hold vggish_pca_params-970ea276.pth",
            Assert.Throws<DataException>(() => SegmenterWeights.LoadAudio(model, path)).Message);

        folder.Write("vggish_pca_params-970ea276.pth", ("pca_eigen_vectors", WeightsFolder.Counting(128, 128)),
            ("pca_means", WeightsFolder.Counting(128, 1)));
        Assert.Equal(["pproc.pca_eigen_vectors", "pproc.pca_means"], SegmenterWeights.LoadAudio(model, path).Kept);
        Assert.Equal(127f, model.state_dict()["audio.pproc.pca_means"][127, 0].item<float>());
        Assert.Equal(1f, model.state_dict()["audio.embeddings.4.bias"][127].item<float>());
    }

    [Fact]
    public void Patterns_of_leftovers_match_ends_as_well_as_beginnings()
    {
        using var network = nn.Sequential(nn.Linear(4, 2));
        var path = folder.Write("swin.pth", ("0.weight", WeightsFolder.Counting(2, 4)), ("0.bias", WeightsFolder.Counting(2)),
            ("layers.1.attn_mask", WeightsFolder.Counting(3)));
        Assert.Equal(["layers.1.attn_mask"],
            WeightsLoader.Load(network, path, new WeightsRules { Leftovers = ["head.", "*.attn_mask"] }).Leftovers);
        Assert.Throws<DataException>(() => WeightsLoader.Load(network, path, new WeightsRules { Leftovers = ["attn_mask"] }));
    }

    private static NumberArray One(long[] shape)
    {
        var numbers = new float[shape.Aggregate(1L, (product, size) => product * size)];
        Array.Fill(numbers, 1f);
        return new NumberArray(ElementType.F32, shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray());
    }

    private static (string Name, NumberArray Value)[] All(string prefix = "") =>
        [.. WeightsFolder.Entries.Select(entry => (prefix + entry.Name, WeightsFolder.Counting(entry.Shape)))];
}
