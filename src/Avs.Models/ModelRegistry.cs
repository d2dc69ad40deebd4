using Avs.Models.AvsBench;
using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using Avs.Models.Weights;

namespace Avs.Models;

/// <summary>A whole segmenter: which audio network, and the network around it.</summary>
public sealed record SegmenterConfig
{
    /// <summary>Name of the audio network (see <see cref="Audio.AudioRegistry"/>). The paper: <c>vggish</c>, frozen.</summary>
    public string Audio { get; init; } = "small";

    /// <summary>Whether the audio network is used as it is, never trained; null: as <see cref="Audio.AudioRegistry"/> says of it.</summary>
    public bool? FreezeAudio { get; init; }

    /// <summary>The segmenting network, of whichever family.</summary>
    public NetworkConfig Network { get; init; } = new EcmvaeConfig();
}

/// <summary>A named configuration.</summary>
/// <param name="Name">The name in configurations and on the command line.</param>
/// <param name="Summary">One line for a list.</param>
/// <param name="Config">The configuration; vary it with <c>with</c>.</param>
public sealed record ModelPreset(string Name, string Summary, SegmenterConfig Config)
{
    /// <summary>What it learns by; an experiment's <c>objective</c> section changes it. Unless said, the family's default.</summary>
    public SegmentationObjective Objective { get; init; } = Config.Network.DefaultObjective();

    /// <summary>
    /// How latent codes are chosen at test, unless an experiment says otherwise. Default: the means; the release: one draw.
    /// </summary>
    public LatentMode Latent { get; init; }

    /// <summary>
    /// Whether training frames are turned one by one unless an experiment says otherwise, as the ECMVAE release does it; else clips as a
    /// whole.
    /// </summary>
    public bool FlipsFramesApart { get; init; }

    /// <summary>Parameters of the network, unused ones included, without those of a frozen audio network.</summary>
    public required long Parameters { get; init; }

    /// <summary>
    /// 10^9 operations of its convolutions and matrix products for one frame at its size, at test and without the audio network; a
    /// multiply-add is two.
    /// </summary>
    public required double Gflop { get; init; }

    /// <summary>The published weights that the parts can start from: of the backbone, then of the audio network.</summary>
    public IReadOnlyList<PublishedWeights> Weights =>
        [.. ((string?[])[Config.Network.Backbone, Config.Network.UsesSound ? Config.Audio : null])
            .OfType<string>().Select(PublishedWeights.Of).OfType<PublishedWeights>()];

    /// <summary>Where whole trained checkpoints are offered; null: nowhere.</summary>
    public string? Checkpoints { get; init; }

    /// <summary>Builds the model with fresh weights.</summary>
    public AudioVisualSegmenter Create() => new(Config);
}

/// <summary>All model presets by name.</summary>
public static class ModelRegistry
{
    private const string EcmvaeCheckpoints = "https://huggingface.co/OpenNLPLab/MMVAE-AVS";
    private const string BaselineCheckpoints = "https://github.com/OpenNLPLab/AVSBench";

    /// <summary>The presets, in the order of a list.</summary>
    public static IReadOnlyList<ModelPreset> All { get; } =
    [
        new("ecmvae_small", "ECMVAE in small, learns from nothing in minutes on two CPU cores (96 px)", new SegmenterConfig
        {
            Audio = "small",
            Network = new EcmvaeConfig
            {
                Backbone = "small_residual",
                ImageSize = 96,
                Channels = 32,
                TpaviChannels = 16,
                LatentEncoderChannels = 4,
            },
        }) { Parameters = 1_439_210, Gflop = 0.16 },
        new("ecmvae_resnet18", "ECMVAE in small on ML.NET's pretrained ResNet-18 (128 px)", new SegmenterConfig
        {
            Audio = "small",
            Network = new EcmvaeConfig
            {
                Backbone = ImportedWeights.Backbone,
                ImageSize = 128,
                Channels = 32,
                TpaviChannels = 16,
                LatentEncoderChannels = 4,
            },
        }) { Parameters = 16_705_434, Gflop = 1.54 },
        Ecmvae("ecmvae_resnet50", "ECMVAE, ResNet-50, 224 px", new EcmvaeConfig(), 34_077_590,
            18.10) with { Checkpoints = EcmvaeCheckpoints },
        Ecmvae("ecmvae_pvt_v2_b5", "ECMVAE, PVTv2-B5, 224 px (the paper's best)", new EcmvaeConfig { Backbone = "pvt_v2_b5" }, 91_291_670,
            33.07) with { Checkpoints = EcmvaeCheckpoints },
        Reference("ecmvae_resnet50_reference", "the same with every choice as released, defects included", new EcmvaeConfig(), 34_077_590,
            18.10),
        Reference("ecmvae_pvt_v2_b5_reference", "the same with every choice as released, defects included",
            new EcmvaeConfig { Backbone = "pvt_v2_b5" }, 91_291_670, 33.07),
        Ecmvae("ecmvae_nofactor_resnet50", "ablation: one code of the picture and one of the sound, nothing shared", NotFactorised,
            33_517_554, 17.94),
        Ecmvae("ecmvae_nofactor_pvt_v2_b5", "the same, PVTv2-B5", NotFactorised with { Backbone = "pvt_v2_b5" }, 90_731_634, 32.92),
        Ecmvae("ecmvae_poe_resnet50", "ablation: codes fused as products of Gaussian experts", OfExperts, 34_075_478, 18.10),
        Ecmvae("ecmvae_poe_pvt_v2_b5", "the same, PVTv2-B5", OfExperts with { Backbone = "pvt_v2_b5" }, 91_289_558, 33.07),
        Ecmvae("cvae_resnet50", "ablation: a conditional VAE of the picture alone, no sound", PictureOnly, 33_082_914, 17.79),
        Ecmvae("cvae_pvt_v2_b5", "the same, PVTv2-B5", PictureOnly with { Backbone = "pvt_v2_b5" }, 90_296_994, 32.77),
        Deterministic("mi_resnet50", "ablation: no latent codes; picture and sound tied by a mutual-information regulariser",
            new DeterministicConfig(), 31_057_369, 17.74),
        Deterministic("mi_pvt_v2_b5", "the same, PVTv2-B5", new DeterministicConfig { Backbone = "pvt_v2_b5" }, 88_631_897, 32.72),
        new("tpavi_small", "the AVSBench baseline in small, learns from nothing on two CPU cores (96 px)", new SegmenterConfig
        {
            Audio = "small",
            Network = new AvsBenchConfig { Backbone = "small_residual", ImageSize = 96, Channels = 32 },
        }) { Parameters = 1_282_897, Gflop = 0.26 },
        new("tpavi_resnet18", "the AVSBench baseline in small on ML.NET's pretrained ResNet-18 (128 px)", new SegmenterConfig
        {
            Audio = "small",
            Network = new AvsBenchConfig { Backbone = ImportedWeights.Backbone, ImageSize = 128, Channels = 32 },
        }) { Parameters = 17_289_985, Gflop = 1.82 },
        Baseline("tpavi_resnet50", "the AVSBench baseline (TPAVI), ResNet-50, 224 px", new AvsBenchConfig(), 69_337_857, 61.03),
        Baseline("tpavi_resnet50_reference",
            "the same with every entry of the published checkpoints, the unused second ResNet branch included",
            new AvsBenchConfig { UnusedBranch = true }, 91_400_961, 61.03),
        Baseline("tpavi_pvt_v2_b5", "the AVSBench baseline (TPAVI), PVTv2-B5, 224 px", new AvsBenchConfig { Backbone = "pvt_v2_b5" },
            101_320_577, 60.20),
        Baseline("tpavi_pvt_v2_b5_reference", "the same: the published PVTv2 checkpoints have no entries beyond it",
            new AvsBenchConfig { Backbone = "pvt_v2_b5" }, 101_320_577, 60.20),
    ];

    private static EcmvaeConfig NotFactorised => new() { Factorisation = Factorisation.SpecificOnly };

    private static EcmvaeConfig OfExperts => new() { CodeFusion = CodeFusion.ProductOfExperts };

    private static EcmvaeConfig PictureOnly => new() { UseAudio = false };

    private static ModelPreset Ecmvae(string name, string summary, EcmvaeConfig network, long parameters, double gflop) =>
        new(name, summary, Paper(network)) { Parameters = parameters, Gflop = gflop };

    // What the release does where this framework decides otherwise. Its S4 training does not run; repeating the one mask is the nearest
    // that does.
    private static ModelPreset Reference(string name, string summary, EcmvaeConfig network, long parameters, double gflop) =>
        new(name, summary, Paper(network with { LogVarianceLimit = null, Supervision = PosteriorSupervision.RepeatFirstMask }))
        {
            Objective = EcmvaeObjective.Reference,
            Latent = LatentMode.ReferenceSingleSample,
            FlipsFramesApart = true,
            Parameters = parameters,
            Gflop = gflop,
            Checkpoints = EcmvaeCheckpoints,
        };

    private static ModelPreset Deterministic(string name, string summary, DeterministicConfig network, long parameters, double gflop) =>
        new(name, summary, Paper(network)) { Parameters = parameters, Gflop = gflop };

    private static ModelPreset Baseline(string name, string summary, AvsBenchConfig network, long parameters, double gflop) =>
        new(name, summary, Paper(network)) { Parameters = parameters, Gflop = gflop, Checkpoints = BaselineCheckpoints };

    private static SegmenterConfig Paper(NetworkConfig network) => new() { Audio = "vggish", Network = network };

    /// <summary>The named preset.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static ModelPreset Find(string name) => All.FirstOrDefault(preset => preset.Name == name)
        ?? throw new ArgumentException($"there is no model '{name}'; known are {string.Join(", ", All.Select(preset => preset.Name))}");
}
