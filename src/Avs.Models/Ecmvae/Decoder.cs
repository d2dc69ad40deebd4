using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The decoder "simple_no_module" of ECMVAE, after R. Ranftl et al., "Vision Transformers for Dense Prediction" (ICCV 2021):
// coarse to fine, each level is refined, added to what came from below, refined again and doubled in size.
//
//   u₄ = ↑ R(f₄),   uᵢ = ↑ R( uᵢ₊₁ + R'(fᵢ) ),   logits = head(u₁)        ↑: every pixel repeated 2x2
//   R(x) = x + ReLU BN conv ReLU BN conv x
//
// Block 1 has no skip to refine: its resConfUnit1 is in the published checkpoints and does nothing.

namespace Avs.Models.Ecmvae;

/// <summary>Four fused levels [N,C,h,w] at strides 4 … 32 in, mask logits [N,1,H,W] out.</summary>
public sealed class Decoder : nn.Module<IReadOnlyList<Tensor>, Tensor>
{
    private readonly FusionBlock fusion_block_1, fusion_block_2, fusion_block_3, fusion_block_4;
    private readonly Head head_up_2;

    /// <summary>Creates the decoder.</summary>
    /// <param name="channels">C, a multiple of 4. The paper: 128.</param>
    public Decoder(long channels) : base(nameof(Decoder))
    {
        fusion_block_1 = new FusionBlock(channels);
        fusion_block_2 = new FusionBlock(channels);
        fusion_block_3 = new FusionBlock(channels);
        fusion_block_4 = new FusionBlock(channels);
        head_up_2 = new Head(channels);
        RegisterComponents();
    }

    /// <summary>Prefix of the entries that exist for the checkpoints' sake only.</summary>
    public const string UnusedPrefix = "fusion_block_1.resConfUnit1.";

    /// <inheritdoc/>
    public override Tensor forward(IReadOnlyList<Tensor> levels)
    {
        using var scope = NewDisposeScope();
        var u = fusion_block_1.call(levels[3], null); // [N,C,H/32,W/32]
        u = fusion_block_2.call(Twice(u), levels[2]); // -> [N,C,H/16,W/16]
        u = fusion_block_3.call(Twice(u), levels[1]); // -> [N,C,H/8,W/8]
        u = fusion_block_4.call(Twice(u), levels[0]); // -> [N,C,H/4,W/4]: the head's first convolution doubles it
        return head_up_2.call(u).MoveToOuterDisposeScope(); // -> [N,1,H,W]
    }

    private static Tensor Twice(Tensor x) => F.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest);

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
        private readonly ConvNorm ConvBNReLU1, ConvBNReLU2;

        public ResidualUnit(long channels) : base(nameof(ResidualUnit))
        {
            ConvBNReLU1 = new ConvNorm(channels, channels, 3);
            ConvBNReLU2 = new ConvNorm(channels, channels, 3);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var y = F.relu(ConvBNReLU1.call(x), true);
            y = F.relu(ConvBNReLU2.call(y), true);
            return (x + y).MoveToOuterDisposeScope();
        }
    }

    private sealed class Head : nn.Module<Tensor, Tensor>
    {
        private readonly Sequential output_conv;

        public Head(long channels) : base(nameof(Head))
        {
            output_conv = nn.Sequential(
                nn.Conv2d(channels, channels / 2, 3, padding: 1), // after ↑
                nn.Identity(), // ↑ in the published model; here a part of the next convolution
                nn.Conv2d(channels / 2, channels / 4, 3, padding: 1),
                nn.ReLU(),
                nn.Conv2d(channels / 4, 1, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var y = DoubledConvolution.OfEnlarged((Conv2d)output_conv[0], x); // [N,C,H/4,W/4] -> [N,C/2,H/2,W/2]
            y = DoubledConvolution.OfEnlarged((Conv2d)output_conv[2], y); // -> [N,C/4,H,W]
            return output_conv[4].call(F.relu(y, true)).MoveToOuterDisposeScope(); // -> [N,1,H,W]
        }
    }
}
