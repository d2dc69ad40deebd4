using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

namespace Avs.Models.Vae.Multimodal;

/// <summary>One of the modalities of a data set. What is null is the model's choice for all of them.</summary>
/// <param name="Name">Its name in logs.</param>
/// <param name="Shape">The shape of its images; a spectrogram is one of one channel.</param>
public sealed record Modality(string Name, ImageShape Shape)
{
    public EncoderConfig? Encoder { get; init; }

    public DecoderConfig? Decoder { get; init; }

    public LikelihoodConfig? Likelihood { get; init; }

    /// <summary>What log p(x | z) of this modality counts beside the others', which may have more numbers. 1: the bound itself.</summary>
    public double Weight { get; init; } = 1;
}

/// <summary>The modalities of N examples, of which any may be missing.</summary>
/// <param name="Modalities">
/// [N,C,H,W] for each, in the model's order; null: missing of all examples. What stands at a missing place is not looked at.
/// </param>
/// <param name="Present">bool [N,M]; null: all that are not null are there.</param>
public sealed record MultimodalInput(IReadOnlyList<Tensor?> Modalities, Tensor? Present = null);

/// <summary>The codes that each modality by itself speaks for. Where it is missing they are N(0, I).</summary>
/// <param name="Shared">q(c | x_m) [M,N,K].</param>
/// <param name="Private">q(s_m | x_m) [M,N,J]; null of a model without private codes.</param>
/// <param name="Present">1 where a modality is there, else 0, [M,N].</param>
public sealed record UnimodalPosteriors(DiagonalGaussian Shared, DiagonalGaussian? Private, Tensor Present)
{
    internal UnimodalPosteriors Each(Func<Tensor, Tensor> change) => new(Shared.Each(change), Private?.Each(change), change(Present));

    internal UnimodalPosteriors MoveToOuterDisposeScope() => Each(tensor => tensor.MoveToOuterDisposeScope());
}

/// <summary>The parts of one modality: encoder, heads, decoder, likelihood.</summary>
internal sealed class ModalityNetwork : nn.Module<Tensor, (Encoding Shared, Encoding? Private)>
{
    private readonly ImageEncoder encoder;
    private readonly LatentHead shared_head;
    private readonly LatentHead? private_head;
    private readonly ImageDecoder decoder;
    private readonly Likelihood likelihood;

    public ModalityNetwork(Modality modality, MultimodalConfig config) : base(nameof(ModalityNetwork))
    {
        Modality = modality;
        encoder = (modality.Encoder ?? config.Encoder).Create(modality.Shape);
        shared_head = new GaussianHead(encoder.Features, config.LatentSize);
        private_head = config.PrivateCodes == 0 ? null : new GaussianHead(encoder.Features, config.PrivateCodes);
        decoder = (modality.Decoder ?? config.Decoder).Create(modality.Shape, config.LatentSize + config.PrivateCodes);
        likelihood = new Likelihood(modality.Likelihood ?? config.Likelihood);
        RegisterComponents();
    }

    public Modality Modality { get; }

    public Likelihood Likelihood => likelihood;

    public override (Encoding Shared, Encoding? Private) forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var features = encoder.call(images);
        return (shared_head.call(features).MoveToOuterDisposeScope(), private_head?.call(features).MoveToOuterDisposeScope());
    }

    /// <summary>Codes [...,N,K+J] to the decoder's output [...,N,C,H,W].</summary>
    public Tensor DecodeRaw(Tensor codes)
    {
        using var scope = NewDisposeScope();
        var flat = decoder.call(codes.flatten(0, -2));
        return flat.view([.. codes.shape[..^1], .. flat.shape[1..]]).MoveToOuterDisposeScope();
    }
}
