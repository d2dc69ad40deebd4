using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// A 3x3 convolution with dilation d on a map of h x w: its tap (i, j) reaches only the (h − |i|d)(w − |j|d) places whose neighbour lies
// inside the map, and where d ≥ h the outer rows of taps see nothing but padding. A convolution routine multiplies those zeros all the
// same. Taken tap by tap, each a 1x1 convolution of a part of the map added to a part of the result, they cost nothing, and the middle taps
// of several convolutions are one.

namespace Avs.Models.Memory;

/// <summary>Σ conv(x) of dilated 3x3 convolutions of one map, with stride 1 and padding = dilation; entries <c>conv2d_list</c>.</summary>
internal sealed class DilatedConvSum : nn.Module<Tensor, Tensor>
{
    // Tap by tap pays where so much of the work falls away and there are channels enough to keep a 1x1 convolution busy
    // (measured, see docs/performance.md).
    private const double LargestShare = 0.6;
    private const long FewestChannels = 128;

    private readonly ModuleList<nn.Module<Tensor, Tensor>> conv2d_list;

    /// <param name="convolutions">All from C to Co channels, with biases or all without; a Sequential of one counts as that one.</param>
    public DilatedConvSum(IEnumerable<nn.Module<Tensor, Tensor>> convolutions) : base(nameof(DilatedConvSum))
    {
        conv2d_list = new ModuleList<nn.Module<Tensor, Tensor>>([.. convolutions]);
        RegisterComponents();
    }

    /// <summary>[N,C,h,w] -> [N,Co,h,w].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        Conv2d[] convolutions = [.. Layers.Flat(conv2d_list).Cast<Conv2d>()];
        var byTaps = convolutions.Where(conv => x.shape[1] >= FewestChannels && Share(conv, x) < LargestShare).ToArray();
        Tensor? sum = null;
        foreach (var conv in convolutions.Except(byTaps))
            sum = sum is null ? conv.call(x) : sum.add_(conv.call(x));
        if (byTaps.Length > 0)
        {
            var taps = byTaps.Select(Taps).ToArray();
            var middle = F.conv2d(x, Sum(taps.Select(tap => tap[4]))!, Sum(byTaps.Select(conv => conv.bias)));
            sum = sum is null ? middle : sum.add_(middle);
            for (var i = 0; i < byTaps.Length; i++)
                AddOuterTaps(sum, x, taps[i], byTaps[i].dilation[0]);
        }

        return sum!.MoveToOuterDisposeScope();
    }

    /// <summary>How much of a convolution's work on a map is not multiplication by padding.</summary>
    public static double Share(Conv2d convolution, Tensor x)
    {
        double Along(long length) => (1 + 2 * Math.Max(0.0, length - convolution.dilation[0]) / length) / 3;
        return Along(x.shape[2]) * Along(x.shape[3]);
    }

    // The nine 1x1 kernels [Co,C,1,1] of a 3x3 kernel, row by row.
    private static Tensor[] Taps(Conv2d convolution)
    {
        var weight = convolution.weight; // [Co,C,3,3]
        return weight.permute(2, 3, 0, 1).reshape(9, weight.shape[0], weight.shape[1], 1, 1).unbind(0);
    }

    private static void AddOuterTaps(Tensor sum, Tensor x, Tensor[] taps, long dilation)
    {
        for (var tap = 0; tap < 9; tap++)
        {
            long down = (tap / 3 - 1) * dilation, right = (tap % 3 - 1) * dilation;
            long height = x.shape[2] - Math.Abs(down), width = x.shape[3] - Math.Abs(right);
            if (tap == 4 || height <= 0 || width <= 0)
                continue;
            var seen = x.narrow(2, Math.Max(down, 0), height).narrow(3, Math.Max(right, 0), width);
            sum.narrow(2, Math.Max(-down, 0), height).narrow(3, Math.Max(-right, 0), width).add_(F.conv2d(seen, taps[tap]));
        }
    }

    // biases: all or none
    private static Tensor? Sum(IEnumerable<Tensor?> terms) => terms.Aggregate((a, b) => a is null || b is null ? null : a + b);
}
