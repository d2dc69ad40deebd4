using Avs.Models.Segmentation;
using static TorchSharp.torch;

// Distances between the prior and the posterior of a latent code. All Gaussians are diagonal with mean μ and s = log σ²; a value is summed
// over the K dimensions and averaged over the N rows.
//
//   KL(q‖p)   = Σ ½[ s_p − s_q + (σ_q² + (μ_q − μ_p)²)/σ_p² − 1 ]
//   JS        = Σ_ν π_ν KL(p_ν ‖ f)     f the weighted geometric mean of the p_ν, a Gaussian again:
//               1/σ_f² = Σ π_ν/σ_ν²,  μ_f = σ_f² Σ π_ν μ_ν/σ_ν²              (T. Sutter, I. Daunhawer, J. Vogt, NeurIPS 2020, "mmJSD")
//   JS_mc     = ½[log p(x) − log m(x)] + ½[log q(y) − log m(y)],  x ~ p, y ~ q, m = (p + q)/2 as joint densities (bounded by log 2)

namespace Avs.Models.Ecmvae;

/// <summary>What the second head of a latent encoder means inside the KL terms.</summary>
public enum KlScale
{
    /// <summary>s = log σ², as where codes are sampled.</summary>
    LogVariance,

    /// <summary>s = log σ, as the release's KL terms have it (its sampling does not).</summary>
    Reference,
}

/// <summary>How the shared codes of prior and posterior are compared.</summary>
public enum JsMode
{
    /// <summary>Jensen-Shannon with the geometric mean of the two, closed form. Zero exactly when they are equal.</summary>
    Geometric,

    /// <summary>The same with N(0, I) as a third member, weights 0.35, 0.35, 0.3 as in mmJSD.</summary>
    GeometricWithStandardNormal,

    /// <summary>The ordinary Jensen-Shannon divergence, estimated with one sample from each.</summary>
    ArithmeticMonteCarlo,

    /// <summary>Not Jensen-Shannon at all: ½[KL(p‖q) + KL(q‖p)], the alternative that the release holds commented out.</summary>
    SymmetricKl,

    /// <summary>
    /// As the release computes it: densities at independent samples, each from its own Gaussian. The value does not depend on the means.
    /// </summary>
    ReferenceSampled,
}

/// <summary>Divergences between diagonal Gaussians.</summary>
public static class GaussianDivergence
{
    private const double LogTwoPi = 1.8378770664093453;

    /// <summary>KL(q‖p), a scalar.</summary>
    /// <param name="scale">What s means.</param>
    public static Tensor Kl(LatentCode q, LatentCode p, KlScale scale = KlScale.LogVariance)
    {
        using var scope = NewDisposeScope();
        double factor = scale == KlScale.Reference ? 2 : 1; // log σ² = 2 log σ
        return KlRows(q.Mean, q.LogVariance * factor, p.Mean, p.LogVariance * factor).mean().MoveToOuterDisposeScope();
    }

    /// <summary>The Jensen-Shannon term between the prior p and the posterior q of the shared code, a scalar.</summary>
    /// <param name="mode">Which form.</param>
    /// <param name="noise">The draws of the two sampled forms.</param>
    public static Tensor Js(LatentCode p, LatentCode q, JsMode mode, ILatentNoise noise)
    {
        using var scope = NewDisposeScope();
        var result = mode switch
        {
            JsMode.Geometric => Geometric([(0.5, p.Mean, p.LogVariance), (0.5, q.Mean, q.LogVariance)]),
            JsMode.GeometricWithStandardNormal => Geometric([
                (0.35, p.Mean, p.LogVariance), (0.35, q.Mean, q.LogVariance), (0.3, zeros_like(p.Mean), zeros_like(p.LogVariance))]),
            JsMode.ArithmeticMonteCarlo => MonteCarlo(p, q, noise),
            JsMode.SymmetricKl => (Kl(p, q) + Kl(q, p)) * 0.5,
            JsMode.ReferenceSampled => ReferenceSampled(p, q, noise),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
        };
        return result.MoveToOuterDisposeScope();
    }

    // [N,K] -> [N]
    private static Tensor KlRows(Tensor meanQ, Tensor sQ, Tensor meanP, Tensor sP) =>
        ((sP - sQ + ((meanQ - meanP).square() * (-sP).exp() + (sQ - sP).exp())) - 1).sum(1) * 0.5;

    private static Tensor Geometric((double Weight, Tensor Mean, Tensor S)[] members)
    {
        // Precision-weighted: 1/σ_f² and μ_f/σ_f².
        var precision = members.Select(m => (-m.S).exp() * m.Weight).Aggregate((a, b) => a + b); // [N,K]
        var weighted = members.Select(m => (-m.S).exp() * m.Weight * m.Mean).Aggregate((a, b) => a + b);
        var mean = weighted / precision;
        var s = -precision.log();
        return members.Select(m => KlRows(m.Mean, m.S, mean, s) * m.Weight).Aggregate((a, b) => a + b).mean();
    }

    private static Tensor MonteCarlo(LatentCode p, LatentCode q, ILatentNoise noise)
    {
        var x = Draw(p, LatentNames.JsPrior, noise);
        var y = Draw(q, LatentNames.JsPosterior, noise);
        return (OverMixture(x, p, q) + OverMixture(y, q, p)).mean() * 0.5;
    }

    // log own(x) − log ½(own(x) + other(x)), [N,K] -> [N]
    private static Tensor OverMixture(Tensor x, LatentCode own, LatentCode other)
    {
        var logOwn = LogDensity(x, own).sum(1);
        var logOther = LogDensity(x, other).sum(1);
        return logOwn - logaddexp(logOwn, logOther) + Math.Log(2);
    }

    private static Tensor ReferenceSampled(LatentCode p, LatentCode q, ILatentNoise noise)
    {
        // No gradient through the places where the densities are taken, only through the densities' own parameters.
        var logP = LogDensity(Draw(p, LatentNames.JsPrior, noise).detach(), p); // [N,K]
        var logQ = LogDensity(Draw(q, LatentNames.JsPosterior, noise).detach(), q);
        var densityP = logP.exp();
        var densityQ = logQ.exp();
        var logM = ((densityP + densityQ) * 0.5).log();
        return (densityP * (logP - logM) + densityQ * (logQ - logM)).sum(1).mean() * 0.5;
    }

    private static Tensor Draw(LatentCode code, string name, ILatentNoise noise) =>
        code.Mean + noise.Normal(name, code.Mean.shape, code.Mean.dtype, code.Mean.device) * (code.LogVariance * 0.5).exp();

    // Element-wise log N(x; μ, σ²).
    private static Tensor LogDensity(Tensor x, LatentCode code) =>
        ((x - code.Mean).square() * (-code.LogVariance).exp() + code.LogVariance + LogTwoPi) * -0.5;
}
