using Avs.Models.Audio;
using Avs.Models.Backbones;
using Avs.Models.Baselines;
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
        using var module = LatentModel.Of(Paper with { ImageSize = 64 });
        AssertSame("latent_model_ecmvae_img64_latent16_mi6.txt", module);
    }

    [Theory]
    [InlineData("resnet50")]
    [InlineData("pvt_v2_b5")]
    [Trait("Speed", "Slow")]
    public void Backbone_has_its_publishers_names_and_shapes(string name)
    {
        using var module = BackboneRegistry.Create(name);
        AssertSame($"backbone_{name}.txt", module);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Vggish_has_its_publishers_names_and_shapes()
    {
        using var module = new Vggish();
        AssertSame("model_vggish.txt", module);
    }

    [Theory]
    [InlineData("resnet50", "model_avsbench_resnet.txt")]
    [InlineData("pvt_v2_b5", "model_avsbench_pvt.txt")]
    [Trait("Speed", "Slow")]
    public void Baseline_has_the_authors_names_and_shapes(string backbone, string list)
    {
        using var module = new AvsBenchModel(new AvsBenchConfig { Backbone = backbone, UnusedBranch = true });
        AssertSame(list, module);
    }

    [Theory]
    [InlineData("resnet50", NeckKind.Basic, "model_ecmvae_resnet_basic_img224_latent16_mi6.txt")]
    [InlineData("resnet50", NeckKind.Aspp, "model_ecmvae_resnet_aspp_img224_latent16_mi6.txt")]
    [Trait("Speed", "Slow")]
    public void Whole_network_has_the_authors_names_and_shapes(string backbone, NeckKind neck, string list)
    {
        using var module = new EcmvaeModel(Paper with { Backbone = backbone, Neck = neck });
        AssertSame(list, module);
    }

    public static TheoryData<string, NetworkConfig> Variants() => new()
    {
        { "model_nofactor_resnet_basic_img224_latent16_mi6.txt", Paper with { Factorisation = Factorisation.SpecificOnly } },
        { "model_poe_resnet_basic_img224_latent16_mi6.txt", Paper with { CodeFusion = CodeFusion.ProductOfExperts } },
        { "model_ecmvae_pvt_basic_img224_latent16_mi6.txt", Paper with { Backbone = "pvt_v2_b5" } },
        { "model_cvae_pvt.txt", Paper with { Backbone = "pvt_v2_b5", UseAudio = false } },
        { "model_mi_pvt.txt", new DeterministicConfig { Backbone = "pvt_v2_b5" } },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    [Trait("Speed", "Slow")]
    public void Variant_has_the_authors_names_and_shapes(string list, NetworkConfig config)
    {
        using var module = config.Create();
        AssertSame(list, module);
    }

    [Theory]
    [InlineData("latent_model_nofactor_img64_latent16_mi6.txt", Factorisation.SpecificOnly, CodeFusion.Linear)]
    [InlineData("latent_model_poe_img64_latent16_mi6.txt", Factorisation.SpecificAndShared, CodeFusion.ProductOfExperts)]
    public void Latent_model_of_a_variant_has_the_authors_names_and_shapes(string list, Factorisation factorisation, CodeFusion fusion)
    {
        using var module = LatentModel.Of(Paper with { ImageSize = 64, Factorisation = factorisation, CodeFusion = fusion });
        AssertSame(list, module);
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
