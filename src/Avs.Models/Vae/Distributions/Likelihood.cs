using Avs.Core.Configuration;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// What the decoder's output y says about an image x; x̃ is the image that it stands for. Nats of one number of the image:
//
//   Bernoulli            x̃ = sigmoid(y)     −[x log x̃ + (1 − x) log(1 − x̃)], from y itself
//   Gaussian             x̃ = sigmoid(y)     (x − x̃)²/(2σ²) + ½ log 2πσ²      σ fixed, or one σ learned for all numbers
//   mean squared error   x̃ = sigmoid(y)     (x − x̃)²                         not a density
//
// One σ learned: O. Rybkin, K. Daniilidis, S. Levine, "Simple and Effective VAE Training with Calibrated Decoders", ICML 2021; log σ is
// kept above −6 smoothly, as there: images without noise would draw it to −∞.

namespace Avs.Models.Vae.Distributions;

/// <summary>Which distribution an image has given its code.</summary>
public enum LikelihoodKind
{
    /// <summary>Each number of the image is the probability of a 1.</summary>
    Bernoulli,

    /// <summary>Normal with the deviation <see cref="LikelihoodConfig.Sigma"/>.</summary>
    Gaussian,

    /// <summary>Normal with one deviation that is learned.</summary>
    GaussianLearnedSigma,

    /// <summary>The squared error: no density, so no bound and no bits.</summary>
    MeanSquaredError,
}

/// <summary>What numbers the images hold.</summary>
public enum OutputRange
{
    /// <summary>From 0 to 1: the decoder ends in a sigmoid.</summary>
    ZeroToOne,

    /// <summary>Any: the decoder's output as it is. A Bernoulli decoder ends in a sigmoid all the same.</summary>
    Unbounded,
}

/// <summary>The likelihood of an image.</summary>
public sealed record LikelihoodConfig
{
    public LikelihoodKind Kind { get; init; } = LikelihoodKind.Bernoulli;

    /// <summary>σ of a Gaussian; where it is learned, the first.</summary>
    [Above(0)] public double Sigma { get; init; } = 1;

    public OutputRange Output { get; init; } = OutputRange.ZeroToOne;
}

/// <summary>
/// Turns the decoder's output into an image, and judges an image by it. The output may have any leading dimensions, such as samples, before
/// [N,C,H,W].
/// </summary>
public sealed class Likelihood : nn.Module<Tensor, Tensor>
{
    private const double LeastLogSigma = -6;

    private readonly Parameter? log_sigma;

    public Likelihood(LikelihoodConfig config) : base(nameof(Likelihood))
    {
        Config = config;
        if (config.Kind == LikelihoodKind.GaussianLearnedSigma)
            log_sigma = nn.Parameter(full([], Unbounded(Math.Log(config.Sigma))));
        RegisterComponents();
    }

    public LikelihoodConfig Config { get; }

    /// <summary>Whether <see cref="NegativeLog"/> is the logarithm of a density, so that ELBO and bits mean something.</summary>
    public bool IsDensity => Config.Kind != LikelihoodKind.MeanSquaredError;

    /// <summary>x̃, the mean of the distribution: decoder output -> image, of the same shape.</summary>
    public override Tensor forward(Tensor decoded) =>
        Config.Output == OutputRange.ZeroToOne || Config.Kind == LikelihoodKind.Bernoulli ? decoded.sigmoid() : decoded.alias();

    /// <summary>−log p(x | z) of each image, its numbers summed: [...,N,C,H,W] and [N,C,H,W] -> [...,N].</summary>
    public Tensor NegativeLog(Tensor decoded, Tensor images)
    {
        using var scope = NewDisposeScope();
        return NegativeLogByNumber(decoded, images).sum([-3, -2, -1]).MoveToOuterDisposeScope();
    }

    /// <summary>σ now; null of a likelihood without.</summary>
    public double? Sigma()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return log_sigma is not null ? Math.Exp(LogSigma().to(ScalarType.Float64).item<double>())
            : Config.Kind == LikelihoodKind.Gaussian ? Config.Sigma : null;
    }

    private Tensor NegativeLogByNumber(Tensor decoded, Tensor images)
    {
        if (Config.Kind == LikelihoodKind.Bernoulli)
            return F.softplus(decoded) - images * decoded; // = −x log sigmoid(y) − (1 − x) log(1 − sigmoid(y))
        var squares = (images - forward(decoded)).square();
        if (Config.Kind == LikelihoodKind.MeanSquaredError)
            return squares;
        if (log_sigma is null)
            return squares * (0.5 / (Config.Sigma * Config.Sigma)) + (Math.Log(Config.Sigma) + 0.5 * DiagonalGaussian.LogTwoPi);
        var logSigma = LogSigma();
        return squares * ((logSigma * -2).exp() * 0.5) + (logSigma + 0.5 * DiagonalGaussian.LogTwoPi);
    }

    private Tensor LogSigma() => F.softplus(log_sigma! - LeastLogSigma) + LeastLogSigma;

    // What LogSigma turns into this log σ.
    private static double Unbounded(double logSigma) => LeastLogSigma + Math.Log(Math.Exp(Math.Max(logSigma - LeastLogSigma, 1e-3)) - 1);
}
