using Avs.Models.Segmentation;
using TorchSharp.Modules;
using static TorchSharp.torch;

// The paper's latent variables: three codes, six encoders.
//
//   sc_v = W₁[s_v ; c],  sc_a = W₂[s_a ; c]          on samples, separate W for prior and posterior
//
// or, as an ablation of the release, sc_v and sc_a drawn from products of Gaussians (ExpertProduct.cs), without W. The release defines that
// one but assembles no network from it. The mutual-information bound reads sc_v and sc_a through three small heads (see
// Losses/MutualInformation.cs).

namespace Avs.Models.Ecmvae;

/// <summary>Specific and shared codes.</summary>
public sealed class FactorisedLatents : LatentModel
{
    private readonly ImageEncoder enc_vs, enc_vs_y;
    private readonly AudioEncoder enc_as;
    private readonly AudioWithPixelsEncoder enc_vac, enc_as_y, enc_vac_y;
    private readonly Linear? sc1_prior, sc2_prior, sc1_posterior, sc2_posterior;
    private readonly NoiseModel noise_model_prior, noise_model_post;
    private readonly Linear ba_lower_bound_mu_prior, ba_lower_bound_logvar_prior, ba_lower_bound_sc_a_prior;
    private readonly Linear ba_lower_bound_mu_post, ba_lower_bound_logvar_post, ba_lower_bound_sc_a_post;

    /// <summary>Creates the module with fresh weights.</summary>
    /// <param name="config">The sizes, and how the codes are fused.</param>
    public FactorisedLatents(EcmvaeConfig config) : base(nameof(FactorisedLatents), config)
    {
        var size = EncoderSize(config);
        long k = config.LatentSize, d = config.InformationSize;
        enc_vs = new ImageEncoder(3, size);
        enc_as = new AudioEncoder(size);
        enc_vac = new AudioWithPixelsEncoder(3, size);
        enc_vs_y = new ImageEncoder(4, size);
        enc_as_y = new AudioWithPixelsEncoder(1, size);
        enc_vac_y = new AudioWithPixelsEncoder(4, size);
        if (config.CodeFusion == CodeFusion.Linear)
        {
            sc1_prior = nn.Linear(2 * k, k);
            sc2_prior = nn.Linear(2 * k, k);
            sc1_posterior = nn.Linear(2 * k, k);
            sc2_posterior = nn.Linear(2 * k, k);
        }
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

    /// <inheritdoc/>
    public override CodeMoments PriorMoments(Tensor images, Tensor audio) =>
        new(enc_vs.call(images), enc_as.call(audio), enc_vac.call(audio, images));

    /// <inheritdoc/>
    public override CodeMoments PosteriorMoments(Tensor images, Tensor audio, Tensor masks)
    {
        var both = cat([images, masks], 1); // [M,4,H,W]
        return new CodeMoments(enc_vs_y.call(both), enc_as_y.call(audio, masks), enc_vac_y.call(audio, both));
    }

    /// <inheritdoc/>
    public override FusedCodes FusePrior(LatentCodes codes, ILatentNoise noise) => sc1_prior is null
        ? Experts(codes, LatentNames.FusedPriorVisual, LatentNames.FusedPriorAudio, noise)
        : Fuse(codes, sc1_prior, sc2_prior!);

    /// <inheritdoc/>
    public override FusedCodes FusePosterior(LatentCodes codes, ILatentNoise noise) => sc1_posterior is null
        ? Experts(codes, LatentNames.FusedPosteriorVisual, LatentNames.FusedPosteriorAudio, noise)
        : Fuse(codes, sc1_posterior, sc2_posterior!);

    /// <inheritdoc/>
    public override Tensor MixPrior(Tensor coarsest, FusedCodes codes) => noise_model_prior.call(coarsest, codes.Visual, codes.Audio);

    /// <inheritdoc/>
    public override Tensor MixPosterior(Tensor coarsest, FusedCodes codes) => noise_model_post.call(coarsest, codes.Visual, codes.Audio);

    /// <inheritdoc/>
    public override MutualInformationHeads PriorInformation(FusedCodes codes) =>
        Heads(codes, ba_lower_bound_mu_prior, ba_lower_bound_logvar_prior, ba_lower_bound_sc_a_prior);

    /// <inheritdoc/>
    public override MutualInformationHeads PosteriorInformation(FusedCodes codes) =>
        Heads(codes, ba_lower_bound_mu_post, ba_lower_bound_logvar_post, ba_lower_bound_sc_a_post);

    // [N,2K] -> [N,K] twice
    private static FusedCodes Fuse(LatentCodes codes, Linear visual, Linear audio)
    {
        var shared = codes.Shared!.Sample;
        return new FusedCodes(visual.call(cat([codes.Visual.Sample, shared], 1)), audio.call(cat([codes.Audio!.Sample, shared], 1)));
    }

    private FusedCodes Experts(LatentCodes codes, string visual, string audio, ILatentNoise noise) => new(
        Draw(ExpertProduct.Compute(codes.Visual, codes.Shared!), visual, noise).Sample,
        Draw(ExpertProduct.Compute(codes.Audio!, codes.Shared!), audio, noise).Sample);

    // Rows [N,K] -> [N,d] each.
    private static MutualInformationHeads Heads(FusedCodes codes, Linear mean, Linear logVariance, Linear target) =>
        new(mean.call(codes.Visual).tanh(), logVariance.call(codes.Visual).tanh(), target.call(codes.Audio).tanh());
}
