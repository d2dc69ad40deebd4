using Avs.Core.Configuration;
using Avs.Models.Backbones;
using Avs.Models.Blocks;
using Avs.Models.Fusion;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The AVSBench baseline: J. Zhou et al., "Audio-Visual Segmentation", ECCV 2022.
//
//   picture -> backbone -> dilated heads (256 channels) -> TPAVI with the sound -> four fusion paths, coarse to fine -> head -> logits
//
// The names of the entries are the authors'. Two quirks of the release are part of what was trained and are kept, written out:
// - its residual units begin with an in-place ReLU, so their skip carries ReLU(x), and the feature maps handed to the losses are
// ReLU(TPAVI); - its ResNet has a second branch (layer3_2, layer4_2: 22 M parameters) that nothing uses; it exists here only where a
// configuration asks for     the published entries.

namespace Avs.Models.AvsBench;

/// <summary>The baseline without its audio network.</summary>
public sealed class AvsBenchModel : SegmentationNetwork
{
    private readonly VisualBackbone? resnet, encoder_backbone;
    private readonly DilatedConvSum conv4, conv3, conv2, conv1;
    private readonly FusionPath path4, path3, path2, path1;
    private readonly AvsBenchTpavi tpavi_b1, tpavi_b2, tpavi_b3, tpavi_b4;
    private readonly BilinearUpsample up;
    private readonly Sequential output_conv;

    /// <summary>Creates the network with fresh weights.</summary>
    /// <param name="config">Sizes and choices.</param>
    /// <exception cref="ArgumentException">There is no backbone of that name.</exception>
    public AvsBenchModel(AvsBenchConfig config) : base(nameof(AvsBenchModel))
    {
        Config = RecordCheck.Require(config, "model.network");
        VisualBackbone backbone;
        if (config.Backbone == "resnet50")
            backbone = resnet = new TwoBranchResNet50(config.UnusedBranch);
        else
            backbone = encoder_backbone = BackboneRegistry.Create(config.Backbone, config.DropPath);
        long c = config.Channels;
        conv4 = DilatedHead.Create(backbone.Channels[3], c);
        conv3 = DilatedHead.Create(backbone.Channels[2], c);
        conv2 = DilatedHead.Create(backbone.Channels[1], c);
        conv1 = DilatedHead.Create(backbone.Channels[0], c);
        path4 = new FusionPath(c);
        path3 = new FusionPath(c);
        path2 = new FusionPath(c);
        path1 = new FusionPath(c);
        // All four exist whatever the stages: the published checkpoints have them.
        tpavi_b1 = new AvsBenchTpavi(c, config.AudioChannels, config.AlignBias);
        tpavi_b2 = new AvsBenchTpavi(c, config.AudioChannels, config.AlignBias);
        tpavi_b3 = new AvsBenchTpavi(c, config.AudioChannels, config.AlignBias);
        tpavi_b4 = new AvsBenchTpavi(c, config.AudioChannels, config.AlignBias);
        up = new BilinearUpsample(2, alignCorners: true);
        output_conv = nn.Sequential(
            nn.Conv2d(c, c / 2, 3, padding: 1),
            new BilinearUpsample(2, alignCorners: false),
            nn.Conv2d(c / 2, 32, 3, padding: 1),
            nn.ReLU(),
            nn.Conv2d(32, config.Classes, 1));
        RegisterComponents();
    }

    /// <summary>What the network was built from.</summary>
    public AvsBenchConfig Config { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> PublishedLeftovers => Config.UnusedBranch ? [] : ["resnet.layer3_2.", "resnet.layer4_2."];

    /// <inheritdoc/>
    public override bool IsUnused(string name) =>
        name.StartsWith("path4." + FusionPath.UnusedWithoutBelow, StringComparison.Ordinal)
        || (name.StartsWith("resnet.", StringComparison.Ordinal) && resnet!.IsUnused(name["resnet.".Length..]))
        || (name.StartsWith("encoder_backbone.", StringComparison.Ordinal)
            && encoder_backbone!.IsUnused(name["encoder_backbone.".Length..]))
        || (name.StartsWith("tpavi_b", StringComparison.Ordinal) && !Config.TpaviStages.Contains(name["tpavi_b".Length] - '1'))
        || (name.Contains(".align_channel.", StringComparison.Ordinal) && Config.Attention == TpaviAttention.Picture);

    /// <inheritdoc/>
    public override SegmenterOutput forward(AvsInput input)
    {
        using var scope = NewDisposeScope();
        var pictures = SharedPictures.From(input);
        // 4 x [P,Cᵢ,H/2^(i+2),W/2^(i+2)], P = N / ClipsPerPicture
        var levels = (resnet ?? encoder_backbone)!.call(pictures.Once(input.Images));
        // A transformer's levels are channels-last views; the wide 3x3 convolutions from here on are faster on whole planes.
        DilatedConvSum[] convs = [conv1, conv2, conv3, conv4];
        // 4 x [P,C,h,w] -> 4 x [N,C,h,w]
        var heads = pictures.ForEveryClip([.. convs.Select((conv, i) => conv.call(levels[i].contiguous()))]);
        FusedFeatures[] fused = [.. heads.Select((head, i) => Scale(head, i, input))];
        Tensor[] maps = [.. fused.Select(scale => scale.Visual)];

        var p4 = path4.call(null, maps[3]); // [N,C,H/32,W/32]
        var p3 = path3.call(p4, maps[2]); // [N,C,H/16,W/16]
        var p2 = path2.call(p3, maps[1]); // [N,C,H/8,W/8]
        var p1 = path1.call(p2, maps[0]); // [N,C,H/4,W/4]
        // p₁ -> ↑ [N,C,H/2,W/2] -> conv [N,C/2,H/2,W/2] -> ↑ [N,C/2,H,W] -> conv [N,32,H,W] -> ReLU, conv [N,K,H,W]
        var logits = ChunkedConvHead.Run(p1, up, output_conv);
        return new AvsBenchOutput(logits, maps, [.. fused.Select(scale => scale.Audio)]).MoveToOuterDisposeScope();
    }

    // What paths and losses see of a scale: ReLU of the map after TPAVI, and the aligned audio vectors, [N,0] where the scale uses no
    // sound.
    private FusedFeatures Scale(Tensor head, int scale, AvsInput input)
    {
        using var scope = NewDisposeScope();
        var (map, audio) = Config.TpaviStages.Contains(scale) ? Fuse(head, scale, input) : new AvsBenchTpavi.Result(head, null);
        return new FusedFeatures(
            F.relu(map).MoveToOuterDisposeScope(), (audio ?? head.new_zeros([head.shape[0], 0])).MoveToOuterDisposeScope());
    }

    private AvsBenchTpavi.Result Fuse(Tensor head, int scale, AvsInput input)
    {
        AvsBenchTpavi[] blocks = [tpavi_b1, tpavi_b2, tpavi_b3, tpavi_b4];
        var frames = Config.AttentionFrames is { } most ? input.FramesPerClip.Cut(most, head.shape[0]) : input.FramesPerClip;
        if (Config.Attention == TpaviAttention.Picture)
            return blocks[scale].call(head, null, frames);
        // Visual first, as in the release: BatchNorm's running statistics see the two in turn.
        var picture = Config.Attention == TpaviAttention.SoundAndPicture
            ? blocks[scale].call(head, null, frames).Visual
            : null;
        var sound = blocks[scale].call(head, input.Audio, frames);
        return picture is null ? sound : sound with { Visual = (picture + sound.Visual) / 2 };
    }
}
