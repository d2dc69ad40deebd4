using Avs.Models.Blocks;
using Avs.Models.Memory;
using TorchSharp.Modules;
using static TorchSharp.torch;

// The decoder "rcab" of the ECMVAE release: residual channel-attention blocks (Y. Zhang et al., "Image Super-Resolution Using Very Deep
// Residual Channel Attention Networks", ECCV 2018) between concatenations, coarse to fine, and a dilated head at a quarter of the picture's
// size.
//
//   u₄ = r₂ A₁(f₄),   u₃ = r₃ A₂[f₃ ; ↑u₄],   u₂ = r₄ A₃[f₂ ; ↑u₃],   logits = ↑↑ head A₄[f₁ ; ↑u₂]
//   A(x) = x + a(y)·y,  y = conv ReLU conv x,  a = σ conv1x1 ReLU conv1x1 mean(y)             ↑: bilinear, corners aligned
//
// The names of the entries, the misspelled ones too, are the authors'.

namespace Avs.Models.Ecmvae;

/// <summary>Channel attention, coarse to fine.</summary>
public sealed class RcabDecoder : SegmentationDecoder
{
    private readonly Sequential conv_reformat_2, conv_reformat_3, conv_reformat_4;
    private readonly AttentionBlock racb_1, racb_2, racb_3, racb_4;
    private readonly DilatedConvSum layer5;
    private readonly BilinearUpsample up, upFourTimes;

    /// <summary>Creates the decoder.</summary>
    /// <param name="channels">C. The paper: 128.</param>
    /// <param name="classes">K. The paper: 1.</param>
    public RcabDecoder(long channels, long classes = 1) : base(nameof(RcabDecoder))
    {
        conv_reformat_2 = Conv.WithNorm(channels, channels, 1);
        conv_reformat_3 = Conv.WithNorm(2 * channels, channels, 1);
        conv_reformat_4 = Conv.WithNorm(2 * channels, channels, 1);
        racb_1 = new AttentionBlock(channels);
        racb_2 = new AttentionBlock(2 * channels);
        racb_3 = new AttentionBlock(2 * channels);
        racb_4 = new AttentionBlock(2 * channels);
        layer5 = new DilatedConvSum(new long[] { 6, 12, 18, 24 }.Select(d => Conv.Bare(2 * channels, classes, 3, d)));
        up = new BilinearUpsample(2, alignCorners: true);
        upFourTimes = new BilinearUpsample(4, alignCorners: true);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(IReadOnlyList<Tensor> levels)
    {
        using var scope = NewDisposeScope();
        var u = Layers.Run(racb_1.call(levels[3]), conv_reformat_2); // [N,C,H/32,W/32]
        u = Layers.Run(racb_2.call(Joined(levels[2], u)), conv_reformat_3); // -> [N,C,H/16,W/16]
        u = Layers.Run(racb_3.call(Joined(levels[1], u)), conv_reformat_4); // -> [N,C,H/8,W/8]
        u = layer5.call(racb_4.call(Joined(levels[0], u))); // -> [N,K,H/4,W/4]
        return upFourTimes.call(u).MoveToOuterDisposeScope(); // -> [N,K,H,W]
    }

    // [N,C,2h,2w], [N,C,h,w] -> [N,2C,2h,2w]
    private Tensor Joined(Tensor level, Tensor below) => cat([level, up.call(below)], 1);

    private sealed class AttentionBlock : nn.Module<Tensor, Tensor>
    {
        private readonly Sequential body;

        public AttentionBlock(long channels) : base(nameof(AttentionBlock))
        {
            body = nn.Sequential(
                nn.Conv2d(channels, channels, 3, padding: 1), nn.ReLU(), nn.Conv2d(channels, channels, 3, padding: 1),
                    new Attention(channels));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            return (body.call(x) + x).MoveToOuterDisposeScope();
        }
    }

    /// <summary>a(y)·y.</summary>
    private sealed class Attention : nn.Module<Tensor, Tensor>
    {
        private const long Reduction = 16;

        private readonly Sequential conv_du;

        public Attention(long channels) : base(nameof(Attention))
        {
            var inner = Math.Max(1, channels / Reduction);
            conv_du = nn.Sequential(nn.Conv2d(channels, inner, 1), nn.ReLU(), nn.Conv2d(inner, channels, 1), nn.Sigmoid());
            RegisterComponents();
        }

        public override Tensor forward(Tensor y)
        {
            using var scope = NewDisposeScope();
            return (y * conv_du.call(y.mean([2, 3], keepdim: true))).MoveToOuterDisposeScope(); // [N,C,1,1] over [N,C,h,w]
        }
    }
}
