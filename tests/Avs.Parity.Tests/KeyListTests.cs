using Avs.Models.Audio;
using Avs.Models.AvsBench;
using Avs.Models.Backbones;
using Avs.Models.Ecmvae;
using static TorchSharp.torch;

namespace Avs.Parity.Tests;

/// <summary>
/// Names, shapes and types of the state dicts against those of the authors' releases, which is what lets their checkpoints load.
/// </summary>
public class KeyListTests
{
    private static readonly EcmvaeConfig Paper = new();
    private static readonly EcmvaeConfig NoFactor = Paper with { Factorisation = Factorisation.SpecificOnly };
    private static readonly EcmvaeConfig Experts = Paper with { CodeFusion = CodeFusion.ProductOfExperts };

    private static readonly IReadOnlyDictionary<string, Func<nn.Module>> Lists = new Dictionary<string, Func<nn.Module>>
    {
        ["backbone_resnet50"] = () => BackboneRegistry.Create("resnet50"),
        ["backbone_pvt_v2_b5"] = () => BackboneRegistry.Create("pvt_v2_b5"),
        ["model_vggish"] = () => new Vggish(),
        ["model_avsbench_resnet"] = () => new AvsBenchModel(new AvsBenchConfig { Backbone = "resnet50", UnusedBranch = true }),
        ["model_avsbench_pvt"] = () => new AvsBenchModel(new AvsBenchConfig { Backbone = "pvt_v2_b5" }),
        ["model_cvae_pvt"] = () => Whole(Paper with { UseAudio = false }, "pvt_v2_b5"),
        ["model_mi_pvt"] = () => new DeterministicConfig { Backbone = "pvt_v2_b5" }.Create(),
        ["latent_model_ecmvae_img64_latent16_mi6"] = () => LatentModel.Create(Paper with { ImageSize = 64 }),
        ["latent_model_nofactor_img64_latent16_mi6"] = () => LatentModel.Create(NoFactor with { ImageSize = 64 }),
        ["latent_model_poe_img64_latent16_mi6"] = () => LatentModel.Create(Experts with { ImageSize = 64 }),
        ["model_ecmvae_resnet_basic_img224_latent16_mi6"] = () => Whole(Paper, "resnet50"),
        ["model_ecmvae_resnet_aspp_img224_latent16_mi6"] = () => Whole(Paper, "resnet50", NeckKind.Aspp),
        ["model_ecmvae_pvt_basic_img224_latent16_mi6"] = () => Whole(Paper, "pvt_v2_b5"),
        ["model_ecmvae_pvt_aspp_img224_latent16_mi6"] = () => Whole(Paper, "pvt_v2_b5", NeckKind.Aspp),
        ["model_nofactor_resnet_basic_img224_latent16_mi6"] = () => Whole(NoFactor, "resnet50"),
        ["model_nofactor_resnet_aspp_img224_latent16_mi6"] = () => Whole(NoFactor, "resnet50", NeckKind.Aspp),
        ["model_nofactor_pvt_basic_img224_latent16_mi6"] = () => Whole(NoFactor, "pvt_v2_b5"),
        ["model_nofactor_pvt_basic_img96_latent16_mi6"] = () => Whole(NoFactor with { ImageSize = 96 }, "pvt_v2_b5"),
        ["model_nofactor_pvt_aspp_img224_latent16_mi6"] = () => Whole(NoFactor, "pvt_v2_b5", NeckKind.Aspp),
        ["model_poe_resnet_basic_img224_latent16_mi6"] = () => Whole(Experts, "resnet50"),
        ["model_poe_resnet_aspp_img224_latent16_mi6"] = () => Whole(Experts, "resnet50", NeckKind.Aspp),
        ["model_poe_pvt_basic_img224_latent16_mi6"] = () => Whole(Experts, "pvt_v2_b5"),
        ["model_poe_pvt_aspp_img224_latent16_mi6"] = () => Whole(Experts, "pvt_v2_b5", NeckKind.Aspp),
    };

    /// <summary>The lists of small modules, whose weights are drawn in milliseconds.</summary>
    public static TheoryData<string> Small => [.. Lists.Keys.Where(IsSmall)];

    /// <summary>The lists of whole networks.</summary>
    public static TheoryData<string> Large => [.. Lists.Keys.Where(name => !IsSmall(name))];

    [Theory]
    [MemberData(nameof(Small))]
    public void A_part_has_the_authors_names_and_shapes(string list) => AssertSame(list);

    [Theory]
    [MemberData(nameof(Large))]
    [Trait("Speed", "Slow")]
    public void A_network_has_the_authors_names_and_shapes(string list) => AssertSame(list);

    [Fact]
    public void Every_list_has_a_module() => Assert.Equal(
        Directory.GetFiles(Path.Combine(ParityFolder.Path, "keys")).Select(path => Path.GetFileNameWithoutExtension(path)!)
            .Order(StringComparer.Ordinal),
        Lists.Keys.Order(StringComparer.Ordinal));

    private static bool IsSmall(string list) => list.StartsWith("latent_model", StringComparison.Ordinal) || list == "backbone_resnet50";

    private static EcmvaeModel Whole(EcmvaeConfig config, string backbone, NeckKind neck = NeckKind.Basic) =>
        new(config with { Backbone = backbone, Neck = neck });

    // The order is the reference's own accident; names are what a checkpoint is loaded by.
    private static void AssertSame(string list)
    {
        var expected = File.ReadLines(Path.Combine(ParityFolder.Path, "keys", list + ".txt")).Select(line => line.Split('\t'))
            .Select(cells => $"{cells[0]} {cells[1]} {cells[2]}");
        using var module = Lists[list]();
        var found = module.state_dict()
            .Select(entry => $"{entry.Key} {entry.Value.dtype.ToString().ToLowerInvariant()} {Shape(entry.Value)}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static string Shape(Tensor value) => value.dim() == 0 ? "scalar" : string.Join('x', value.shape);
}
