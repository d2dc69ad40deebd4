using Avs.Models.Memory;
using TorchSharp.Modules;
using static TorchSharp.torch;

// The two blocks of K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, figure 5, with torchvision's names:
//
//   y = ReLU( F(x) + shortcut(x) )        the shortcut a 1x1 convolution where the shape changes, x itself elsewhere
//
// F(x) in a BasicBlock: BN conv3x3 ReLU BN conv3x3 x;  in a Bottleneck: BN conv1x1 ReLU BN conv3x3 ReLU BN conv1x1 x.

namespace Avs.Models.Backbones;

/// <summary>Two 3x3 convolutions: ResNet-18/34 and the small backbone.</summary>
internal sealed class BasicBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1, conv2;
    private readonly BatchNorm2d bn1, bn2;
    private readonly ReLU relu;
    private readonly Sequential? downsample;

    public BasicBlock(long input, long output, long stride) : base(nameof(BasicBlock))
    {
        conv1 = nn.Conv2d(input, output, 3, stride: stride, padding: 1, bias: false);
        bn1 = nn.BatchNorm2d(output);
        conv2 = nn.Conv2d(output, output, 3, padding: 1, bias: false);
        bn2 = nn.BatchNorm2d(output);
        relu = nn.ReLU(inplace: true);
        downsample = Shortcut.Create(input, output, stride);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = Layers.Run(x, conv1, bn1, relu, conv2, bn2); // [N,C,h,w] -> [N,Co,h/stride,w/stride]
        var shortcut = downsample is null ? x : Layers.Run(x, downsample);
        return relu.call(y.add_(shortcut)).MoveToOuterDisposeScope();
    }
}

/// <summary>1x1, 3x3, 1x1 convolutions, four times wider at the end; the stride is in the 3x3 (torchvision's choice, "v1.5").</summary>
internal sealed class Bottleneck : nn.Module<Tensor, Tensor>
{
    /// <summary>Output channels over inner channels.</summary>
    public const long Expansion = 4;

    private readonly Conv2d conv1, conv2, conv3;
    private readonly BatchNorm2d bn1, bn2, bn3;
    private readonly ReLU relu;
    private readonly Sequential? downsample;

    public Bottleneck(long input, long inner, long stride) : base(nameof(Bottleneck))
    {
        var output = inner * Expansion;
        conv1 = nn.Conv2d(input, inner, 1, bias: false);
        bn1 = nn.BatchNorm2d(inner);
        conv2 = nn.Conv2d(inner, inner, 3, stride: stride, padding: 1, bias: false);
        bn2 = nn.BatchNorm2d(inner);
        conv3 = nn.Conv2d(inner, output, 1, bias: false);
        bn3 = nn.BatchNorm2d(output);
        relu = nn.ReLU(inplace: true);
        downsample = Shortcut.Create(input, output, stride);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = Layers.Recompute(x, conv1, bn1, relu, conv2, bn2, relu, conv3, bn3); // [N,C,h,w] -> [N,4c,h/stride,w/stride]
        var shortcut = downsample is null ? x : Layers.Recompute(x, downsample);
        return relu.call(y.add_(shortcut)).MoveToOuterDisposeScope();
    }
}

internal static class Shortcut
{
    /// <summary>The 1x1 convolution and BatchNorm that bring x to the new shape, or null where the shape stays.</summary>
    public static Sequential? Create(long input, long output, long stride) => stride == 1 && input == output
        ? null
        : nn.Sequential(nn.Conv2d(input, output, 1, stride: stride, bias: false), nn.BatchNorm2d(output));
}
