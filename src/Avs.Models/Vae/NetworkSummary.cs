using Avs.Models.Vae.Autoencoders;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Vae;

/// <summary>A layer with parameters.</summary>
/// <param name="Kind">Its type, such as `Conv2d`.</param>
/// <param name="Output">The shape of what it returns for one image, without the batch.</param>
/// <param name="Parameters">With running statistics, as tables of Keras count them.</param>
public sealed record LayerSummary(string Kind, IReadOnlyList<long> Output, long Parameters);

/// <summary>A part of a network.</summary>
/// <param name="Parameters">With the running statistics of normalisations.</param>
/// <param name="Trainable">Those that are learned.</param>
public sealed record PartSummary(long Parameters, long Trainable, IReadOnlyList<LayerSummary> Layers);

/// <summary>The layers and parameters of an autoencoder.</summary>
/// <param name="Encoder">With the head that makes the code.</param>
public sealed record NetworkSummary(long Parameters, long Trainable, PartSummary Encoder, PartSummary Decoder)
{
    /// <summary>Builds the network and sends an image through it.</summary>
    public static NetworkSummary From(AutoencoderConfig config)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var network = config.Create();
        using var generator = new Generator(0);
        network.eval();
        var decoder = network.Decoder.modules().ToHashSet();
        var (encoding, decoding) = (new List<LayerSummary>(), new List<LayerSummary>());
        foreach (var layer in network.modules().OfType<nn.Module<Tensor, Tensor>>())
        {
            if (layer is not (Linear or Conv2d or ConvTranspose2d or BatchNorm1d or BatchNorm2d))
                continue;
            var layers = decoder.Contains(layer) ? decoding : encoding;
            layer.register_forward_hook((_, _, output) =>
            {
                layers.Add(new LayerSummary(layer.GetName(), output.shape[1..], Count(layer.parameters()) + Statistics(layer)));
                return output;
            });
        }
        var image = config.Image;
        network.call(zeros(1, image.Channels, image.Height, image.Width), generator);

        PartSummary Part(List<LayerSummary> layers, long trainable) => new(layers.Sum(layer => layer.Parameters), trainable, layers);
        var (all, ofDecoder) = (Count(network.parameters()), Count(network.Decoder.parameters()));
        return new NetworkSummary(
            all + Statistics(network), all, Part(encoding, all - ofDecoder - Count(network.Likelihood.parameters())),
            Part(decoding, ofDecoder));
    }

    private static long Count(IEnumerable<Parameter> parameters) => parameters.Sum(parameter => parameter.numel());

    // Means and variances; what counts batches is no statistic.
    private static long Statistics(nn.Module module) =>
        module.buffers().Where(buffer => buffer.is_floating_point()).Sum(buffer => buffer.numel());
}
