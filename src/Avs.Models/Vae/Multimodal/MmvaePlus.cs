using Avs.Core.Configuration;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using TorchSharp.Modules;
using static TorchSharp.torch;

// MMVAE+: E. Palumbo, I. Daunhawer, J. Vogt, "MMVAE+: Enhancing the Generative Quality of Multimodal VAEs without Compromises", ICLR 2023.
//
//   shared c, private s_m;  q(c, s_m | X) with c of the mixture 1/M Σ_m q_m(c | x_m) and s_m ~ q_m(s_m | x_m)
//   codes (c, s_m) of modality m reconstruct x_m; the other x_n are reconstructed from c and s̃_n ~ r_n
//   r_n = N(0, σ_n²), an auxiliary prior whose σ_n is learned; it is for the loss alone: images are generated with draws of p(s_n), as in
//   the authors' release
//
//   loss = −1/M Σ_m E[log 1/L Σ_l p(x_m | c, s_m)·Π_{n≠m} p(x_n | c, s̃_n)·p(c)·p(s_m)/(q(c | X)·q_m(s_m | x_m))]
//
// As no private code of x_m reaches the decoder of another modality, nothing is gained by putting what is private into c, nor the other way
// round.

namespace Avs.Models.Vae.Multimodal;

/// <summary>MMVAE+.</summary>
public sealed record MmvaePlusConfig : MultimodalConfig
{
    /// <summary>J, dimensions of each modality's private code.</summary>
    [AtLeast(1)] public int PrivateSize { get; init; } = 32;

    /// <summary>L, codes drawn of each modality's posterior.</summary>
    [AtLeast(1)] public int Samples { get; init; } = 1;

    internal override int PrivateCodes => PrivateSize;

    /// <inheritdoc/>
    public override MultimodalObjective DefaultObjective() => new MmvaePlusObjective();

    private protected override MultimodalNetwork CreateNetwork(IReadOnlyList<Modality> modalities) =>
        new MmvaePlusNetwork(modalities, this);
}

/// <summary>MMVAE+'s network.</summary>
public sealed class MmvaePlusNetwork : MultimodalNetwork
{
    private readonly Parameter log_sigma; // of r, [M,J]
    private readonly int samples;

    internal MmvaePlusNetwork(IReadOnlyList<Modality> modalities, MmvaePlusConfig config)
        : base(nameof(MmvaePlusNetwork), modalities, config)
    {
        samples = config.Samples;
        log_sigma = nn.Parameter(zeros([modalities.Count, config.PrivateSize]));
        register_parameter(nameof(log_sigma), log_sigma);
    }

    /// <inheritdoc/>
    public override JointPosterior Join(UnimodalPosteriors unimodal) => Experts.Mixture(unimodal);

    /// <inheritdoc/>
    public override MultimodalOutput forward(MultimodalInput input, Generator generator)
    {
        using var scope = NewDisposeScope();
        var unimodal = Encode(input);
        var shared = unimodal.Shared.Sample(generator, samples); // [L,M,N,K]
        var own = unimodal.Private!.Sample(generator, samples); // [L,M,N,J]
        (Tensor, Tensor?) Codes(int n)
        {
            var isOwn = arange(Count, device: own.device).eq(n).view(-1, 1, 1); // [M,1,1]
            var auxiliary = StandardNormalNoise.Draw(generator, own.shape, log_sigma) * log_sigma[n].exp(); // s̃ ~ r_n
            return (shared, where(isOwn, own, auxiliary));
        }

        var path = new MultimodalPath(shared, DecodeSome(input, _ => true, Codes), unimodal.Present.alias(), PrivateCode: own);
        return new MultimodalOutput(unimodal, Join(unimodal), [path]).MoveToOuterDisposeScope();
    }
}

/// <summary>Minus the stratified bound with private codes.</summary>
public sealed record MmvaePlusObjective : MultimodalObjective
{
    /// <inheritdoc/>
    public override ObjectiveTerms Compute(MultimodalNetwork network, MultimodalInput input, MultimodalOutput output, double progress = 1)
    {
        using var scope = NewDisposeScope();
        var path = output.Paths[0];
        var (reconstruction, byModality) = network.Reconstruction(input, path); // [L,M,N]
        var kl = output.Joint.LogDensity(path.Code) - DiagonalGaussian.StandardLogDensity(path.Code);
        var ofPrivate = output.Unimodal.Private!.LogDensity(path.PrivateCode!) - DiagonalGaussian.StandardLogDensity(path.PrivateCode!);
        return StratifiedBound.Compute(
            reconstruction, kl + ofPrivate, output.Joint.Weights, Beta(progress), byModality).MoveToOuterDisposeScope();
    }
}
