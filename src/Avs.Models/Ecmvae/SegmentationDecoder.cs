using static TorchSharp.torch;

namespace Avs.Models.Ecmvae;

/// <summary>Which network draws the mask.</summary>
public enum DecoderKind
{
    /// <summary>Residual fusion blocks, coarse to fine (the paper's default).</summary>
    SimpleNoModule,

    /// <summary>The same arithmetic; its blocks are entries of one list in the state dict.</summary>
    Simple,

    /// <summary>Residual channel-attention blocks and a dilated head at a quarter of the size.</summary>
    Rcab,
}

/// <summary>Four fused levels [N,C,h,w] at strides 4 … 32 in, logits [N,K,H,W] out: of a mask (K = 1) or of classes.</summary>
public abstract class SegmentationDecoder(string name) : nn.Module<IReadOnlyList<Tensor>, Tensor>(name)
{
    /// <summary>Creates the named decoder with fresh weights.</summary>
    /// <param name="kind">Which one.</param>
    /// <param name="channels">C, a multiple of 4. The paper: 128.</param>
    /// <param name="classes">K. The paper: 1.</param>
    public static SegmentationDecoder Create(DecoderKind kind, long channels, long classes = 1) => kind switch
    {
        DecoderKind.SimpleNoModule => new Decoder(channels, classes: classes),
        DecoderKind.Simple => new Decoder(channels, asList: true, classes),
        DecoderKind.Rcab => new RcabDecoder(channels, classes),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Whether a parameter exists for the published checkpoints' sake only.</summary>
    /// <param name="name">A name out of <c>named_parameters()</c>.</param>
    public virtual bool IsUnused(string name) => false;
}
