using Avs.Models.Vae.Distributions;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Vae.Networks;

/// <summary>What an encoder's head makes of its features.</summary>
/// <param name="Mean">The code of a plain autoencoder, the mean of a VAE's, [N,K].</param>
/// <param name="Posterior">q(z | x); null of a plain autoencoder.</param>
public sealed record Encoding(Tensor Mean, DiagonalGaussian? Posterior)
{
    internal Encoding MoveToOuterDisposeScope() =>
        Posterior is null ? new(Mean.MoveToOuterDisposeScope(), null) : FromPosterior(Posterior.MoveToOuterDisposeScope());

    internal static Encoding FromPosterior(DiagonalGaussian posterior) => new(posterior.Mean, posterior);
}

/// <summary>Makes a code of an encoder's features: [N,F] -> [N,K].</summary>
public abstract class LatentHead(string name) : nn.Module<Tensor, Encoding>(name);

/// <summary>A code and nothing else.</summary>
public sealed class CodeHead : LatentHead
{
    private readonly Linear code;

    public CodeHead(long features, int latentSize) : base(nameof(CodeHead))
    {
        code = nn.Linear(features, latentSize);
        RegisterComponents();
    }

    public override Encoding forward(Tensor features) => new(code.call(features), null);
}

/// <summary>What the second output of a Gaussian head is.</summary>
public enum GaussianScale
{
    /// <summary>log σ².</summary>
    LogVariance,

    /// <summary>log σ.</summary>
    LogSigma,
}

/// <summary>Mean and spread of a diagonal Gaussian, each a dense layer.</summary>
public sealed class GaussianHead : LatentHead
{
    private readonly Linear mean, spread;
    private readonly GaussianScale scale;

    public GaussianHead(long features, int latentSize, GaussianScale scale = GaussianScale.LogVariance) : base(nameof(GaussianHead))
    {
        this.scale = scale;
        mean = nn.Linear(features, latentSize);
        spread = nn.Linear(features, latentSize);
        RegisterComponents();
    }

    public override Encoding forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        var s = spread.call(features);
        var posterior = new DiagonalGaussian(mean.call(features), scale == GaussianScale.LogSigma ? s * 2 : s);
        return Encoding.FromPosterior(posterior.MoveToOuterDisposeScope());
    }
}
