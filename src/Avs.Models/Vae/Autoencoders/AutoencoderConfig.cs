using Avs.Core;
using Avs.Core.Configuration;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;

// What an autoencoder brings: a record of its sizes and choices (AutoencoderConfig), which builds the network, and the objective that it
// learns by.

namespace Avs.Models.Vae.Autoencoders;

/// <summary>The sizes and choices of an autoencoder of images: one sealed record a model.</summary>
public abstract record AutoencoderConfig
{
    public ImageShape Image { get; init; } = new();

    /// <summary>K, dimensions of the code.</summary>
    [AtLeast(1)] public int LatentSize { get; init; } = 2;

    public EncoderConfig Encoder { get; init; } = new();

    public DecoderConfig Decoder { get; init; } = new();

    public LikelihoodConfig Likelihood { get; init; } = new();

    /// <summary>
    /// Whether layers behave and begin as Keras's do: padding at the right and bottom, Glorot's uniform first weights and biases of 0, a
    /// slope of 0.3 in LeakyReLU, batch normalisation with ε = 0.001 and momentum 0.01 (in Keras's terms 0.99). For runs that repeat a
    /// notebook.
    /// </summary>
    public bool KerasDefaults { get; init; }

    /// <summary>The objective of the model with its defaults.</summary>
    public abstract AutoencoderObjective DefaultObjective();

    /// <summary>Builds the network with fresh weights, drawn from torch's default generator.</summary>
    /// <exception cref="UsageException">The strides of an encoder or decoder do not divide the image.</exception>
    public AutoencoderNetwork Create()
    {
        var encoder = Encoder.Create(Image, KerasDefaults);
        var decoder = Decoder.Create(Image, LatentSize, KerasDefaults);
        var network = new AutoencoderNetwork(encoder, CreateHead(encoder.Features), decoder, new Likelihood(Likelihood), SamplesInTraining);
        if (KerasDefaults)
            LayerStyle.InitialiseAsKeras(network);
        return network;
    }

    private protected abstract LatentHead CreateHead(long features);

    private protected virtual int SamplesInTraining => 1;
}
