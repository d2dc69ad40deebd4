using Avs.Models.Segmentation;
using static TorchSharp.torch;

// An ablation of the release: a conditional VAE of the picture alone. sc_v = sc_a = s_v.

namespace Avs.Models.Ecmvae;

/// <summary>A visual code only; the audio vectors are not looked at.</summary>
public sealed class PictureLatents : LatentModel
{
    private readonly ImageEncoder enc_vs, enc_vs_y;
    private readonly NoiseModel noise_model_prior, noise_model_post;

    /// <summary>Creates the module with fresh weights.</summary>
    public PictureLatents(EcmvaeConfig config) : base(nameof(PictureLatents), config)
    {
        var size = EncoderSize(config);
        enc_vs = new ImageEncoder(3, size);
        enc_vs_y = new ImageEncoder(4, size);
        noise_model_prior = new NoiseModel(config.Channels, config.LatentSize);
        noise_model_post = new NoiseModel(config.Channels, config.LatentSize);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override CodeMoments PriorMoments(Tensor images, Tensor audio) => new(enc_vs.call(images), null, null);

    /// <inheritdoc/>
    public override CodeMoments PosteriorMoments(Tensor images, Tensor audio, Tensor masks) =>
        new(enc_vs_y.call(cat([images, masks], 1)), null, null); // [M,4,H,W]

    /// <inheritdoc/>
    public override FusedCodes FusePrior(LatentCodes codes, ILatentNoise noise) => new(codes.Visual.Sample, codes.Visual.Sample);

    /// <inheritdoc/>
    public override FusedCodes FusePosterior(LatentCodes codes, ILatentNoise noise) => FusePrior(codes, noise);

    /// <inheritdoc/>
    public override Tensor MixPrior(Tensor coarsest, FusedCodes codes) => noise_model_prior.call(coarsest, codes.Visual, codes.Audio);

    /// <inheritdoc/>
    public override Tensor MixPosterior(Tensor coarsest, FusedCodes codes) => noise_model_post.call(coarsest, codes.Visual, codes.Audio);
}
