using Avs.Models.Backbones;
using Avs.Models.Fusion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The AVSBench baseline: J. Zhou et al., "Audio-Visual Segmentation", ECCV 2022.
//
//   picture -> backbone -> dilated heads (256 channels) -> TPAVI with the sound -> four fusion paths, coarse to fine -> head -> logits
//
// The names of the entries are the authors'. Two quirks of the release are part of what was trained and are kept, written out:
//   - its residual units begin with an in-place ReLU, so their skip carries ReLU(x), and the feature maps handed to the losses are ReLU(TPAVI);
//   - its ResNet has a second branch (layer3_2, layer4_2: 22 M parameters) that nothing uses; it exists here only where a configuration asks for
//     the published entries.

namespace Avs.Models.Baselines;

/// <summary>The sizes and choices of the baseline. The defaults are the paper's.</summary>
public sealed record AvsBenchConfig
{
    /// <summary>The backbone: <c>resnet50</c> or one of the <c>pvt_v2</c>.</summary>
    public string Backbone { get; init; } = "resnet50";

    /// <summary>Probability of stochastic depth at the last block of a transformer backbone. The paper: 0.1.</summary>
    public double DropPath { get; init => field = Check.Share(value); } = 0.1;

    /// <summary>Width of heads, TPAVI and paths, a multiple of 4. The paper: 256.</summary>
    public int Channels { get; init => field = Check.MultipleOf4(value); } = 256;

    /// <summary>Channels of an audio vector. The paper: 128 (VGGish).</summary>
    public int AudioChannels { get; init => field = Check.Positive(value); } = 128;

    /// <summary>Whether the ResNet keeps the published checkpoints' unused second branch.</summary>
    public bool UnusedBranch { get; init; } = true;
}

/// <summary>What the baseline returns.</summary>
/// <param name="Logits">[N,1,H,W].</param>
/// <param name="Visual">ReLU of the TPAVI outputs of the four scales, fine to coarse, each [N,C,h,w].</param>
/// <param name="Audio">The aligned audio vectors of the four scales, each [N,C], clip-major.</param>
public sealed record AvsBenchOutput(Tensor Logits, IReadOnlyList<Tensor> Visual, IReadOnlyList<Tensor> Audio);

/// <summary>The baseline without its audio network. Inputs of <c>forward</c>: images [N,3,H,W], audio vectors [N,D], frames per clip T.</summary>
public sealed class AvsBenchModel : nn.Module<Tensor, Tensor, int, AvsBenchOutput>
{
    private readonly VisualBackbone? resnet, encoder_backbone;
    private readonly DilatedHead conv4, conv3, conv2, conv1;
    private readonly FusionPath path4, path3, path2, path1;
    private readonly AvsBenchTpavi tpavi_b1, tpavi_b2, tpavi_b3, tpavi_b4;
    private readonly Sequential output_conv;

    /// <summary>Creates the network with fresh weights.</summary>
    /// <param name="config">Sizes and choices.</param>
    public AvsBenchModel(AvsBenchConfig config) : base(nameof(AvsBenchModel))
    {
        VisualBackbone backbone;
        if (config.Backbone == "resnet50")
            backbone = resnet = new TwoBranchResNet50(config.UnusedBranch);
        else
            backbone = encoder_backbone = BackboneRegistry.Create(config.Backbone, config.DropPath);
        long c = config.Channels;
        conv4 = new DilatedHead(backbone.Channels[3], c);
        conv3 = new DilatedHead(backbone.Channels[2], c);
        conv2 = new DilatedHead(backbone.Channels[1], c);
        conv1 = new DilatedHead(backbone.Channels[0], c);
        path4 = new FusionPath(c);
        path3 = new FusionPath(c);
        path2 = new FusionPath(c);
        path1 = new FusionPath(c);
        tpavi_b1 = new AvsBenchTpavi(c, config.AudioChannels);
        tpavi_b2 = new AvsBenchTpavi(c, config.AudioChannels);
        tpavi_b3 = new AvsBenchTpavi(c, config.AudioChannels);
        tpavi_b4 = new AvsBenchTpavi(c, config.AudioChannels);
        output_conv = nn.Sequential(
            nn.Conv2d(c, c / 2, 3, padding: 1), // [N,C,H/2,W/2] -> [N,C/2,H/2,W/2]
            new Enlargement(false), // -> [N,C/2,H,W]
            nn.Conv2d(c / 2, 32, 3, padding: 1),
            nn.ReLU(),
            nn.Conv2d(32, 1, 1)); // -> [N,1,H,W]
        RegisterComponents();
    }

    /// <summary>Whether a parameter exists for the published checkpoints' sake only.</summary>
    /// <param name="name">A name out of <c>named_parameters()</c>.</param>
    public static bool IsUnused(string name) =>
        name.StartsWith("path4.resConfUnit1.", StringComparison.Ordinal)
        || name.StartsWith("resnet.layer3_2.", StringComparison.Ordinal)
        || name.StartsWith("resnet.layer4_2.", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override AvsBenchOutput forward(Tensor images, Tensor audio, int framesPerClip)
    {
        using var scope = NewDisposeScope();
        var levels = (resnet ?? encoder_backbone)!.call(images); // 4 x [N,Cᵢ,H/2^(i+2),W/2^(i+2)]
        AvsBenchTpavi.Result[] fused =
        [
            tpavi_b1.call(conv1.call(levels[0]), audio, framesPerClip),
            tpavi_b2.call(conv2.call(levels[1]), audio, framesPerClip),
            tpavi_b3.call(conv3.call(levels[2]), audio, framesPerClip),
            tpavi_b4.call(conv4.call(levels[3]), audio, framesPerClip),
        ]; // 4 x [N,C,h,w]
        Tensor[] maps = [.. fused.Select(f => F.relu(f.Visual))];

        var u = path4.call(maps[3], null); // [N,C,H/32,W/32] -> [N,C,H/16,W/16]
        u = path3.call(u, maps[2]); // -> [N,C,H/8,W/8]
        u = path2.call(u, maps[1]); // -> [N,C,H/4,W/4]
        u = path1.call(u, maps[0]); // -> [N,C,H/2,W/2]
        var logits = output_conv.call(u); // -> [N,1,H,W]
        return new AvsBenchOutput(
            logits.MoveToOuterDisposeScope(),
            [.. maps.Select(map => map.MoveToOuterDisposeScope())],
            [.. fused.Select(f => f.Audio!.MoveToOuterDisposeScope())]);
    }

    /// <summary>The sum of four dilated 3x3 convolutions.</summary>
    private sealed class DilatedHead : nn.Module<Tensor, Tensor>
    {
        private readonly ModuleList<Conv2d> conv2d_list;

        public DilatedHead(long input, long channels) : base(nameof(DilatedHead))
        {
            conv2d_list = new ModuleList<Conv2d>(
                [.. new long[] { 3, 6, 12, 18 }.Select(d => nn.Conv2d(input, channels, 3, padding: d, dilation: d))]);
            foreach (var conv in conv2d_list)
                nn.init.normal_(conv.weight, 0, 0.01);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var sum = conv2d_list[0].call(x);
            foreach (var conv in conv2d_list.Skip(1))
                sum = sum + conv.call(x);
            return sum.MoveToOuterDisposeScope(); // [N,C,h,w]
        }
    }

    /// <summary>u + R(skip), refined and enlarged twice.</summary>
    private sealed class FusionPath : nn.Module<Tensor, Tensor?, Tensor>
    {
        private readonly ResidualUnit resConfUnit1, resConfUnit2;

        public FusionPath(long channels) : base(nameof(FusionPath))
        {
            resConfUnit1 = new ResidualUnit(channels);
            resConfUnit2 = new ResidualUnit(channels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor below, Tensor? skip)
        {
            using var scope = NewDisposeScope();
            var u = skip is null ? below : below + resConfUnit1.call(skip);
            return Enlargement.Twice(resConfUnit2.call(u), true).MoveToOuterDisposeScope();
        }
    }

    /// <summary>r + conv ReLU conv r with r = ReLU(x).</summary>
    private sealed class ResidualUnit : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1, conv2;

        public ResidualUnit(long channels) : base(nameof(ResidualUnit))
        {
            conv1 = nn.Conv2d(channels, channels, 3, padding: 1);
            conv2 = nn.Conv2d(channels, channels, 3, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var r = F.relu(x);
            return (conv2.call(F.relu(conv1.call(r), true)) + r).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Bilinear enlargement to twice the size.</summary>
    private sealed class Enlargement(bool alignCorners) : nn.Module<Tensor, Tensor>(nameof(Enlargement))
    {
        public static Tensor Twice(Tensor x, bool alignCorners) =>
            F.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: alignCorners);

        public override Tensor forward(Tensor x) => Twice(x, alignCorners);
    }
}
