using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Multimodal;
using Avs.Models.Vae.Networks;

namespace Avs.Models.Vae;

/// <summary>A named autoencoder of images.</summary>
/// <param name="Name">The name in configurations and on the command line.</param>
/// <param name="Summary">One line for a list.</param>
/// <param name="Config">Sizes and choices; vary them with <c>with</c>.</param>
/// <param name="Parameters">Trainable parameters.</param>
public sealed record AutoencoderPreset(string Name, string Summary, AutoencoderConfig Config, long Parameters)
{
    /// <summary>What it learns by. Unless said, the model's default.</summary>
    public AutoencoderObjective Objective { get; init; } = Config.DefaultObjective();
}

/// <summary>A named multimodal VAE.</summary>
/// <param name="Name">The name in configurations and on the command line.</param>
/// <param name="Summary">One line for a list.</param>
/// <param name="Config">Sizes and choices; vary them with <c>with</c>.</param>
/// <param name="Parameters">Trainable parameters with <see cref="VaeRegistry.FiveModalities"/>.</param>
public sealed record MultimodalPreset(string Name, string Summary, MultimodalConfig Config, long Parameters)
{
    /// <summary>What it learns by. Unless said, the model's default.</summary>
    public MultimodalObjective Objective { get; init; } = Config.DefaultObjective();
}

/// <summary>The autoencoders and VAEs by name.</summary>
public static class VaeRegistry
{
    /// <summary>Autoencoders of images, in the order of a list.</summary>
    public static IReadOnlyList<AutoencoderPreset> Autoencoders { get; } =
    [
        new("ae_conv", "convolutional autoencoder, 2 dimensions, cross-entropy", new PlainAutoencoderConfig(), 343_043),
        new("vae_conv", "the same as a VAE; mean cross-entropy times 500, KL times 1", new VaeConfig(), 347_141)
        {
            Objective = new VaeObjective { Reduction = ReconstructionReduction.PerPixelMean, ReconstructionWeight = 500 },
        },
        new("vae_mlp", "VAE with one dense layer of 400 on each side, 20 dimensions, Bernoulli likelihood, 28x28", MnistMlp, 652_824),
        new("vae_mlp_2d", "the same with 2 dimensions, for pictures of the latent plane", MnistMlp with { LatentSize = 2 }, 631_188),
        new("vae_gaussian", "convolutional VAE, Gaussian likelihood of a fixed sigma", new VaeConfig { Likelihood = Gaussian }, 347_141),
        new("vae_learned_sigma", "the same, sigma learned",
            new VaeConfig { Likelihood = Gaussian with { Kind = LikelihoodKind.GaussianLearnedSigma } }, 347_142),
        new("vae_log_sigma", "convolutional VAE whose head is log sigma; mean squared error times 500", LogSigma, 347_141)
        {
            Objective = new VaeObjective { Reduction = ReconstructionReduction.PerPixelMean, ReconstructionWeight = 500 },
        },
        new("vae_faces", "VAE of faces: 200 dimensions, batch normalisation, mean squared error times 2,000, 3x32x32", Faces,
            652_560 + 698_755)
        {
            Objective = new VaeObjective { Reduction = ReconstructionReduction.PerPixelMean, ReconstructionWeight = 2000 },
        },
        new("iwae_mlp", "importance-weighted autoencoder, 5 samples, the network of vae_mlp", Iwae, 652_824),
        new("wae_mmd", "Wasserstein autoencoder with maximum mean discrepancy, squared error",
            new WaeConfig { LatentSize = 8, Likelihood = SquaredError }, 367_625),
        new("rae_l2", "regularised autoencoder with an L2 penalty, squared error",
            new RaeConfig { LatentSize = 8, Likelihood = SquaredError }, 367_625),
    ];

    /// <summary>Multimodal VAEs, in the order of a list.</summary>
    public static IReadOnlyList<MultimodalPreset> Multimodal { get; } =
    [
        new("mvae", "product of experts", new MvaeConfig { LatentSize = 64, Likelihood = Photograph }, 3_646_735),
        new("mmvae", "mixture of experts, stratified sampling", new MmvaeConfig { LatentSize = 64, Likelihood = Photograph }, 3_646_735),
        new("mopoe", "mixture of the products of all subsets", new MopoeConfig { LatentSize = 64, Likelihood = Photograph }, 3_646_735),
        new("mmjsd", "mixture of experts, geometric Jensen-Shannon divergence with a dynamic prior",
            new MmjsdConfig { LatentSize = 64, Likelihood = Photograph }, 3_646_735),
        new("dmvae", "product of experts for a shared code, and private codes", new DmvaeConfig { Likelihood = Photograph }, 3_646_735),
        new("mmvae_plus", "mixture of experts for a shared code, private codes and their auxiliary priors",
            new MmvaePlusConfig { Likelihood = Photograph }, 3_646_895),
    ];

    /// <summary>Five modalities of 3x32x32, the shape of PolyDigits.</summary>
    public static IReadOnlyList<Modality> FiveModalities { get; } =
        [.. Enumerable.Range(0, 5).Select(i => new Modality($"m{i}", new ImageShape { Channels = 3 }))];

    private static VaeConfig MnistMlp => new()
    {
        Image = new ImageShape { Height = 28, Width = 28 },
        LatentSize = 20,
        Encoder = new EncoderConfig { Kind = NetworkKind.Mlp },
        Decoder = new DecoderConfig { Kind = NetworkKind.Mlp },
    };

    private static IwaeConfig Iwae =>
        new() { Image = MnistMlp.Image, LatentSize = MnistMlp.LatentSize, Encoder = MnistMlp.Encoder, Decoder = MnistMlp.Decoder };

    private static LikelihoodConfig Gaussian => new() { Kind = LikelihoodKind.Gaussian, Sigma = 0.3 };

    private static LikelihoodConfig SquaredError => new() { Kind = LikelihoodKind.MeanSquaredError };

    private static LikelihoodConfig Photograph => Gaussian;

    private static VaeConfig LogSigma => new() { Head = GaussianScale.LogSigma, Likelihood = SquaredError };

    private static VaeConfig Faces => new()
    {
        Image = new ImageShape { Channels = 3 },
        LatentSize = 200,
        Encoder = new EncoderConfig { Channels = [128, 128, 128, 128], BatchNorm = true, Activation = Activation.LeakyRelu },
        Decoder = new DecoderConfig { Channels = [128, 128, 128, 128], BatchNorm = true, Activation = Activation.LeakyRelu },
        Likelihood = SquaredError,
        KerasDefaults = true,
    };
}
