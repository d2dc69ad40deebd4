using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

namespace Avs.Models.Vae.Autoencoders;

/// <summary>What an autoencoder returns for N images: L codes of each, and what the decoder makes of them.</summary>
/// <param name="Code">z [L,N,K].</param>
/// <param name="Decoded">The decoder's output [L,N,C,H,W], what the likelihood turns into images.</param>
/// <param name="Posterior">q(z | x) [N,K]; null of a network whose code is no distribution.</param>
public sealed record AutoencoderOutput(Tensor Code, Tensor Decoded, DiagonalGaussian? Posterior)
{
    internal AutoencoderOutput MoveToOuterDisposeScope() =>
        new(Code.MoveToOuterDisposeScope(), Decoded.MoveToOuterDisposeScope(), Posterior?.MoveToOuterDisposeScope());
}

/// <summary>An autoencoder put together from an encoder, a head, a decoder and a likelihood: x -> q(z | x) -> z -> p(x | z).</summary>
public sealed class AutoencoderNetwork : nn.Module<Tensor, Generator, AutoencoderOutput>
{
    private readonly ImageEncoder encoder;
    private readonly LatentHead head;
    private readonly ImageDecoder decoder;
    private readonly Likelihood likelihood;
    private readonly int samples;

    /// <summary>Puts the parts together.</summary>
    /// <param name="encoder">[N,C,H,W] -> [N,F].</param>
    /// <param name="head">[N,F] -> [N,K], or a distribution of it.</param>
    /// <param name="decoder">[N,K] -> [N,C,H,W].</param>
    /// <param name="likelihood">What the decoder's output means.</param>
    /// <param name="samples">L, the codes drawn for each image; a head without distribution has one.</param>
    public AutoencoderNetwork(ImageEncoder encoder, LatentHead head, ImageDecoder decoder, Likelihood likelihood, int samples = 1)
        : base(nameof(AutoencoderNetwork))
    {
        (this.encoder, this.head, this.decoder, this.likelihood, this.samples) = (encoder, head, decoder, likelihood, samples);
        RegisterComponents();
    }

    public ImageEncoder Encoder => encoder;

    public ImageDecoder Decoder => decoder;

    public Likelihood Likelihood => likelihood;

    /// <summary>Images [N,C,H,W] to codes or their distribution.</summary>
    public Encoding Encode(Tensor images)
    {
        using var scope = NewDisposeScope();
        return head.call(encoder.call(images)).MoveToOuterDisposeScope();
    }

    /// <summary>Codes [...,N,K] to the decoder's output [...,N,C,H,W].</summary>
    public Tensor DecodeRaw(Tensor codes)
    {
        using var scope = NewDisposeScope();
        var flat = decoder.call(codes.flatten(0, -2));
        return flat.view([.. codes.shape[..^1], .. flat.shape[1..]]).MoveToOuterDisposeScope();
    }

    /// <summary>Codes [...,N,K] to images x̃ [...,N,C,H,W].</summary>
    public Tensor Decode(Tensor codes)
    {
        using var scope = NewDisposeScope();
        return likelihood.call(DecodeRaw(codes)).MoveToOuterDisposeScope();
    }

    /// <summary>x̃ of the codes' means, [N,C,H,W].</summary>
    public Tensor Reconstruct(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Decode(Encode(images).Mean).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override AutoencoderOutput forward(Tensor images, Generator generator)
    {
        using var scope = NewDisposeScope();
        var (mean, posterior) = Encode(images);
        var code = posterior?.Sample(generator, samples) ?? mean.unsqueeze(0); // [N,K] -> [L,N,K]
        return new AutoencoderOutput(code, DecodeRaw(code), posterior).MoveToOuterDisposeScope();
    }
}
