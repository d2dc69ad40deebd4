using Avs.Models.Backbones;
using Avs.Models.Blocks;
using Avs.Models.Memory;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// The neck of ECMVAE brings the four levels of a backbone to one width C. There is no activation in it.
//   basic: conv1x1+BN, conv3x3+BN, conv3x3+BN          aspp: Σ_d conv3x3(dilation d), d in {3, 6, 12, 18}, no norm

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
        Tensor[] reduced = [.. levels.Select((level, i) => conv_list[i].call(level.contiguous()))]; // [N,Cᵢ,h,w] -> [N,C,h,w]
        return [.. reduced.Select(level => level.MoveToOuterDisposeScope())];
    }

    private static nn.Module<Tensor, Tensor> Level(NeckKind kind, long input, long channels) => kind switch
    {
        NeckKind.Basic => new BasicReduction(input, channels),
        NeckKind.Aspp => new DilatedSum(input, channels, 3, 6, 12, 18),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private sealed class BasicReduction : nn.Module<Tensor, Tensor>
    {
        private readonly Sequential reduce;
        private readonly NormalisedConvolution[] row;

        public BasicReduction(long input, long channels) : base(nameof(BasicReduction))
        {
            ConvNorm[] parts = [new(input, channels, 1), new(channels, channels, 3), new(channels, channels, 3)];
            reduce = nn.Sequential(parts);
            row = [.. parts.Select(part => part.Both)];
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            if (!row[0].Learns)
                return reduce.call(x).MoveToOuterDisposeScope();
            var z = row[0].Convolve(x);
            for (var i = 1; i < row.Length; i++)
                z = row[i - 1].NormaliseInto(row[i], z, y => y);
            return row[^1].Normalise(z).MoveToOuterDisposeScope();
        }
    }
}
