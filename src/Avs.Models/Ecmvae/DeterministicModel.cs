using Avs.Core.Configuration;
using Avs.Models.Backbones;
using Avs.Models.Fusion;
using Avs.Models.Segmentation;
using TorchSharp.Modules;
using static TorchSharp.torch;

// The deterministic network of the ECMVAE release (its class AVSModel, the one that the released trainer drives): one path, no latent codes
// in it; four regularisers tie picture and sound together at the four scales, in training only.
//
//   picture -> encoder -> neck -> TPAVI (sound) -> decoder -> logits
//                                  └-> multi_model_reg_1 … 4 (coarse to fine)
//
// The names of the entries are the authors'.

namespace Avs.Models.Ecmvae;

/// <summary>What ties picture and sound together at each scale.</summary>
public enum InformationRegulariser
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Two Gaussian codes that are to predict each other (the release).</summary>
    CodePairs,

    /// <summary>A lower bound of the mutual information, to be raised; the release holds it unused.</summary>
    LowerBound,
}

/// <summary>
/// The sizes and choices of the deterministic network. The defaults are the release's. The image size sizes the regularisers.
/// </summary>
public sealed record DeterministicConfig : EcmvaeFamilyConfig
{
    public InformationRegulariser Regulariser { get; init; } = InformationRegulariser.CodePairs;

    /// <summary>Width inside a regulariser. The release: 64.</summary>
    [AtLeast(1)] public int RegulariserChannels { get; init; } = 64;

    /// <inheritdoc/>
    public override SegmentationNetwork Create() => new DeterministicModel(this);

    /// <inheritdoc/>
    public override SegmentationObjective DefaultObjective() => new DeterministicObjective();
}

/// <summary>The deterministic network without its audio backbone.</summary>
public sealed class DeterministicModel : SegmentationNetwork
{
    private readonly DeterministicConfig config;
    private readonly VisualBackbone encoder;
    private readonly Neck neck;
    private readonly Linear audio_neck;
    private readonly ModuleList<AudioVisualFusion> fusion_modules;
    private readonly SegmentationDecoder decoder;
    private readonly LevelRegulariser? multi_model_reg_1, multi_model_reg_2, multi_model_reg_3, multi_model_reg_4;

    /// <summary>Creates the network with fresh weights; neither disk nor network is touched.</summary>
    /// <param name="config">Sizes and choices.</param>
    public DeterministicModel(DeterministicConfig config) : base(nameof(DeterministicModel))
    {
        this.config = RecordCheck.Require(config, "model.network");
        encoder = BackboneRegistry.Create(config.Backbone, config.DropPath);
        neck = new Neck(config.Neck, encoder.Channels, config.Channels);
        audio_neck = nn.Linear(config.AudioChannels, config.Channels);
        fusion_modules = new ModuleList<AudioVisualFusion>(
            [.. Enumerable.Range(0, 4).Select(_ => new Tpavi(config.Channels, config.TpaviChannels, config.TpaviSpan))]);
        decoder = SegmentationDecoder.Create(config.Decoder, config.Channels, config.Classes);
        multi_model_reg_1 = Regulariser(32);
        multi_model_reg_2 = Regulariser(16);
        multi_model_reg_3 = Regulariser(8);
        multi_model_reg_4 = Regulariser(4);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override bool IsUnused(string name) =>
        (config.AudioChannels == config.Channels && name.StartsWith("audio_neck.", StringComparison.Ordinal))
        || (name.StartsWith("encoder.", StringComparison.Ordinal) && encoder.IsUnused(name["encoder.".Length..]))
        || (name.StartsWith("decoder.", StringComparison.Ordinal) && decoder.IsUnused(name["decoder.".Length..]))
        || (name.StartsWith("multi_model_reg_", StringComparison.Ordinal)
            && multi_model_reg_1!.IsUnused(name["multi_model_reg_1.".Length..]));

    /// <summary>Runs the network and, when there are masks (that is, in training), the regularisers.</summary>
    /// <param name="input">Frames, audio embeddings, masks and, for these, the source of the regularisers' codes.</param>
    public override SegmenterOutput forward(AvsInput input)
    {
        using var scope = NewDisposeScope();
        var pictures = SharedPictures.From(input);
        var levels = pictures.ForEveryClip(neck.call(encoder.call(pictures.Once(input.Images)))); // 4 x [N,C,H/2^(i+2),W/2^(i+2)]
        var fused = Fuse(levels, input);
        Tensor[] visual = [.. fused.Select(f => f.Visual)], audio = [.. fused.Select(f => f.Audio)];
        var information = input.Masks is null || config.Regulariser == InformationRegulariser.None
            ? []
            : Read(visual, audio, input.NoiseFor(this));
        return new DeterministicOutput(decoder.call(visual), visual, audio, information).MoveToOuterDisposeScope(); // logits [N,K,H,W]
    }

    private FusedFeatures[] Fuse(IReadOnlyList<Tensor> levels, AvsInput input)
    {
        var sound = config.AudioChannels == config.Channels ? input.Audio : audio_neck.call(input.Audio); // [N,C]
        return [.. levels.Select((level, i) => fusion_modules[i].call(level, sound, input.FramesPerClip))];
    }

    // Coarse to fine.
    private LevelInformation[] Read(Tensor[] visual, Tensor[] audio, ILatentNoise noise)
    {
        LevelRegulariser[] blocks = [multi_model_reg_1!, multi_model_reg_2!, multi_model_reg_3!, multi_model_reg_4!];
        return [.. blocks.Select((block, i) => block.call(visual[3 - i], audio[3 - i], noise, i))];
    }

    private LevelRegulariser? Regulariser(long stride)
    {
        var size = new RegulariserSize(config.Channels, config.RegulariserChannels, config.InformationSize, config.ImageSize / stride,
            config.ImageSize / stride);
        return config.Regulariser switch
        {
            InformationRegulariser.None => null,
            InformationRegulariser.CodePairs => new CodePairRegulariser(size),
            InformationRegulariser.LowerBound => new LowerBoundRegulariser(size),
            _ => throw new InvalidOperationException($"unknown regulariser {config.Regulariser}"),
        };
    }
}
