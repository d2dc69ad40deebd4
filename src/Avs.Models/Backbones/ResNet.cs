using Avs.Models.Memory;
using TorchSharp.Modules;
using static TorchSharp.torch;

// ResNet: K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, table 1, in torchvision's layout and
// names (conv1, bn1, layer1 … layer4), without the classifier.
//
//   7x7/2 convolution, 3x3/2 maximum pooling, then four stages of blocks; the first block of stages 2 to 4 halves the picture.

namespace Avs.Models.Backbones;

/// <summary>ResNet-18, -34, -50 and -101 as feature extractors.</summary>
public sealed class ResNet : VisualBackbone
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly ReLU relu;
    private readonly ChannelsLastMaxPool2d maxpool;
    private readonly Sequential layer1, layer2, layer3, layer4;

    private ResNet(bool bottleneck, int[] depths) : base(nameof(ResNet))
    {
        var expansion = bottleneck ? Bottleneck.Expansion : 1;
        Channels = [64 * expansion, 128 * expansion, 256 * expansion, 512 * expansion];
        conv1 = nn.Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false);
        bn1 = nn.BatchNorm2d(64);
        relu = nn.ReLU(inplace: true);
        maxpool = new ChannelsLastMaxPool2d(3, stride: 2, padding: 1);
        layer1 = ResNetStage.Create(bottleneck, 64, 64, depths[0], 1);
        layer2 = ResNetStage.Create(bottleneck, Channels[0], 128, depths[1], 2);
        layer3 = ResNetStage.Create(bottleneck, Channels[1], 256, depths[2], 2);
        layer4 = ResNetStage.Create(bottleneck, Channels[2], 512, depths[3], 2);
        RegisterComponents();
        ResNetStage.Initialise(this);
    }

    /// <summary>Creates the network with fresh weights.</summary>
    /// <param name="layers">18 or 34, of basic blocks; 50 or 101, of bottlenecks.</param>
    public static ResNet Create(int layers) => layers switch
    {
        18 => new ResNet(false, [2, 2, 2, 2]),
        34 => new ResNet(false, [3, 4, 6, 3]),
        50 => new ResNet(true, [3, 4, 6, 3]),
        101 => new ResNet(true, [3, 4, 23, 3]),
        _ => throw new ArgumentException($"there is no ResNet of {layers} layers here; known are 18, 34, 50, 101", nameof(layers)),
    };

    /// <summary>
    /// Creates the "ResNet-18" of ML.NET, which has a third block in its last stage: 20 layers with weights, its classifier counted.
    /// </summary>
    public static ResNet CreateMlNet() => new(false, [2, 2, 2, 3]);

    /// <inheritdoc/>
    public override IReadOnlyList<long> Channels { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var x = Layers.Recompute(images, conv1, bn1, relu, maxpool); // [N,3,H,W] -> [N,64,H/4,W/4]
        var c2 = layer1.call(x); // [N,C₁,H/4,W/4]
        var c3 = layer2.call(c2); // [N,C₂,H/8,W/8]
        var c4 = layer3.call(c3); // [N,C₃,H/16,W/16]
        var c5 = layer4.call(c4); // [N,C₄,H/32,W/32]
        return [c2.MoveToOuterDisposeScope(), c3.MoveToOuterDisposeScope(), c4.MoveToOuterDisposeScope(), c5.MoveToOuterDisposeScope()];
    }
}

internal static class ResNetStage
{
    /// <summary>A row of blocks; the first changes width and size.</summary>
    public static Sequential Create(bool bottleneck, long input, long inner, int depth, long stride)
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
