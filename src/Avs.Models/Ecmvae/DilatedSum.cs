using Avs.Models.Blocks;
using Avs.Models.Memory;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Ecmvae;

/// <summary>Σ_d conv3x3(dilation d), without bias, norm or activation; entries <c>conv2d_list</c>.</summary>
internal sealed class DilatedSum : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<BareConv> conv2d_list;

    public DilatedSum(long input, long output, params long[] dilations) : base(nameof(DilatedSum))
    {
        conv2d_list = new ModuleList<BareConv>([.. dilations.Select(d => new BareConv(input, output, 3, d))]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var sum = conv2d_list[0].call(x);
        foreach (var conv in conv2d_list.Skip(1))
            sum = sum + conv.call(x);
        return sum.MoveToOuterDisposeScope();
    }
}
