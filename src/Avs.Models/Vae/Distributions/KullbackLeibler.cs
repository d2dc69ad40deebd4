using static TorchSharp.torch;

// The divergences of a VAE, each by dimension [...,N,K] in nats; the KL of a row is their sum, the loss's the mean over rows.
//
//   KL(N(μ,σ²) ‖ N(0,1)) = −½(1 + s − μ² − e^s),  s = log σ²          log-variance head
//                        = ½(μ² + σ² − log σ² − 1),  σ = e^a          log-σ head: equal to rounding
//   KL(q ‖ p) = log(σ_p/σ_q) + (σ_q² + (μ_q − μ_p)²)/(2σ_p²) − ½
//   KL(q ‖ p) = E_q[log q − log p]                                     estimated, for distributions without a closed form

namespace Avs.Models.Vae.Distributions;

/// <summary>Kullback-Leibler divergences of diagonal Gaussians.</summary>
public static class KullbackLeibler
{
    /// <summary>KL(q ‖ N(0, I)) by dimension.</summary>
    public static Tensor ToStandardNormal(DiagonalGaussian q) => ToStandardNormal(q.Mean, q.LogVariance);

    /// <summary>KL(N(μ, e^s) ‖ N(0, I)) by dimension, from log-variances.</summary>
    public static Tensor ToStandardNormal(Tensor mean, Tensor logVariance)
    {
        using var scope = NewDisposeScope();
        return ((mean.square() + logVariance.exp() - logVariance - 1) * 0.5).MoveToOuterDisposeScope();
    }

    /// <summary>KL(N(μ, e^2a) ‖ N(0, I)) by dimension, from log-deviations.</summary>
    public static Tensor ToStandardNormalFromLogSigma(Tensor mean, Tensor logSigma)
    {
        using var scope = NewDisposeScope();
        var variance = logSigma.exp().square();
        return ((mean.square() + variance - variance.log() - 1) * 0.5).MoveToOuterDisposeScope();
    }

    /// <summary>KL(q ‖ p) by dimension.</summary>
    public static Tensor Between(DiagonalGaussian q, DiagonalGaussian p)
    {
        using var scope = NewDisposeScope();
        var ratio = (q.LogVariance - p.LogVariance).exp(); // σ_q²/σ_p²
        var distance = (q.Mean - p.Mean).square() * (-p.LogVariance).exp();
        return ((p.LogVariance - q.LogVariance + ratio + distance - 1) * 0.5).MoveToOuterDisposeScope();
    }

    /// <summary>E_q[log q(z) − log p(z)] of each row, [N].</summary>
    /// <param name="q">The distribution that is drawn from.</param>
    /// <param name="generator">Draws.</param>
    /// <param name="samples">How many draws a row.</param>
    public static Tensor MonteCarlo(DiagonalGaussian q, DiagonalGaussian p, Generator generator, int samples)
    {
        using var scope = NewDisposeScope();
        var z = q.Sample(generator, samples); // [L,N,K]
        return (q.LogDensity(z) - p.LogDensity(z)).mean([0]).MoveToOuterDisposeScope();
    }
}
