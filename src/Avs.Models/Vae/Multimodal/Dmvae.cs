using Avs.Core.Configuration;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

// DMVAE: M. Lee, V. Pavlovic, "Private-Shared Disentangled Multimodal VAE for Learning of Latent Representations", CVPR workshops 2021.
//
//   shared c, private s_m;  q(c | X) ∝ N(c; 0, I)·Π_m q_m(c | x_m),  q(s_m | x_m)
//   loss = −ELBO(c ~ q(c | X)) − Σ_m ELBO(c ~ q_m(c | x_m)),      each with the private codes of the modalities themselves:
//   ELBO(c ~ q) = Σ_n E[log p(x_n | c, s_n)] − β·[KL(q ‖ N(0, I)) + Σ_n KL(q(s_n | x_n) ‖ N(0, I))]
//
// So each modality's shared code has to serve the reconstruction of all the others.

namespace Avs.Models.Vae.Multimodal;

/// <summary>DMVAE.</summary>
public sealed record DmvaeConfig : MultimodalConfig
{
    /// <summary>J, dimensions of each modality's private code.</summary>
    [AtLeast(1)] public int PrivateSize { get; init; } = 32;

    internal override int PrivateCodes => PrivateSize;

    /// <inheritdoc/>
    public override MultimodalObjective DefaultObjective() => new DmvaeObjective();

    private protected override MultimodalNetwork CreateNetwork(IReadOnlyList<Modality> modalities) => new DmvaeNetwork(modalities, this);
}

/// <summary>DMVAE's network.</summary>
public sealed class DmvaeNetwork : MultimodalNetwork
{
    internal DmvaeNetwork(IReadOnlyList<Modality> modalities, DmvaeConfig config) : base(nameof(DmvaeNetwork), modalities, config) { }

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
        MultimodalPath Path(DiagonalGaussian posterior, Tensor counted)
        {
            var code = posterior.Sample(generator).squeeze(0); // [N,K]
            var specific = unimodal.Private!.Sample(generator).squeeze(0); // [M,N,J]
            return new MultimodalPath(code, DecodeSome(input, _ => true, m => (code, specific[m])), counted, posterior);
        }

        var joint = Experts.Product(unimodal.Shared, unimodal.Present, prior: true);
        var paths = new List<MultimodalPath> { Path(joint, unimodal.Present.alias()) };
        for (var m = 0; m < Count; m++)
            if (input.Modalities[m] is not null)
                paths.Add(Path(unimodal.Shared.Member(m), unimodal.Present * unimodal.Present[m]));
        return new MultimodalOutput(unimodal, Join(unimodal), paths).MoveToOuterDisposeScope();
    }
}

/// <summary>Minus the ELBOs of the joint posterior and of each modality's.</summary>
public sealed record DmvaeObjective : MultimodalObjective
{
    /// <inheritdoc/>
    public override ObjectiveTerms Compute(MultimodalNetwork network, MultimodalInput input, MultimodalOutput output, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var ofPrivate = KullbackLeibler.ToStandardNormal(output.Unimodal.Private!).sum(-1); // [M,N]
        var parts = output.Paths.Select(path =>
        {
            var (sum, byModality) = network.Reconstruction(input, path);
            return (
                Reconstruction: sum.mean(),
                Kl: KullbackLeibler.ToStandardNormal(path.Posterior!).sum(-1).mean(), // 0 where the modality is missing
                PrivateKl: (ofPrivate * path.Counted).sum([0]).mean(),
                byModality);
        }).ToArray();
        var losses = parts.Select(part => part.Reconstruction + (part.Kl + part.PrivateKl) * Beta(progress)).ToArray();
        var total = losses.Aggregate((sum, next) => sum + next);
        return new ObjectiveTerms(
            total,
            [
                ("reconstruction", parts[0].Reconstruction), ("kl", parts[0].Kl), ("private_kl", parts[0].PrivateKl),
                ("single", total - losses[0]), .. parts[0].byModality,
            ])
            .MoveToOuterDisposeScope();
    }
}
