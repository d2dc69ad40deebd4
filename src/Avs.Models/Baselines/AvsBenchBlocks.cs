using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The convolutional parts of the AVSBench baseline, with the authors' entry names.

namespace Avs.Models.Baselines;

/// <summary>The sum of four dilated 3x3 convolutions, N(0, 0.01²) at the start.</summary>
internal sealed class DilatedHead : nn.Module<Tensor, Tensor>
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

    public override Tensor forward(Tensor x) => DilatedSum.Of([.. conv2d_list], x); // [N,C,h,w]
}

/// <summary>R₂(u + R₁(skip)), enlarged twice. Inputs: the map from below [N,C,h,w] and the level's own, or null at the coarsest.</summary>
internal sealed class FusionPath : nn.Module<Tensor, Tensor?, Tensor>
{
    /// <summary>The entries that take no part where there is no skip.</summary>
    public const string UnusedWithoutSkip = "resConfUnit1.";

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
        return Enlargement.Twice(resConfUnit2.call(u), true).MoveToOuterDisposeScope(); // [N,C,2h,2w]
    }
}

/// <summary>r + conv ReLU conv r with r = ReLU(x).</summary>
internal sealed class ResidualUnit : nn.Module<Tensor, Tensor>
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
internal sealed class Enlargement(bool alignCorners) : nn.Module<Tensor, Tensor>(nameof(Enlargement))
{
    public static Tensor Twice(Tensor x, bool alignCorners) =>
        F.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: alignCorners);

    public override Tensor forward(Tensor x) => Twice(x, alignCorners);
}
