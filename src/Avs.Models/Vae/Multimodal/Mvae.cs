using Avs.Core.Configuration;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

// The multimodal VAE with a product of experts: M. Wu, N. Goodman, "Multimodal Generative Models for Scalable Weakly-Supervised Learning",
// NeurIPS 2018.
//
//   q(c | X) ∝ N(c; 0, I)·Π_m N(c; μ_m, σ_m²)         over the modalities that are there; the prior is one of the experts
//   loss = −ELBO(X) − Σ_m ELBO(x_m) − Σ_j ELBO(X_j)    of everything, of each modality alone, and of k random subsets X_j (eq. 4)
//
// With the first term alone a modality's expert need not make sense by itself.

namespace Avs.Models.Vae.Multimodal;

/// <summary>MVAE.</summary>
public sealed record MvaeConfig : MultimodalConfig
{
    /// <summary>Whether the ELBO of each modality alone, and of subsets, is learned beside that of all.</summary>
    public bool SubsampledTraining { get; init; } = true;

    /// <summary>k, subsets of two modalities up to all but one, drawn for each batch.</summary>
    [AtLeast(0)] public int RandomSubsets { get; init; } = 1;

    /// <inheritdoc/>
    public override MultimodalObjective DefaultObjective() => new MvaeObjective();

    private protected override MultimodalNetwork CreateNetwork(IReadOnlyList<Modality> modalities) => new MvaeNetwork(modalities, this);
}

/// <summary>MVAE's network.</summary>
public sealed class MvaeNetwork : MultimodalNetwork
{
    private readonly MvaeConfig config;

    internal MvaeNetwork(IReadOnlyList<Modality> modalities, MvaeConfig config)
        : base(nameof(MvaeNetwork), modalities, config) => this.config = config;

    /// <inheritdoc/>
    public override JointPosterior Join(UnimodalPosteriors unimodal)
    {
        using var scope = NewDisposeScope();
        return JointPosterior.FromSingle(Experts.Product(unimodal.Shared, unimodal.Present, prior: true)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override MultimodalOutput forward(MultimodalInput input, Generator generator)
    {
        using var scope = NewDisposeScope();
        var unimodal = Encode(input);
        MultimodalPath Path(IReadOnlyList<int> subset)
        {
            var taken = unimodal.Present * Indicator(subset, unimodal.Present); // [M,N]
            var posterior = Experts.Product(unimodal.Shared, taken, prior: true);
            var code = posterior.Sample(generator).squeeze(0); // [N,K]
            return new MultimodalPath(code, DecodeSome(input, subset.Contains, _ => (code, null)), taken, posterior);
        }

        return new MultimodalOutput(unimodal, Join(unimodal), [.. Subsets(generator).Select(Path)]).MoveToOuterDisposeScope();
    }

    // All modalities, each alone, and random subsets between.
    private IEnumerable<IReadOnlyList<int>> Subsets(Generator generator)
    {
        yield return [.. Enumerable.Range(0, Count)];
        if (!config.SubsampledTraining || Count == 1)
            yield break;
        for (var m = 0; m < Count; m++)
            yield return [m];
        for (var i = 0; i < (Count == 2 ? 0 : config.RandomSubsets); i++)
        {
            using var size = randint(2, Count, [1], ScalarType.Int64, CPU, generator: generator);
            using var order = randperm(Count, ScalarType.Int64, CPU, generator: generator);
            yield return [.. order.data<long>().ToArray().Take((int)size.item<long>()).Select(m => (int)m)];
        }
    }

    // 1 of a modality in the subset, [M,1].
    private Tensor Indicator(IReadOnlyList<int> subset, Tensor like) =>
        tensor(Enumerable.Range(0, Count).Select(m => subset.Contains(m) ? 1f : 0f).ToArray(), like.dtype, like.device).unsqueeze(-1);
}

/// <summary>Minus the ELBOs of all modalities and of the subsets that were drawn.</summary>
public sealed record MvaeObjective : MultimodalObjective
{
    /// <inheritdoc/>
    public override ObjectiveTerms Compute(MultimodalNetwork network, MultimodalInput input, MultimodalOutput output, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var parts = output.Paths.Select(path =>
        {
            var (sum, byModality) = network.Reconstruction(input, path);
            // Of an example that has nothing of a subset the product is the prior itself: no KL.
            return (Reconstruction: sum.mean(), Kl: KullbackLeibler.ToStandardNormal(path.Posterior!).sum(-1).mean(), byModality);
        }).ToArray();
        var losses = parts.Select(part => part.Reconstruction + part.Kl * Beta(progress)).ToArray();
        var total = losses.Aggregate((sum, next) => sum + next);
        return new ObjectiveTerms(
            total,
            [("reconstruction", parts[0].Reconstruction), ("kl", parts[0].Kl), ("subsets", total - losses[0]), .. parts[0].byModality])
            .MoveToOuterDisposeScope();
    }
}
