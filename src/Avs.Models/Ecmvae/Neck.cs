using Avs.Models.Backbones;
using Avs.Models.Blocks;
using Avs.Models.Memory;
using TorchSharp.Modules;
using static TorchSharp.torch;

// The neck of ECMVAE brings the four levels of a backbone to one width C. There is no activation in it.
//
//   basic   BN conv3x3 BN conv3x3 BN conv1x1 x
//   aspp    Σ_d conv3x3(dilation d) x, d in {3, 6, 12, 18}, no norm

namespace Avs.Models.Ecmvae;

/// <summary>Four levels in, four levels of C channels out, the sizes unchanged.</summary>
public sealed class Neck : nn.Module<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>
{
    private readonly ModuleList<nn.Module<Tensor, Tensor>> conv_list;

    /// <summary>Creates the neck.</summary>
    /// <param name="kind">Which of the two.</param>
    /// <param name="inputs">The channels of the levels (a backbone's <see cref="VisualBackbone.Channels"/>).</param>
    /// <param name="channels">C. The paper: 128.</param>
    public Neck(NeckKind kind, IReadOnlyList<long> inputs, long channels) : base(nameof(Neck))
    {
        conv_list = new ModuleList<nn.Module<Tensor, Tensor>>([.. inputs.Select(input => Level(kind, input, channels))]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> forward(IReadOnlyList<Tensor> levels)
    {
        using var scope = NewDisposeScope();
        // A transformer's levels are channels-last views; the 3x3 convolutions from here on are faster on whole planes.
        Tensor[] reduced = [.. levels.Select((level, i) => Layers.Recompute(level.contiguous(), conv_list[i]))]; // [N,Cᵢ,h,w] -> [N,C,h,w]
        return [.. reduced.Select(level => level.MoveToOuterDisposeScope())];
    }

    private static nn.Module<Tensor, Tensor> Level(NeckKind kind, long input, long channels) => kind switch
    {
        NeckKind.Basic => nn.Sequential(("reduce", nn.Sequential(
            Conv.WithNorm(input, channels, 1), Conv.WithNorm(channels, channels, 3), Conv.WithNorm(channels, channels, 3)))),
        NeckKind.Aspp => new DilatedConvSum(new long[] { 3, 6, 12, 18 }.Select(d => Conv.Bare(input, channels, 3, d))),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
