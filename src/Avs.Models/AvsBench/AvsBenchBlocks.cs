using Avs.Models.Blocks;
using Avs.Models.Memory;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The convolutional parts of the AVSBench baseline, with the authors' entry names.

namespace Avs.Models.AvsBench;

internal static class DilatedHead
{
    /// <summary>The sum of four dilated 3x3 convolutions, N(0, 0.01²) at the start; entries <c>conv2d_list</c>.</summary>
    public static DilatedConvSum Create(long input, long channels)
    {
        Conv2d[] convs = [.. new long[] { 3, 6, 12, 18 }.Select(d => nn.Conv2d(input, channels, 3, padding: d, dilation: d))];
        foreach (var conv in convs)
            nn.init.normal_(conv.weight, 0, 0.01);
        return new DilatedConvSum(convs);
    }
}

/// <summary>
/// R₂(ReLU(↑u + R₁(level))), to be enlarged by what comes next. Inputs: u [N,C,h/2,w/2] from below, or null at the coarsest, and the
/// level's own map, which a ReLU has been through.
/// </summary>
internal sealed class FusionPath : nn.Module<Tensor?, Tensor, Tensor>
{
    /// <summary>The entries that take no part where nothing comes from below.</summary>
    public const string UnusedWithoutBelow = "resConfUnit1.";

    private readonly ResidualUnit resConfUnit1, resConfUnit2;
    private readonly BilinearUpsample up;

    public FusionPath(long channels) : base(nameof(FusionPath))
    {
        up = new BilinearUpsample(2, alignCorners: true);
        resConfUnit1 = new ResidualUnit(channels);
        resConfUnit2 = new ResidualUnit(channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor? below, Tensor level)
    {
        using var scope = NewDisposeScope();
        var r = below is null ? level : F.relu(resConfUnit1.call(level).add_(up.call(below)), true);
        return resConfUnit2.call(r).MoveToOuterDisposeScope(); // [N,C,h,w]
    }
}

/// <summary>r + conv ReLU conv r, where r = ReLU(x) is what it is given.</summary>
internal sealed class ResidualUnit : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1, conv2;

    public ResidualUnit(long channels) : base(nameof(ResidualUnit))
    {
        conv1 = nn.Conv2d(channels, channels, 3, padding: 1);
        conv2 = nn.Conv2d(channels, channels, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor r)
    {
        using var scope = NewDisposeScope();
        return conv2.call(F.relu(conv1.call(r), true)).add_(r).MoveToOuterDisposeScope();
    }
}
