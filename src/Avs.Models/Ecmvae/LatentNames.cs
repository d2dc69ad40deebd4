namespace Avs.Models.Ecmvae;

/// <summary>Names of the draws, in the order in which a training step makes them.</summary>
public static class LatentNames
{
    /// <summary>Prior codes: visual-specific, audio-specific, shared.</summary>
    public const string PriorVisual = "z_prior_vs", PriorAudio = "z_prior_as", PriorShared = "z_prior_vac";

    /// <summary>Posterior codes of the same three, which also see the mask.</summary>
    public const string PosteriorVisual = "z_posterior_vs_y", PosteriorAudio = "z_posterior_as_y", PosteriorShared = "z_posterior_vac_y";

    /// <summary>The fused codes where they are products of Gaussians: visual and audio, of the prior and of the posterior path.</summary>
    public const string FusedPriorVisual = "sc_v_prior", FusedPriorAudio = "sc_a_prior",
        FusedPosteriorVisual = "sc_v_posterior", FusedPosteriorAudio = "sc_a_posterior";

    /// <summary>The visual code of a regulariser.</summary>
    /// <param name="level">0 (coarse) to 3 (fine).</param>
    public static string LevelVisual(int level) => $"z_rgb/{level}";

    /// <summary>The audio code of a regulariser.</summary>
    /// <param name="level">0 (coarse) to 3 (fine).</param>
    public static string LevelAudio(int level) => $"z_audio/{level}";

    /// <summary>The two samples inside the sampled Jensen-Shannon terms: prior shared code, posterior shared code.</summary>
    public const string JsPrior = "js_source", JsPosterior = "js_target";
}
