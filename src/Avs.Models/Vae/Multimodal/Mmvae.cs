using Avs.Core.Configuration;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

// The multimodal VAE with a mixture of experts: Y. Shi, N. Siddharth, B. Paige, P. Torr, "Variational Mixture-of-Experts Autoencoders for
// Multi-Modal Deep Generative Models", NeurIPS 2019.
//
//   q(c | X) = 1/M Σ_m q_m(c | x_m)                                                 over the modalities that are there
//   loss = −1/M Σ_m E_{c ~ q_m}[log 1/L Σ_l p(c_l)·p(X | c_l)/q(c_l | X)]           L codes from every q_m: stratified sampling (eq. 3)
//
// With L = 1 it is the ELBO.
//
// Every code has to reconstruct every modality. With a weight β the logarithm of p(c)/q(c | X) is multiplied by it. Priors and posteriors
// are normal here; the paper takes Laplace's for some data. The gradient is the plain one, not DReG's.

namespace Avs.Models.Vae.Multimodal;

/// <summary>MMVAE.</summary>
public sealed record MmvaeConfig : MultimodalConfig
{
    /// <summary>L, codes drawn of each modality's posterior.</summary>
    [AtLeast(1)] public int Samples { get; init; } = 1;

    /// <inheritdoc/>
    public override MultimodalObjective DefaultObjective() => new MmvaeObjective();

    private protected override MultimodalNetwork CreateNetwork(IReadOnlyList<Modality> modalities) => new MmvaeNetwork(modalities, this);
}

/// <summary>MMVAE's network.</summary>
public sealed class MmvaeNetwork : MultimodalNetwork
{
    private readonly int samples;

    internal MmvaeNetwork(IReadOnlyList<Modality> modalities, MmvaeConfig config)
        : base(nameof(MmvaeNetwork), modalities, config) => samples = config.Samples;

    /// <inheritdoc/>
    public override JointPosterior Join(UnimodalPosteriors unimodal) => Experts.Mixture(unimodal);

    /// <inheritdoc/>
    public override MultimodalOutput forward(MultimodalInput input, Generator generator)
    {
        using var scope = NewDisposeScope();
        var unimodal = Encode(input);
        var code = unimodal.Shared.Sample(generator, samples); // [L,M,N,K]
        var path = new MultimodalPath(code, DecodeSome(input, _ => true, _ => (code, null)), unimodal.Present.alias());
        return new MultimodalOutput(unimodal, Join(unimodal), [path]).MoveToOuterDisposeScope();
    }
}

/// <summary>Minus the stratified bound.</summary>
public sealed record MmvaeObjective : MultimodalObjective
{
    /// <inheritdoc/>
    public override ObjectiveTerms Compute(MultimodalNetwork network, MultimodalInput input, MultimodalOutput output, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var path = output.Paths[0];
        var (reconstruction, byModality) = network.Reconstruction(input, path); // [L,M,N]
        var kl = output.Joint.LogDensity(path.Code) - DiagonalGaussian.StandardLogDensity(path.Code); // log q(c | X) − log p(c)
        return StratifiedBound.Compute(reconstruction, kl, output.Joint.Weights, Beta(progress), byModality).MoveToOuterDisposeScope();
    }
}

/// <summary>The objective of codes that were drawn of each component of a mixture.</summary>
internal static class StratifiedBound
{
    /// <summary>−Σ_m w_m log 1/L Σ_l exp(−R − β·KL), averaged over the examples.</summary>
    /// <param name="reconstruction">R [L,M,N].</param>
    /// <param name="kl">Estimates of the KL by each code [L,M,N].</param>
    /// <param name="weights">Of the components, [M,N]; 0 of a modality that is missing.</param>
    /// <param name="beta">β.</param>
    /// <param name="byModality">Further terms.</param>
    public static ObjectiveTerms Compute(
        Tensor reconstruction, Tensor kl, Tensor weights, double beta, IEnumerable<(string, Tensor)> byModality)
    {
        using var scope = NewDisposeScope();
        Tensor Mean(Tensor strata) => (strata * weights).sum([0]).mean(); // [M,N] -> []
        var bound = (-reconstruction - kl * beta).logsumexp(0) - Math.Log(reconstruction.shape[0]); // [M,N]
        return new ObjectiveTerms(
            -Mean(bound), [("reconstruction", Mean(reconstruction.mean([0]))), ("kl", Mean(kl.mean([0]))), .. byModality])
            .MoveToOuterDisposeScope();
    }
}
