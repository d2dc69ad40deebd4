using Avs.Models.Baselines;
using Avs.Models.Ecmvae;
using Avs.Models.Losses;

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

    /// <summary>Builds the model with fresh weights.</summary>
    public AudioVisualSegmenter Create() => new(Config);
}

/// <summary>All model presets by name.</summary>
public static class ModelRegistry
{
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
                Layout = TrunkLayout.ChannelsLast,
            },
        }),
        new("tpavi_small", "the AVSBench baseline in small, learns from nothing on two CPU cores (96 px)", new SegmenterConfig
        {
            Audio = "small",
            Network = new AvsBenchConfig { Backbone = "small_residual", ImageSize = 96, Channels = 32 },
        }),
        new("tpavi_resnet50", "the AVSBench baseline (TPAVI), ResNet-50, 224 px", Baseline(new AvsBenchConfig { Backbone = "resnet50" })),
        new("tpavi_resnet50_reference", "the same with every entry of the published checkpoints, the unused second ResNet branch included",
            Baseline(new AvsBenchConfig { Backbone = "resnet50", UnusedBranch = true })),
        new("tpavi_pvt_v2_b5", "the AVSBench baseline (TPAVI), PVTv2-B5, 224 px", Baseline(new AvsBenchConfig { Backbone = "pvt_v2_b5" })),
        new("tpavi_pvt_v2_b5_reference", "the same: the published PVTv2 checkpoints have no entries beyond it", Baseline(new AvsBenchConfig { Backbone = "pvt_v2_b5" })),
    ];

    private static SegmenterConfig Baseline(AvsBenchConfig network) => new() { Audio = "vggish", Network = network };

    /// <summary>The named preset.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static ModelPreset Find(string name) => All.FirstOrDefault(preset => preset.Name == name)
        ?? throw new ArgumentException($"there is no model '{name}'; known are {string.Join(", ", All.Select(preset => preset.Name))}");
}
