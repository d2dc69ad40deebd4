using Avs.Models.Memory;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// ResNet: K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, table 1, in torchvision's layout and names
// (conv1, bn1, layer1 … layer4), without the classifier.
//
//   7x7/2 convolution, 3x3/2 maximum pooling, then four stages of blocks; the first block of stages 2 to 4 halves the picture.

namespace Avs.Models.Backbones;

/// <summary>ResNet-18, -34, -50 and -101 as feature extractors.</summary>
public sealed class ResNet : VisualBackbone, INormalisedConvolutions
{
    private readonly ResNetStem stem;
    private readonly Sequential layer1, layer2, layer3, layer4;

    private ResNet(bool bottleneck, int[] depths) : base(nameof(ResNet))
    {
        long expansion = bottleneck ? Bottleneck.Expansion : 1;
        Channels = [64 * expansion, 128 * expansion, 256 * expansion, 512 * expansion];
        stem = new ResNetStem(this);
        layer1 = ResNetStage.Of(bottleneck, 64, 64, depths[0], 1);
        layer2 = ResNetStage.Of(bottleneck, Channels[0], 128, depths[1], 2);
        layer3 = ResNetStage.Of(bottleneck, Channels[1], 256, depths[2], 2);
        layer4 = ResNetStage.Of(bottleneck, Channels[2], 512, depths[3], 2);
        RegisterComponents();
        ResNetStage.Initialise(this);
    }

    /// <summary>18 layers: 2, 2, 2, 2 basic blocks.</summary>
    public static ResNet Of18() => new(false, [2, 2, 2, 2]);

    /// <summary>34 layers: 3, 4, 6, 3 basic blocks.</summary>
    public static ResNet Of34() => new(false, [3, 4, 6, 3]);

    /// <summary>50 layers: 3, 4, 6, 3 bottlenecks.</summary>
    public static ResNet Of50() => new(true, [3, 4, 6, 3]);

    /// <summary>101 layers: 3, 4, 23, 3 bottlenecks.</summary>
    public static ResNet Of101() => new(true, [3, 4, 23, 3]);

    /// <inheritdoc/>
    public override IReadOnlyList<long> Channels { get; }

    IEnumerable<NormalisedConvolution> INormalisedConvolutions.Convolutions => [stem.Convolution];

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var c2 = layer1.call(stem.Run(images)); // [N,C₁,H/4,W/4]
        var c3 = layer2.call(c2); // [N,C₂,H/8,W/8]
        var c4 = layer3.call(c3); // [N,C₃,H/16,W/16]
        var c5 = layer4.call(c4); // [N,C₄,H/32,W/32]
        return [c2.MoveToOuterDisposeScope(), c3.MoveToOuterDisposeScope(), c4.MoveToOuterDisposeScope(), c5.MoveToOuterDisposeScope()];
    }
}

/// <summary>7x7/2 convolution, BatchNorm, ReLU, 3x3/2 maximum pooling. Its layers are registered in the network that owns it.</summary>
internal sealed class ResNetStem
{
    public ResNetStem(nn.Module owner)
    {
        var conv = nn.Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false);
        var norm = nn.BatchNorm2d(64);
        Convolution = new NormalisedConvolution(conv, norm, 2, 3);
        owner.register_module("conv1", conv);
        owner.register_module("bn1", norm);
    }

    public NormalisedConvolution Convolution { get; }

    public Tensor Run(Tensor images)
    {
        // [N,3,H,W] -> [N,64,H/2,W/2] -> [N,64,H/4,W/4]. Of three channels the convolution costs little to run again.
        return Convolution.Learns
            ? Recomputed.Of(inputs => Pool(Convolution.Run(inputs[0])), Convolution.Modules, images)
            : Pool(Convolution.Run(images));
    }

    private static Tensor Pool(Tensor x)
    {
        // On a CPU this pooling is three times faster with the channels last in memory, the two copies included.
        x = F.relu(x, true).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        return F.max_pool2d(x, new long[] { 3, 3 }, new long[] { 2, 2 }, new long[] { 1, 1 }).contiguous();
    }
}

internal static class ResNetStage
{
    /// <summary>A row of blocks; the first changes width and size.</summary>
    public static Sequential Of(bool bottleneck, long input, long inner, int depth, long stride)
    {
        var output = bottleneck ? inner * Bottleneck.Expansion : inner;
        return nn.Sequential(Enumerable.Range(0, depth)
            .Select(i => Block(bottleneck, i == 0 ? input : output, inner, i == 0 ? stride : 1)).ToArray());
    }

    /// <summary>He initialisation of every convolution.</summary>
    public static void Initialise(nn.Module network)
    {
        foreach (var module in network.modules())
            if (module is Conv2d conv)
                nn.init.kaiming_normal_(conv.weight, mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU);
    }

    private static nn.Module<Tensor, Tensor> Block(bool bottleneck, long input, long inner, long stride) =>
        bottleneck ? new Bottleneck(input, inner, stride) : new BasicBlock(input, inner, stride);
}
