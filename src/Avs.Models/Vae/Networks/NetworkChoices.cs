using Avs.Core;
using Avs.Core.Configuration;
using static TorchSharp.torch;

namespace Avs.Models.Vae.Networks;

/// <summary>Types of encoders and decoders.</summary>
public enum NetworkKind
{
    /// <summary>Convolutions that halve (transposed ones that double) height and width.</summary>
    Convolutional,

    /// <summary>Dense layers over the flattened image.</summary>
    Mlp,
}

public enum Activation
{
    Relu,

    /// <summary>Slope 0.01 below zero as in PyTorch; 0.3 with Keras's defaults.</summary>
    LeakyRelu,
}

/// <summary>An image's encoder, without the head that makes a code of its features: [N,C,H,W] -> [N,F].</summary>
public abstract class ImageEncoder(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>F.</summary>
    public abstract long Features { get; }
}

/// <summary>An image's decoder: a code [N,K] -> [N,C,H,W], what the likelihood turns into an image.</summary>
public abstract class ImageDecoder(string name) : nn.Module<Tensor, Tensor>(name);

/// <summary>The encoder of an image. The defaults are those of the two-dimensional autoencoder of Fashion-MNIST.</summary>
public sealed record EncoderConfig
{
    public NetworkKind Kind { get; init; } = NetworkKind.Convolutional;

    /// <summary>Channels of a convolutional encoder, one for each convolution of stride 2.</summary>
    [AtLeast(1)] public IReadOnlyList<int> Channels { get; init; } = [32, 64, 128];

    /// <summary>Widths of an MLP's hidden layers; without any, the heads see the image itself.</summary>
    [AtLeast(1)] public IReadOnlyList<int> Hidden { get; init; } = [400];

    /// <summary>Whether every layer is followed by batch normalisation.</summary>
    public bool BatchNorm { get; init; }

    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Builds the encoder with fresh weights.</summary>
    /// <param name="image">What it encodes.</param>
    /// <param name="kerasDefaults">Whether alignment, slopes and normalisation are Keras's.</param>
    /// <exception cref="UsageException">The strides do not divide the image.</exception>
    public ImageEncoder Create(ImageShape image, bool kerasDefaults = false)
    {
        var style = new LayerStyle(BatchNorm, Activation, kerasDefaults);
        return Kind == NetworkKind.Mlp ? new MlpEncoder(image, Hidden, style) : new ConvolutionalEncoder(image, Channels, style);
    }
}

/// <summary>The decoder of an image. The defaults are those of the two-dimensional autoencoder of Fashion-MNIST.</summary>
public sealed record DecoderConfig
{
    public NetworkKind Kind { get; init; } = NetworkKind.Convolutional;

    /// <summary>
    /// Channels of a convolutional decoder, one for each transposed convolution of stride 2. The code becomes a map with as many channels
    /// as the first.
    /// </summary>
    [AtLeast(1)] public IReadOnlyList<int> Channels { get; init; } = [128, 64, 32];

    /// <summary>Widths of an MLP's hidden layers; without any, the image is a linear function of the code.</summary>
    [AtLeast(1)] public IReadOnlyList<int> Hidden { get; init; } = [400];

    /// <summary>
    /// Whether every layer but the last is followed by batch normalisation. Without, the map that the code becomes has no activation
    /// either.
    /// </summary>
    public bool BatchNorm { get; init; }

    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Builds the decoder with fresh weights.</summary>
    /// <param name="image">What it decodes to.</param>
    /// <param name="latentSize">K.</param>
    /// <param name="kerasDefaults">Whether alignment, slopes and normalisation are Keras's.</param>
    /// <exception cref="UsageException">The strides do not divide the image.</exception>
    public ImageDecoder Create(ImageShape image, int latentSize, bool kerasDefaults = false)
    {
        var style = new LayerStyle(BatchNorm, Activation, kerasDefaults);
        return Kind == NetworkKind.Mlp
            ? new MlpDecoder(image, latentSize, Hidden, style) : new ConvolutionalDecoder(image, latentSize, Channels, style);
    }
}
