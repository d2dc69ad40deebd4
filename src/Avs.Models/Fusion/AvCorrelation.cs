using Avs.Models.Blocks;
using Avs.Models.Segmentation;
using TorchSharp.Modules;
using static TorchSharp.torch;

// The "av_corr" fusion of the ECMVAE release, an alternative to TPAVI that its published checkpoints do not use:
//
//   v̂, â = L2-normalised over channels
//   gate = σ( conv1x1( conv3x3( conv1x1(v̂ ∘ â) ) ) )        C -> C/4 -> C/4 -> C, no bias, no activation between
//   out  = v̂ ∘ (1 + gate)

namespace Avs.Models.Fusion;

/// <summary>A gate on the normalised visual features, computed from their element-wise product with the sound.</summary>
public sealed class AvCorrelation : AudioVisualFusion
{
    private readonly Sequential conv1, conv2, conv3;

    /// <summary>Creates the block.</summary>
    /// <param name="channels">C of the visual features and of the audio vectors, a multiple of 4. The paper's width: 128.</param>
    public AvCorrelation(long channels) : base(nameof(AvCorrelation))
    {
        conv1 = Conv.Bare(channels, channels / 4, 1);
        conv2 = Conv.Bare(channels / 4, channels / 4, 3);
        conv3 = Conv.Bare(channels / 4, channels, 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override FusedFeatures forward(Tensor visual, Tensor audio, ClipFrames framesPerClip)
    {
        using var scope = NewDisposeScope();
        var v = Normalise(visual); // [N,C,h,w]
        var a = Normalise(audio); // [N,C]
        var gate = conv3.call(conv2.call(conv1.call(v * a.unsqueeze(-1).unsqueeze(-1)))).sigmoid(); // [N,C,h,w]
        return new FusedFeatures((v + v * gate).MoveToOuterDisposeScope(), a.MoveToOuterDisposeScope());
    }
}
