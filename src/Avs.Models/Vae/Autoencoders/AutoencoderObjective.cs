using Avs.Core.Configuration;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

namespace Avs.Models.Vae.Autoencoders;

/// <summary>
/// The number to minimise, and the terms it is made of: unweighted, in nats an image (with a squared error as "likelihood", squares an
/// image).
/// </summary>
/// <param name="Total">The weighted sum, a scalar.</param>
/// <param name="Terms">Scalars by name, for logs.</param>
public sealed record ObjectiveTerms(Tensor Total, IReadOnlyList<(string Name, Tensor Value)> Terms)
{
    /// <summary>The total first.</summary>
    public IEnumerable<(string Name, Tensor Value)> Named() => Terms.Prepend(("total", Total));

    internal ObjectiveTerms MoveToOuterDisposeScope() =>
        new(Total.MoveToOuterDisposeScope(), [.. Terms.Select(term => (term.Name, term.Value.detach().MoveToOuterDisposeScope()))]);
}

/// <summary>How the reconstruction term of an image is reduced.</summary>
public enum ReconstructionReduction
{
    /// <summary>The sum over the P numbers of an image: minus its log-likelihood.</summary>
    PerImageSum,

    /// <summary>The mean over them: 1/P of that.</summary>
    PerPixelMean,
}

/// <summary>What an autoencoder learns by: one sealed record of weights and choices a model.</summary>
public abstract record AutoencoderObjective
{
    public ReconstructionReduction Reduction { get; init; } = ReconstructionReduction.PerImageSum;

    [AtLeast(0)] public double ReconstructionWeight { get; init; } = 1;

    /// <summary>The terms for one batch.</summary>
    /// <param name="network">The network that was run.</param>
    /// <param name="images">[N,C,H,W].</param>
    /// <param name="output">What it returned for them.</param>
    /// <param name="generator">The draws of terms that are estimated by sampling.</param>
    /// <param name="progress">How far the training is, 0 to 1, for weights that change on the way.</param>
    /// <exception cref="ArgumentException">The output lacks what a term needs.</exception>
    public abstract ObjectiveTerms Compute(
        AutoencoderNetwork network, Tensor images, AutoencoderOutput output, Generator generator, double progress = 1);

    /// <summary>
    /// What a reconstruction term summed over an image is multiplied by: <see cref="ReconstructionWeight"/>, with the mean over its P
    /// numbers 1/P of it.
    /// </summary>
    private protected double ReconstructionFactor(Tensor images) =>
        Reduction == ReconstructionReduction.PerImageSum ? ReconstructionWeight : ReconstructionWeight / (images.numel() / images.shape[0]);

    private protected static DiagonalGaussian RequirePosterior(AutoencoderOutput output) =>
        output.Posterior ?? throw new ArgumentException(
            "the objective needs a distribution of the code, and the network has a plain one", nameof(output));
}
