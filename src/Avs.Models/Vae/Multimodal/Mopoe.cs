using Avs.Core;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

// The mixture of products of experts: T. Sutter, I. Daunhawer, J. Vogt, "Generalized Multimodal ELBO", ICLR 2021.
//
//   q_S(c | X_S) ∝ Π_{m∈S} N(c; μ_m, σ_m²)                       for each set S of modalities, none empty: 2^M − 1 of them
//   q(c | X) = 1/#S Σ_S q_S(c | X_S)                              over the sets whose modalities are all there
//   loss = −E_{c ~ q}[Σ_m log p(x_m | c)] + β·1/#S Σ_S KL(q_S ‖ N(0, I))
//
// The last term is not below KL(q ‖ N(0, I)), as the KL is convex. One set is drawn for each example. The authors' program multiplies the
// prior into the product of the full set, which the paper does not; here it is in none.

namespace Avs.Models.Vae.Multimodal;

/// <summary>MoPoE-VAE.</summary>
public sealed record MopoeConfig : MultimodalConfig
{
    internal const int MostModalities = 10;

    /// <inheritdoc/>
    public override MultimodalObjective DefaultObjective() => new MopoeObjective();

    private protected override MultimodalNetwork CreateNetwork(IReadOnlyList<Modality> modalities) => modalities.Count <= MostModalities
        ? new MopoeNetwork(modalities, this)
        : throw new UsageException(
            $"mopoe has a product for each set of modalities; found {modalities.Count} modalities, expected at most {MostModalities}");
}

/// <summary>MoPoE-VAE's network.</summary>
public sealed class MopoeNetwork : MultimodalNetwork
{
    internal MopoeNetwork(IReadOnlyList<Modality> modalities, MopoeConfig config) : base(nameof(MopoeNetwork), modalities, config) { }

    /// <inheritdoc/>
    public override JointPosterior Join(UnimodalPosteriors unimodal)
    {
        using var scope = NewDisposeScope();
        var present = unimodal.Present; // [M,N]
        var subsets = Subsets(present); // [S,M]
        var available = subsets.matmul(1 - present).eq(0).to(present.dtype); // [S,N]
        Tensor Sum(Tensor ofModalities) => einsum("sm,mnk->snk", subsets, ofModalities);
        var precisions = (-unimodal.Shared.LogVariance).exp();
        var precision = Sum(precisions); // [S,N,K]
        var components = new DiagonalGaussian(Sum(precisions * unimodal.Shared.Mean) / precision, -precision.log());
        return new JointPosterior(components, available / available.sum([0])).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override MultimodalOutput forward(MultimodalInput input, Generator generator) => DecodeJointSample(input, generator);

    // 1 where a modality belongs to a set; the sets are the bits of 1 to 2^M − 1.
    private Tensor Subsets(Tensor like) =>
        tensor(Enumerable.Range(1, (1 << Count) - 1)
                .SelectMany(set => Enumerable.Range(0, Count).Select(m => (set >> m & 1) == 1 ? 1f : 0f)).ToArray(),
            like.dtype, like.device).view(-1, Count);
}

/// <summary>Reconstruction from one set's code, and the KLs of all sets.</summary>
public sealed record MopoeObjective : MultimodalObjective
{
    /// <inheritdoc/>
    public override ObjectiveTerms Compute(MultimodalNetwork network, MultimodalInput input, MultimodalOutput output, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var (sum, byModality) = network.Reconstruction(input, output.Paths[0]);
        var reconstruction = sum.mean();
        var kl = (KullbackLeibler.ToStandardNormal(output.Joint.Components).sum(-1) * output.Joint.Weights).sum([0]).mean(); // [S,N] -> []
        return new ObjectiveTerms(
            reconstruction + kl * Beta(progress), [("reconstruction", reconstruction), ("kl", kl), .. byModality])
            .MoveToOuterDisposeScope();
    }
}
