using Avs.Models.Segmentation;
using static TorchSharp.torch;

// The latent variables of ECMVAE (Y. Mao et al., ICCV 2023, section 3) and of its ablations. For every frame with picture x_v, sound x_a
// and, in training, mask y, up to three codes, each a diagonal Gaussian with mean μ and s = log σ²:
//
//            prior                    posterior
//   s_v      p(s_v | x_v)             q(s_v | x_v, y)           what only the picture says
//   s_a      p(s_a | x_a)             q(s_a | x_a, y)           what only the sound says
//   c        p(c | x_v, x_a)          q(c | x_v, x_a, y)        what both say
//
//   z  = μ + ε·exp(s/2)                                         a sample of each
//   f' = conv1x1[f ; sc_v ; sc_a]                               two fused codes, tiled over the coarsest feature level f
//
// How the codes become sc_v and sc_a is what the variants differ in; each has a file of its own:
//
//   FactorisedLatents     sc_v = W₁[s_v ; c], sc_a = W₂[s_a ; c]      (the paper; or products of Gaussians instead of W)
//   UnfactorisedLatents   sc_v = sc_a = W[s_v ; s_a], no c
//   PictureLatents        sc_v = sc_a = s_v: the picture alone

namespace Avs.Models.Ecmvae;

/// <summary>The parameters of the Gaussians of one path; null where a variant has no such code.</summary>
/// <param name="Visual">Of s_v.</param>
/// <param name="Audio">Of s_a.</param>
/// <param name="Shared">Of c.</param>
public sealed record CodeMoments(LatentMoments Visual, LatentMoments? Audio, LatentMoments? Shared);

/// <summary>The latent encoders of both paths, the fusion of their codes, and their way into the features.</summary>
public abstract class LatentModel : nn.Module
{
    private readonly double? limit;

    private protected LatentModel(string name, EcmvaeConfig config) : base(name) => limit = config.LogVarianceLimit;

    /// <summary>The variant that a configuration asks for, with fresh weights.</summary>
    /// <param name="config">Sizes and choices; of the backbone nothing is used.</param>
    public static LatentModel Create(EcmvaeConfig config) => config switch
    {
        { UseAudio: false } => new PictureLatents(config),
        { Factorisation: Factorisation.SpecificOnly } => new UnfactorisedLatents(config),
        _ => new FactorisedLatents(config),
    };

    /// <summary>The parameters of the priors: one evaluation serves any number of draws.</summary>
    /// <param name="images">[N,3,H,W].</param>
    /// <param name="audio">[N,D].</param>
    public abstract CodeMoments PriorMoments(Tensor images, Tensor audio);

    /// <summary>The parameters of the posteriors of annotated frames.</summary>
    /// <param name="images">[M,3,H,W].</param>
    /// <param name="audio">[M,D].</param>
    /// <param name="masks">[M,1,H,W], 0 or 1.</param>
    public abstract CodeMoments PosteriorMoments(Tensor images, Tensor audio, Tensor masks);

    /// <summary>One draw of the prior codes.</summary>
    /// <param name="moments">From <see cref="PriorMoments"/>.</param>
    /// <param name="noise">Draws <see cref="LatentNames.PriorVisual"/>, <see cref="LatentNames.PriorAudio"/>,
    /// <see cref="LatentNames.PriorShared"/>.</param>
    public LatentCodes SamplePrior(CodeMoments moments, ILatentNoise noise) => new(
        Draw(moments.Visual, LatentNames.PriorVisual, noise),
        moments.Audio is { } audio ? Draw(audio, LatentNames.PriorAudio, noise) : null,
        moments.Shared is { } shared ? Draw(shared, LatentNames.PriorShared, noise) : null);

    /// <summary>One draw of the posterior codes.</summary>
    /// <param name="moments">From <see cref="PosteriorMoments"/>.</param>
    /// <param name="noise">Draws <see cref="LatentNames.PosteriorVisual"/>, <see cref="LatentNames.PosteriorAudio"/>,
    /// <see cref="LatentNames.PosteriorShared"/>.</param>
    public LatentCodes SamplePosterior(CodeMoments moments, ILatentNoise noise) => new(
        Draw(moments.Visual, LatentNames.PosteriorVisual, noise),
        moments.Audio is { } audio ? Draw(audio, LatentNames.PosteriorAudio, noise) : null,
        moments.Shared is { } shared ? Draw(shared, LatentNames.PosteriorShared, noise) : null);

    /// <summary>sc_v and sc_a of the prior path.</summary>
    /// <param name="codes">The codes of all N frames.</param>
    /// <param name="noise">Drawn from only where the fused codes are Gaussians themselves.</param>
    public abstract FusedCodes FusePrior(LatentCodes codes, ILatentNoise noise);

    /// <summary>sc_v and sc_a of the posterior path; arguments as for <see cref="FusePrior"/>.</summary>
    public abstract FusedCodes FusePosterior(LatentCodes codes, ILatentNoise noise);

    /// <summary>The mutual-information heads of the prior path; null for a variant without them.</summary>
    /// <param name="codes">sc_v and sc_a.</param>
    public virtual MutualInformationHeads? PriorInformation(FusedCodes codes) => null;

    /// <summary>The mutual-information heads of the posterior path; null for a variant without them.</summary>
    /// <param name="codes">sc_v and sc_a.</param>
    public virtual MutualInformationHeads? PosteriorInformation(FusedCodes codes) => null;

    /// <summary>Mixes the codes into the coarsest level of the prior path.</summary>
    /// <param name="coarsest">[N,C,h,w].</param>
    /// <param name="codes">sc_v and sc_a.</param>
    public abstract Tensor MixPrior(Tensor coarsest, FusedCodes codes);

    /// <summary>Mixes the codes into the coarsest level of the posterior path; arguments as for <see cref="MixPrior"/>.</summary>
    public abstract Tensor MixPosterior(Tensor coarsest, FusedCodes codes);

    private protected static LatentEncoderSize EncoderSize(EcmvaeConfig config) =>
        new(config.LatentEncoderChannels, config.ImageSize, config.AudioChannels, config.LatentSize);

    private protected LatentCode Draw(LatentMoments moments, string name, ILatentNoise noise)
    {
        var mean = moments.Mean;
        var s = limit is { } bound ? moments.LogVariance.clamp(-bound, bound) : moments.LogVariance;
        var epsilon = noise.Normal(name, mean.shape, mean.dtype, mean.device);
        return new LatentCode(mean, s, mean + epsilon * (s * 0.5).exp());
    }
}
