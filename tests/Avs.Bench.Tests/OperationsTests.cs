using Avs.Models;
using Avs.Models.Audio;
using Avs.Models.Backbones;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Bench.Tests;

/// <summary>The lists' operations are those that run.</summary>
[Collection(Alone.Name)]
[Trait("Speed", "Slow")]
public sealed class OperationsTests
{
    public static TheoryData<string> Backbones() =>
        [.. BackboneRegistry.All.Select(entry => entry.Name)
            .Except(["pvt_v2_b3", "pvt_v2_b4", "pvt_v2_b5", "swin_b_release", "resnet101"])];

    public static TheoryData<string> Models() =>
        [.. ModelRegistry.All.Where(preset => !preset.Config.Network.Backbone.StartsWith("pvt", StringComparison.Ordinal))
            .Select(preset => preset.Name), "ecmvae_pvt_v2_b5", "tpavi_pvt_v2_b5"];

    [Theory]
    [MemberData(nameof(Backbones))]
    public void A_backbone_runs_the_operations_that_are_listed(string name)
    {
        using var backbone = BackboneRegistry.Create(name);
        backbone.eval();
        Listed(BackboneRegistry.Find(name).Gflop, () => backbone.call(zeros(1, 3, 224, 224)));
    }

    [Theory]
    [InlineData("small")]
    [InlineData("vggish")]
    public void An_audio_network_runs_the_operations_that_are_listed(string name)
    {
        using var ears = AudioRegistry.Create(name, 128);
        ears.eval();
        Listed(AudioRegistry.Find(name).Gflop, () => ears.call(zeros(1, 1, 96, 64)));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_runs_the_operations_that_are_listed(string name)
    {
        var preset = ModelRegistry.Find(name);
        using var network = preset.Config.Network.Create();
        network.eval();
        var (side, channels) = (preset.Config.Network.ImageSize, preset.Config.Network.AudioChannels);
        Listed(preset.Gflop, () => network.call(
            new AvsInput(zeros(1, 3, side, side), null, 1) { AudioEmbedding = zeros(1, channels) }));
    }

    // To the digits that the list has.
    private static void Listed(double gflop, Action body)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var counted = CountedWork.CountFlop(body)!.Value / 1e9;
        Assert.InRange(counted, gflop - 0.0051, gflop + 0.0051);
    }
}
