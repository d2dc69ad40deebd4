using Avs.Models.Segmentation;
using TorchSharp.Modules;
using static TorchSharp.torch;

// An ablation of the release: one code of the picture and one of the sound, nothing shared. sc_v = sc_a = W[s_v ; s_a].

namespace Avs.Models.Ecmvae;

/// <summary>A visual and an audio code without a shared one.</summary>
public sealed class UnfactorisedLatents : LatentModel
{
    private readonly ImageEncoder enc_vs, enc_vs_y;
    private readonly AudioEncoder enc_as;
    private readonly AudioWithPixelsEncoder enc_as_y;
    private readonly Linear sc_prior, sc_posterior;
    private readonly NoiseModel noise_model_prior, noise_model_post;

    /// <summary>Creates the module with fresh weights.</summary>
    public UnfactorisedLatents(EcmvaeConfig config) : base(nameof(UnfactorisedLatents), config)
    {
        var size = EncoderSize(config);
        long k = config.LatentSize;
        enc_vs = new ImageEncoder(3, size);
        enc_as = new AudioEncoder(size);
        enc_vs_y = new ImageEncoder(4, size);
        enc_as_y = new AudioWithPixelsEncoder(1, size);
        sc_prior = nn.Linear(2 * k, k);
        sc_posterior = nn.Linear(2 * k, k);
        noise_model_prior = new NoiseModel(config.Channels, k);
        noise_model_post = new NoiseModel(config.Channels, k);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override CodeMoments PriorMoments(Tensor images, Tensor audio) => new(enc_vs.call(images), enc_as.call(audio), null);

    /// <inheritdoc/>
    public override CodeMoments PosteriorMoments(Tensor images, Tensor audio, Tensor masks) =>
        new(enc_vs_y.call(cat([images, masks], 1)), enc_as_y.call(audio, masks), null); // [M,4,H,W]

    /// <inheritdoc/>
    public override FusedCodes FusePrior(LatentCodes codes, ILatentNoise noise) => Fuse(codes, sc_prior);

    /// <inheritdoc/>
    public override FusedCodes FusePosterior(LatentCodes codes, ILatentNoise noise) => Fuse(codes, sc_posterior);

    /// <inheritdoc/>
    public override Tensor MixPrior(Tensor coarsest, FusedCodes codes) => noise_model_prior.call(coarsest, codes.Visual, codes.Audio);

    /// <inheritdoc/>
    public override Tensor MixPosterior(Tensor coarsest, FusedCodes codes) => noise_model_post.call(coarsest, codes.Visual, codes.Audio);

    private static FusedCodes Fuse(LatentCodes codes, Linear linear)
    {
        var fused = linear.call(cat([codes.Visual.Sample, codes.Audio!.Sample], 1)); // [N,2K] -> [N,K]
        return new FusedCodes(fused, fused);
    }
}
