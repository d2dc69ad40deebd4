using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// The latent variables of ECMVAE (Y. Mao et al., ICCV 2023, section 3). For every frame with picture x_v, sound x_a and, in training, mask y:
//
//            prior                    posterior
//   s_v      p(s_v | x_v)             q(s_v | x_v, y)           what only the picture says
//   s_a      p(s_a | x_a)             q(s_a | x_a, y)           what only the sound says
//   c        p(c | x_v, x_a)          q(c | x_v, x_a, y)        what both say
//
//   z    = μ + ε·exp(s/2)                                       a sample of each
//   sc_v = W₁[s_v ; c],  sc_a = W₂[s_a ; c]                     fused codes (separate W for prior and posterior)
//   f'   = conv1x1[f ; sc_v ; sc_a]                             the codes tiled over the coarsest feature level f
//
// The mutual-information bound reads sc_v and sc_a through three small heads (see Losses/MutualInformation.cs).

namespace Avs.Models.Ecmvae;

/// <summary>The six latent encoders, the fusion of their codes, and their way into the features.</summary>
public sealed class LatentModel : nn.Module
{
    private readonly double limit;

    private readonly ImageEncoder enc_vs, enc_vs_y;
    private readonly AudioEncoder enc_as;
    private readonly AudioWithPixelsEncoder enc_vac, enc_as_y, enc_vac_y;
    private readonly Linear sc1_prior, sc2_prior, sc1_posterior, sc2_posterior;
    private readonly NoiseModel noise_model_prior, noise_model_post;
    private readonly Linear ba_lower_bound_mu_prior, ba_lower_bound_logvar_prior, ba_lower_bound_sc_a_prior;
    private readonly Linear ba_lower_bound_mu_post, ba_lower_bound_logvar_post, ba_lower_bound_sc_a_post;

    /// <summary>Creates the module.</summary>
    /// <param name="config">The sizes; of the backbone nothing is used.</param>
    public LatentModel(EcmvaeConfig config) : base(nameof(LatentModel))
    {
        limit = config.LogVarianceLimit;
        var size = new LatentEncoderSize(config.LatentEncoderChannels, config.ImageSize, config.AudioChannels, config.LatentSize);
        long k = config.LatentSize, d = config.InformationSize;

        enc_vs = new ImageEncoder(3, size);
        enc_as = new AudioEncoder(size);
        enc_vac = new AudioWithPixelsEncoder(3, size);
        enc_vs_y = new ImageEncoder(4, size);
        enc_as_y = new AudioWithPixelsEncoder(1, size);
        enc_vac_y = new AudioWithPixelsEncoder(4, size);
        sc1_prior = nn.Linear(2 * k, k);
        sc2_prior = nn.Linear(2 * k, k);
        sc1_posterior = nn.Linear(2 * k, k);
        sc2_posterior = nn.Linear(2 * k, k);
        noise_model_prior = new NoiseModel(config.Channels, k);
        noise_model_post = new NoiseModel(config.Channels, k);
        ba_lower_bound_mu_post = nn.Linear(k, d);
        ba_lower_bound_logvar_post = nn.Linear(k, d);
        ba_lower_bound_mu_prior = nn.Linear(k, d);
        ba_lower_bound_logvar_prior = nn.Linear(k, d);
        ba_lower_bound_sc_a_post = nn.Linear(k, d);
        ba_lower_bound_sc_a_prior = nn.Linear(k, d);
        RegisterComponents();
    }

    /// <summary>The prior codes of every frame.</summary>
    /// <param name="images">[N,3,H,W].</param>
    /// <param name="audio">[N,D].</param>
    /// <param name="noise">Draws <see cref="LatentNames.PriorVisual"/>, <see cref="LatentNames.PriorAudio"/>, <see cref="LatentNames.PriorShared"/>.</param>
    public LatentCodes PriorCodes(Tensor images, Tensor audio, ILatentNoise noise) =>
        Sample(PriorMoments(images, audio), noise);

    /// <summary>The parameters of the three priors: one evaluation serves any number of draws.</summary>
    /// <param name="images">[N,3,H,W].</param>
    /// <param name="audio">[N,D].</param>
    public PriorMoments PriorMoments(Tensor images, Tensor audio) =>
        new(enc_vs.call(images), enc_as.call(audio), enc_vac.call(audio, images));

    /// <summary>One draw of the three prior codes.</summary>
    /// <param name="moments">From <see cref="PriorMoments(Tensor, Tensor)"/>.</param>
    /// <param name="noise">As for <see cref="PriorCodes"/>.</param>
    public LatentCodes Sample(PriorMoments moments, ILatentNoise noise) => new(
        Draw(moments.Visual, LatentNames.PriorVisual, noise),
        Draw(moments.Audio, LatentNames.PriorAudio, noise),
        Draw(moments.Shared, LatentNames.PriorShared, noise));

    /// <summary>The posterior codes of annotated frames.</summary>
    /// <param name="images">[M,3,H,W].</param>
    /// <param name="audio">[M,D].</param>
    /// <param name="masks">[M,1,H,W], 0 or 1.</param>
    /// <param name="noise">Draws <see cref="LatentNames.PosteriorVisual"/>, <see cref="LatentNames.PosteriorAudio"/>, <see cref="LatentNames.PosteriorShared"/>.</param>
    public LatentCodes PosteriorCodes(Tensor images, Tensor audio, Tensor masks, ILatentNoise noise)
    {
        var both = cat([images, masks], 1); // [M,4,H,W]
        return new LatentCodes(
            Draw(enc_vs_y.call(both), LatentNames.PosteriorVisual, noise),
            Draw(enc_as_y.call(audio, masks), LatentNames.PosteriorAudio, noise),
            Draw(enc_vac_y.call(audio, both), LatentNames.PosteriorShared, noise));
    }

    /// <summary>sc_v and sc_a of the prior path.</summary>
    /// <param name="visual">A sample of s_v [N,K].</param>
    /// <param name="audio">A sample of s_a [N,K].</param>
    /// <param name="shared">A sample of c [N,K].</param>
    public FusedCodes FusePrior(Tensor visual, Tensor audio, Tensor shared) =>
        new(sc1_prior.call(cat([visual, shared], 1)), sc2_prior.call(cat([audio, shared], 1)));

    /// <summary>sc_v and sc_a of the posterior path; arguments as for <see cref="FusePrior"/>.</summary>
    public FusedCodes FusePosterior(Tensor visual, Tensor audio, Tensor shared) =>
        new(sc1_posterior.call(cat([visual, shared], 1)), sc2_posterior.call(cat([audio, shared], 1)));

    /// <summary>Mixes the codes into the coarsest level of the prior path.</summary>
    /// <param name="coarsest">[N,C,h,w].</param>
    /// <param name="codes">sc_v and sc_a.</param>
    public Tensor MixPrior(Tensor coarsest, FusedCodes codes) => noise_model_prior.call(coarsest, codes.Visual, codes.Audio);

    /// <summary>Mixes the codes into the coarsest level of the posterior path; arguments as for <see cref="MixPrior"/>.</summary>
    public Tensor MixPosterior(Tensor coarsest, FusedCodes codes) => noise_model_post.call(coarsest, codes.Visual, codes.Audio);

    /// <summary>The mutual-information heads of the prior path.</summary>
    /// <param name="codes">sc_v and sc_a.</param>
    public MutualInformationHeads PriorInformation(FusedCodes codes) =>
        Heads(codes, ba_lower_bound_mu_prior, ba_lower_bound_logvar_prior, ba_lower_bound_sc_a_prior);

    /// <summary>The mutual-information heads of the posterior path.</summary>
    /// <param name="codes">sc_v and sc_a.</param>
    public MutualInformationHeads PosteriorInformation(FusedCodes codes) =>
        Heads(codes, ba_lower_bound_mu_post, ba_lower_bound_logvar_post, ba_lower_bound_sc_a_post);

    // Rows [N,K] -> [N,d] each.
    private static MutualInformationHeads Heads(FusedCodes codes, Linear mean, Linear logVariance, Linear target) =>
        new(mean.call(codes.Visual).tanh(), logVariance.call(codes.Visual).tanh(), target.call(codes.Audio).tanh());

    private LatentCode Draw(LatentMoments moments, string name, ILatentNoise noise)
    {
        var mean = moments.Mean;
        var s = moments.LogVariance.clamp(-limit, limit);
        var epsilon = noise.Normal(name, mean.shape, mean.dtype, mean.device);
        return new LatentCode(mean, s, mean + epsilon * (s * 0.5).exp());
    }
}

/// <summary>The parameters of the three prior Gaussians.</summary>
/// <param name="Visual">Of s_v.</param>
/// <param name="Audio">Of s_a.</param>
/// <param name="Shared">Of c.</param>
public sealed record PriorMoments(LatentMoments Visual, LatentMoments Audio, LatentMoments Shared);

/// <summary>f' = conv1x1[f ; sc_v ; sc_a], the codes tiled over the places of f.</summary>
public sealed class NoiseModel : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly Conv2d noise_conv;

    /// <summary>Creates the module.</summary>
    /// <param name="channels">C of the features. The paper: 128.</param>
    /// <param name="latent">K of each code. The paper: 16.</param>
    public NoiseModel(long channels, long latent) : base(nameof(NoiseModel))
    {
        noise_conv = nn.Conv2d(channels + 2 * latent, channels, 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor features, Tensor visual, Tensor audio)
    {
        using var scope = NewDisposeScope();
        long n = features.shape[0], h = features.shape[2], w = features.shape[3];
        Tensor Tile(Tensor code) => code.unsqueeze(-1).unsqueeze(-1).expand(n, code.shape[1], h, w); // [N,K] -> [N,K,h,w]
        return noise_conv.call(cat([features, Tile(visual), Tile(audio)], 1)).MoveToOuterDisposeScope(); // [N,C+2K,h,w] -> [N,C,h,w]
    }
}
