using Avs.Models.Blocks;
using Avs.Models.Memory;
using TorchSharp.Modules;
using static TorchSharp.torch;

// The decoders "simple_no_module" and "simple" of ECMVAE (one arithmetic, two sets of names), after R. Ranftl et al., "Vision Transformers
// for Dense Prediction" (ICCV 2021): coarse to fine, each level is refined, added to what came from below, refined again and doubled in
// size.
//
//   u₄ = ↑ R(f₄),   uᵢ = ↑ R( uᵢ₊₁ + R'(fᵢ) ),   logits = head(u₁)        ↑: every pixel repeated 2x2
//   R(x) = x + ReLU BN conv ReLU BN conv x
//   head = conv1x1 ReLU conv3x3 ↑ conv3x3
//
// Block 1 has no skip to refine: its resConfUnit1 is in the published checkpoints and does nothing.

namespace Avs.Models.Ecmvae;

/// <summary>Residual fusion blocks, coarse to fine.</summary>
public sealed class Decoder : SegmentationDecoder
{
    private const string List = "short_connect_with_decode_module";

    private readonly FusionBlock[] blocks;
    private readonly string unused;
    private readonly NearestUpsample up;
    private readonly Head head_up_2;

    /// <summary>Creates the decoder.</summary>
    /// <param name="channels">C, a multiple of 4. The paper: 128.</param>
    /// <param name="asList">Whether the blocks go by the names of the release's "simple" decoder, which keeps them in a list.</param>
    /// <param name="classes">K. The paper: 1.</param>
    public Decoder(long channels, bool asList = false, long classes = 1) : base(nameof(Decoder))
    {
        blocks = [.. Enumerable.Range(0, 4).Select(_ => new FusionBlock(channels))];
        if (asList)
            register_module(List, new ModuleList<FusionBlock>(blocks));
        else
            for (var i = 0; i < 4; i++)
                register_module($"fusion_block_{i + 1}", blocks[i]);
        unused = (asList ? List + ".0" : "fusion_block_1") + ".resConfUnit1.";
        up = new NearestUpsample();
        head_up_2 = new Head(channels, classes);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override bool IsUnused(string name) => name.StartsWith(unused, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override Tensor forward(IReadOnlyList<Tensor> levels)
    {
        using var scope = NewDisposeScope();
        var u = blocks[0].call(levels[3], null); // [N,C,H/32,W/32]
        u = blocks[1].call(up.call(u), levels[2]); // -> [N,C,H/16,W/16]
        u = blocks[2].call(up.call(u), levels[1]); // -> [N,C,H/8,W/8]
        u = blocks[3].call(up.call(u), levels[0]); // -> [N,C,H/4,W/4]
        return head_up_2.call(u).MoveToOuterDisposeScope(); // -> [N,K,H,W]
    }

    private sealed class FusionBlock : nn.Module<Tensor, Tensor?, Tensor>
    {
        private readonly ResidualUnit resConfUnit1, resConfUnit2;

        public FusionBlock(long channels) : base(nameof(FusionBlock))
        {
            resConfUnit1 = new ResidualUnit(channels);
            resConfUnit2 = new ResidualUnit(channels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor below, Tensor? skip)
        {
            using var scope = NewDisposeScope();
            var u = skip is null ? below : below + resConfUnit1.call(skip);
            return resConfUnit2.call(u).MoveToOuterDisposeScope();
        }
    }

    private sealed class ResidualUnit : nn.Module<Tensor, Tensor>
    {
        private readonly Sequential ConvBNReLU1, ConvBNReLU2;

        public ResidualUnit(long channels) : base(nameof(ResidualUnit))
        {
            ConvBNReLU1 = Conv.WithNormAndReLU(channels, channels, 3);
            ConvBNReLU2 = Conv.WithNormAndReLU(channels, channels, 3);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            return (x + Layers.Recompute(x, ConvBNReLU1, ConvBNReLU2)).MoveToOuterDisposeScope();
        }
    }

    // Enlarges what it is given, as the release's last block does, and then once more.
    private sealed class Head : nn.Module<Tensor, Tensor>
    {
        private readonly NearestUpsample up;
        private readonly Sequential output_conv;

        public Head(long channels, long classes) : base(nameof(Head))
        {
            up = new NearestUpsample();
            output_conv = nn.Sequential(
                nn.Conv2d(channels, channels / 2, 3, padding: 1),
                new NearestUpsample(),
                nn.Conv2d(channels / 2, channels / 4, 3, padding: 1),
                nn.ReLU(inplace: true),
                nn.Conv2d(channels / 4, classes, 1));
            RegisterComponents();
        }

        // [N,C,H/4,W/4] -> [N,C/2,H/2,W/2] -> [N,C/4,H,W] -> [N,K,H,W]
        public override Tensor forward(Tensor x) => UpsampleConv.Run(x, up, output_conv);
    }
}
