using Avs.Models.Memory;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The two blocks of K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, figure 5, with torchvision's names:
// y = ReLU( F(x) + shortcut(x) ), the shortcut a 1x1 convolution where the shape changes.

namespace Avs.Models.Backbones;

/// <summary>Two 3x3 convolutions: ResNet-18/34 and the small backbone.</summary>
internal sealed class BasicBlock : nn.Module<Tensor, Tensor>, INormalisedConvolutions
{
    private readonly Conv2d conv1, conv2;
    private readonly BatchNorm2d bn1, bn2;
    private readonly Sequential? downsample;
    private readonly NormalisedConvolution first, second;
    private readonly NormalisedConvolution? shortcut;

    public BasicBlock(long input, long output, long stride) : base(nameof(BasicBlock))
    {
        conv1 = nn.Conv2d(input, output, 3, stride: stride, padding: 1, bias: false);
        bn1 = nn.BatchNorm2d(output);
        conv2 = nn.Conv2d(output, output, 3, padding: 1, bias: false);
        bn2 = nn.BatchNorm2d(output);
        downsample = Shortcut.For(input, output, stride);
        (first, second) = (new(conv1, bn1, stride, 1), new(conv2, bn2, 1, 1));
        shortcut = Shortcut.Pair(downsample, stride);
        RegisterComponents();
    }

    public IEnumerable<NormalisedConvolution> Convolutions => shortcut is null ? [first, second] : [first, second, shortcut];

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = F.relu(first.Run(x), true);
        y = second.Run(y).add_(shortcut?.Run(x) ?? x);
        return F.relu(y, true).MoveToOuterDisposeScope();
    }
}

/// <summary>1x1, 3x3, 1x1 convolutions, four times wider at the end; the stride is in the 3x3 (torchvision's choice, "v1.5").</summary>
internal sealed class Bottleneck : nn.Module<Tensor, Tensor>, INormalisedConvolutions
{
    /// <summary>Output channels over inner channels.</summary>
    public const long Expansion = 4;

    private readonly Conv2d conv1, conv2, conv3;
    private readonly BatchNorm2d bn1, bn2, bn3;
    private readonly Sequential? downsample;
    private readonly NormalisedConvolution first, second, third;
    private readonly NormalisedConvolution? shortcut;

    public Bottleneck(long input, long inner, long stride) : base(nameof(Bottleneck))
    {
        var output = inner * Expansion;
        conv1 = nn.Conv2d(input, inner, 1, bias: false);
        bn1 = nn.BatchNorm2d(inner);
        conv2 = nn.Conv2d(inner, inner, 3, stride: stride, padding: 1, bias: false);
        bn2 = nn.BatchNorm2d(inner);
        conv3 = nn.Conv2d(inner, output, 1, bias: false);
        bn3 = nn.BatchNorm2d(output);
        downsample = Shortcut.For(input, output, stride);
        (first, second, third) = (new(conv1, bn1), new(conv2, bn2, stride, 1), new(conv3, bn3));
        shortcut = Shortcut.Pair(downsample, stride);
        RegisterComponents();
    }

    public IEnumerable<NormalisedConvolution> Convolutions => shortcut is null ? [first, second, third] : [first, second, third, shortcut];

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        if (!first.LearnsFromMany(x))
            return End(second.Run(F.relu(first.Run(x), true)), x).MoveToOuterDisposeScope();

        // Training remembers x and what the 3x3 convolution gives; the 1x1 convolutions cost little to run again.
        var z = first.RunInto(second, x, y => F.relu(y, true));
        return Recomputed.Of(
            inputs => End(second.Normalise(inputs[0]), inputs[1]), [second.Norm, .. third.Modules, .. shortcut?.Modules ?? []], z, x)
            .MoveToOuterDisposeScope();
    }

    // From the second norm on.
    private Tensor End(Tensor y, Tensor x)
    {
        y = third.Run(F.relu(y, true)).add_(shortcut?.Run(x) ?? x);
        return F.relu(y, true);
    }
}

internal static class Shortcut
{
    /// <summary>The 1x1 convolution that brings x to the new shape, or null where the shape stays.</summary>
    public static Sequential? For(long input, long output, long stride) => stride == 1 && input == output
        ? null
        : nn.Sequential(nn.Conv2d(input, output, 1, stride: stride, bias: false), nn.BatchNorm2d(output));

    public static NormalisedConvolution? Pair(Sequential? shortcut, long stride) =>
        shortcut is null ? null : new NormalisedConvolution((Conv2d)shortcut[0], (BatchNorm2d)shortcut[1], stride);
}
