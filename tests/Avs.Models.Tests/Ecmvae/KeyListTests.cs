using Avs.Models.Ecmvae;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Ecmvae;

/// <summary>Names and shapes of the state dicts against those of the authors' release.</summary>
public class KeyListTests
{
    private static readonly EcmvaeConfig Paper = new();

    [Fact]
    public void Latent_model_has_the_authors_names_and_shapes()
    {
        using var module = new LatentModel(Paper with { ImageSize = 64 });
        AssertSame("latent_model_ecmvae_img64_latent16_mi6.txt", module);
    }

    [Fact]
    public void Resnet50_has_torchvisions_names_and_shapes()
    {
        using var module = Backbones.BackboneRegistry.Create("resnet50");
        AssertSame("backbone_resnet50.txt", module);
    }

    [Theory]
    [InlineData("resnet50", NeckKind.Basic, "model_ecmvae_resnet_basic_img224_latent16_mi6.txt")]
    public void Whole_network_has_the_authors_names_and_shapes(string backbone, NeckKind neck, string list)
    {
        using var module = new EcmvaeModel(Paper with { Backbone = backbone, Neck = neck });
        AssertSame(list, module);
    }

    [Fact]
    public void Dilated_neck_has_the_authors_names_and_shapes()
    {
        using var neck = new Neck(NeckKind.Aspp, [256, 512, 1024, 2048], 128);
        Assert.Equal(16, neck.state_dict().Count);
        Assert.Equal([128L, 2048L, 3L, 3L], neck.state_dict()["conv_list.3.conv2d_list.2.conv.weight"].shape);
    }

    private static void AssertSame(string list, nn.Module module)
    {
        var expected = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "keys", list)).Select(line => line.Split('\t'))
            .Select(cells => $"{cells[0]} {cells[2]}");
        var actual = module.state_dict()
            .Select(entry => $"{entry.Key} {(entry.Value.dim() == 0 ? "scalar" : string.Join('x', entry.Value.shape))}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }
}
