using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

// What can be measured of an autoencoder with nothing but the model and images. Call them in eval() mode.

namespace Avs.Models.Vae.Autoencoders;

/// <summary>The two parts of the bound of each image, nats.</summary>
/// <param name="Reconstruction">−E_q[log p(x | z)] [N].</param>
/// <param name="Kl">KL(q(z | x) ‖ N(0, I)) [N].</param>
public sealed record ElboParts(Tensor Reconstruction, Tensor Kl)
{
    /// <summary>The bound itself [N], at most log p(x).</summary>
    public Tensor Elbo() => -(Reconstruction + Kl);
}

/// <summary>Measures of autoencoders.</summary>
public static class Measures
{
    /// <summary>The evidence lower bound of each image, the KL in closed form.</summary>
    /// <param name="network">A network whose code is a distribution and whose likelihood is a density.</param>
    /// <param name="images">[N,C,H,W].</param>
    /// <param name="generator">Draws codes.</param>
    /// <param name="samples">Codes drawn for each image.</param>
    /// <exception cref="ArgumentException">The network has no bound.</exception>
    public static ElboParts Elbo(AutoencoderNetwork network, Tensor images, Generator generator, int samples = 1)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var posterior = RequireBound(network, images);
        var code = posterior.Sample(generator, samples); // [L,N,K]
        var reconstruction = network.Likelihood.NegativeLog(network.DecodeRaw(code), images).mean([0]); // [L,N] -> [N]
        var kl = KullbackLeibler.ToStandardNormal(posterior).sum(-1);
        return new ElboParts(reconstruction.MoveToOuterDisposeScope(), kl.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// log 1/k Σ p(x | z)·p(z)/q(z | x) of each image [N], a bound of log p(x) that tightens with k (Y. Burda et al., 2016).
    /// </summary>
    /// <param name="network">A network whose code is a distribution and whose likelihood is a density.</param>
    /// <param name="images">[N,C,H,W].</param>
    /// <param name="generator">Draws codes.</param>
    /// <param name="samples">k.</param>
    /// <param name="atOnce">Codes an image that are decoded together; the memory's, not the result's.</param>
    /// <exception cref="ArgumentException">The network has no bound.</exception>
    public static Tensor ImportanceWeightedBound(
        AutoencoderNetwork network, Tensor images, Generator generator, int samples, int atOnce = 50)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var posterior = RequireBound(network, images);
        return LogMeanOverSamples(samples, atOnce, count =>
        {
            var code = posterior.Sample(generator, count);
            return DiagonalGaussian.StandardLogDensity(code) - posterior.LogDensity(code)
                - network.Likelihood.NegativeLog(network.DecodeRaw(code), images);
        }).MoveToOuterDisposeScope();
    }

    /// <summary>KL of each dimension, averaged over the rows: [N,K] -> [K].</summary>
    public static Tensor KlByDimension(DiagonalGaussian posterior)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        return KullbackLeibler.ToStandardNormal(posterior).mean([0]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// How many dimensions tell images apart: those whose mean varies over the images by more than a threshold (Y. Burda et al., 2016).
    /// </summary>
    /// <param name="means">E[z | x] of many images [N,K].</param>
    /// <param name="threshold">The least variance. The paper: 0.01.</param>
    public static int ActiveUnits(Tensor means, double threshold = 0.01)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        return (int)((means - means.mean([0])).square().mean([0]) > threshold).sum().to(ScalarType.Int64).item<long>();
    }

    /// <summary>Nats an image as bits a number of it.</summary>
    /// <param name="nats">−log p(x), or a bound of it.</param>
    /// <param name="numbers">P of the image.</param>
    /// <param name="levels">
    /// Of a density of numbers from 0 to 1 that were made of so many levels, to speak of the levels themselves (256: 8 bits more); of a
    /// probability, 1.
    /// </param>
    public static double BitsPerDimension(double nats, int numbers, int levels = 1) => nats / (numbers * Math.Log(2)) + Math.Log2(levels);

    /// <summary>log 1/k Σ exp of log weights [k,N] that are computed in pieces.</summary>
    internal static Tensor LogMeanOverSamples(int samples, int atOnce, Func<int, Tensor> logWeights)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(atOnce, 1);
        Tensor? sum = null;
        for (var done = 0; done < samples; done += atOnce)
        {
            using var scope = NewDisposeScope();
            var piece = logWeights(Math.Min(atOnce, samples - done)).logsumexp(0); // [k,N] -> [N]
            sum = (sum is null ? piece : logaddexp(sum, piece)).MoveToOuterDisposeScope();
        }
        return sum! - Math.Log(samples);
    }

    private static DiagonalGaussian RequireBound(AutoencoderNetwork network, Tensor images)
    {
        if (!network.Likelihood.IsDensity)
            throw new ArgumentException(
                "a mean squared error is not the logarithm of a density, so there is no bound of log p(x); "
                + "give the likelihood gaussian with the sigma that is meant",
                nameof(network));
        return network.Encode(images).Posterior
            ?? throw new ArgumentException("the network's code is not a distribution, so there is no bound of log p(x)", nameof(network));
    }
}
