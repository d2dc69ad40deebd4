using Avs.Core;
using Avs.Core.Formats;
using Avs.Core.Formats.Pickle;
using Avs.Models;
using Avs.Models.Weights;
using Avs.Train.Runs;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Segmentation;

public sealed class StartingWeightsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-starting-");

    public void Dispose() => folder.Delete(recursive: true);

    private static SegmentationExperiment Smoke(params string[] changes) =>
        SegmentationExperiment.Load(Repository.At("experiments/smoke.yaml"), changes);

    private string At(string name) => Path.Combine(folder.FullName, name);

    // The tensors of a module under other names, each of ones.
    private string Ones(string name, nn.Module module, Func<string, string> rename)
    {
        TorchZipWriter.Write(At(name), module.state_dict().Where(entry => entry.Value.dtype == ScalarType.Float32)
            .Select(entry => (rename(entry.Key), One(entry.Value.shape))));
        return At(name);
    }

    private static NumberArray One(long[] shape)
    {
        var numbers = new float[shape.Aggregate(1L, (product, size) => product * size)];
        Array.Fill(numbers, 1f);
        return new NumberArray(ElementType.F32, shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray());
    }

    private static bool AllOnes(nn.Module module, string start) =>
        module.named_parameters().Where(entry => entry.name.StartsWith(start, StringComparison.Ordinal))
            .All(entry => (entry.parameter == 1).all().item<bool>());

    [Fact]
    public void The_backbone_starts_from_its_file_and_the_rest_from_the_seed()
    {
        var config = Smoke();
        using var fresh = SegmenterFactory.Create(config, CPU);
        using var encoder = Avs.Models.Backbones.BackboneRegistry.Create(config.Task.Model.Network.Backbone);
        var path = Ones("encoder.pth", encoder, name => "module." + name);
        using var model = SegmenterFactory.Create(Smoke($"model.backbone_weights={path}"), CPU);
        Assert.True(AllOnes(model.Network, "encoder."));
        Assert.False(AllOnes(fresh.Network, "encoder."));
        Assert.Equal(fresh.state_dict()["network.audio_neck.weight"].data<float>()
            .ToArray(), model.state_dict()["network.audio_neck.weight"].data<float>().ToArray());
    }

    [Fact]
    public void The_audio_network_starts_from_its_file()
    {
        using var fresh = SegmenterFactory.Create(Smoke(), CPU);
        var path = Ones("audio.pth", fresh.Audio!, name => name);
        using var model = SegmenterFactory.Create(Smoke($"model.audio_weights={path}"), CPU);
        Assert.True(AllOnes(model, "audio."));
    }

    [Fact]
    public void The_whole_model_starts_from_an_authors_checkpoint_or_from_one_of_this_program()
    {
        using var fresh = SegmenterFactory.Create(Smoke("seed=1"), CPU);
        using var authors = SegmenterFactory.Create(Smoke($"model.weights={Ones("authors.pth", fresh.Network, name => "module." + name)}"),
            CPU);
        Assert.True(AllOnes(authors, "network."));
        Assert.False(AllOnes(authors, "audio."));

        Checkpoint.Write(At("own.safetensors"), authors, Smoke().ToYaml(), 0);
        using var run = RunFolder.Create(folder.FullName, "smoke", "first", Smoke().ToYaml(), DateTime.UnixEpoch);
        Checkpoint.Write(run.BestPath, authors, Smoke().ToYaml(), 0);
        using var continued = SegmenterFactory.Create(Smoke($"model.weights={run.FullPath}"), CPU);
        Assert.True(AllOnes(continued, "network."));

        using var own = SegmenterFactory.Create(Smoke($"model.weights={At("own.safetensors")}"), CPU);
        Assert.True(AllOnes(own, "network."));
        Assert.Equal(authors.state_dict()["audio.embedding.weight"].data<float>()
            .ToArray(), own.state_dict()["audio.embedding.weight"].data<float>().ToArray());
    }

    [Fact]
    public void A_checkpoint_loads_without_the_files_that_its_training_started_from()
    {
        using var fresh = SegmenterFactory.Create(Smoke(), CPU);
        Checkpoint.Write(At("trained.safetensors"), fresh, Smoke($"model.backbone_weights={At("gone.pth")}").ToYaml(), 0);
        var (model, _, _) = SegmenterFactory.Load(At("trained.safetensors"), CPU);
        model.Dispose();
    }

    [Theory]
    [InlineData("model.backbone_weights", "resnet50",
        "the weights of resnet50 are published as resnet50-0676ba61.pth or resnet50-19c8e357.pth at https://download.pytorch.org/models/")]
    [InlineData("model.backbone_weights", "pvt_v2_b5",
        "the weights of pvt_v2_b5 are published as pvt_v2_b5.pth at https://github.com/whai362/PVT/releases/tag/v2")]
    [InlineData("model.audio_weights", "vggish",
        "the weights of vggish are published as vggish-10086976.pth at https://github.com/harritaylor/torchvggish/releases/tag/v0.1")]
    public void A_missing_file_is_told_with_its_publishers_name_for_it(string key, string network, string expected)
    {
        Assert.Equal($"{key}: {At("gone.pth")} does not exist; {expected}",
            Assert.Throws<DataException>(() => PublishedFile.Find(key, At("gone.pth"), network)).Message);
        var message = Assert.Throws<DataException>(() => PublishedFile.Find(key, folder.FullName, network)).Message;
        Assert.StartsWith($"{key}: the folder {folder.FullName} does not hold ", message);
        Assert.EndsWith(expected, message);
    }

    [Fact]
    public void A_missing_checkpoint_is_told_with_the_place_where_the_authors_offer_theirs()
    {
        Assert.Equal($"model.weights: {At("gone.pth")} does not exist, expected a checkpoint or the folder of a run; nobody publishes "
            + "checkpoints of this model",
            Assert.Throws<DataException>(() => SegmenterFactory.Create(Smoke($"model.weights={At("gone.pth")}"), CPU)).Message);
        Assert.EndsWith("are offered at https://huggingface.co/OpenNLPLab/MMVAE-AVS",
            Assert.Throws<DataException>(() =>
                PublishedFile.FindCheckpoint("model.weights", At("gone.pth"), ModelRegistry.Find("ecmvae_resnet50").Checkpoints)).Message);
    }

    [Fact]
    public void A_folder_gives_the_publishers_file()
    {
        File.WriteAllText(At("resnet50-19c8e357.pth"), "");
        Assert.Equal(At("resnet50-19c8e357.pth"), PublishedFile.Find("model.backbone_weights", folder.FullName, "resnet50"));
    }

    [Fact]
    public void Audio_weights_of_a_model_that_does_not_listen_are_refused() => Assert.Contains("model.audio_weights: found",
        Assert.Throws<UsageException>(() =>
            SegmenterFactory.Create(Smoke("model.network.use_audio=false", $"model.audio_weights={At("a.pth")}"), CPU)).Message);

    [Fact]
    public void An_experiment_that_names_a_checkpoint_can_be_measured_and_one_that_names_none_cannot()
    {
        using var fresh = SegmenterFactory.Create(Smoke("seed=1"), CPU);
        var weights = Ones("authors.pth", fresh.Network, name => name);
        File.WriteAllText(At("published.yaml"),
            Smoke($"model.weights={weights}", $"model.audio_weights={Ones("audio.pth", fresh.Audio!, name => name)}").ToYaml());
        var (model, _, checkpoint) = SegmenterFactory.Load(At("published.yaml"), CPU);
        using (model)
        {
            Assert.Equal(weights, checkpoint);
            Assert.True(AllOnes(model, "network."));
            Assert.False(model.training);
        }

        File.WriteAllText(At("nothing.yaml"), Smoke().ToYaml());
        Assert.Contains("has no model.weights",
            Assert.Throws<UsageException>(() => SegmenterFactory.Load(At("nothing.yaml"), CPU)).Message);
    }

    [Fact]
    public void An_authors_checkpoint_does_not_bring_the_frozen_audio_network_s_weights()
    {
        var config = Smoke("model.audio=vggish", "model.network.audio_channels=128").Task.Model;
        using var model = new AudioVisualSegmenter(config.ToSegmenter());
        var authors = Ones("authors.pth", model.Network, name => name);
        Assert.Throws<UsageException>(() => StartingWeights.RequireSound(model, config with { Weights = authors }, learns: true));
        StartingWeights.RequireSound(model, config with { Weights = Ones("own.pth", model, name => name) }, learns: true);
        StartingWeights.RequireSound(model, config with { AudioWeights = At("vggish.pth") }, learns: true);
    }

    [Theory]
    [InlineData("small", "")]
    [InlineData("vggish", "; the weights of vggish are published as vggish-10086976.pth at https://")]
    public void An_audio_network_that_is_to_learn_can_be_trained_but_not_measured_without_weights(string audio, string offer)
    {
        var smoke = Smoke($"model.audio={audio}", "model.freeze_audio=false", "model.network.audio_channels=128");
        using var model = new AudioVisualSegmenter(smoke.Task.Model.ToSegmenter());
        var authors = Ones("authors.pth", model.Network, name => name);
        var config = smoke.Task.Model with { Weights = authors };
        StartingWeights.RequireSound(model, config, learns: true);

        File.WriteAllText(At("learning.yaml"), (smoke with { Task = smoke.Task with { Model = config } }).ToYaml());
        var refused = Assert.Throws<UsageException>(() => SegmenterFactory.Load(At("learning.yaml"), CPU)).Message;
        Assert.StartsWith(
            $"model.audio_weights: found nothing, expected the file of {audio}'s weights, for {authors} does not hold them and a freshly "
                + $"drawn audio network says nothing about the sound{offer}", refused);
    }
}
