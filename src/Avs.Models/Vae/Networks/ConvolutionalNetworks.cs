using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Vae.Networks;

/// <summary>Convolutions of stride 2, flattened: [N,C,H,W] -> [N, D·H/2ⁿ·W/2ⁿ].</summary>
public sealed class ConvolutionalEncoder : ImageEncoder
{
    private readonly ModuleList<HalvingConvolution> stages;

    internal ConvolutionalEncoder(ImageShape image, IReadOnlyList<int> channels, LayerStyle style) : base(nameof(ConvolutionalEncoder))
    {
        var (height, width) = LayerStyle.Halved(image, channels.Count);
        stages = new ModuleList<HalvingConvolution>(
            [.. channels.Select((output, i) => new HalvingConvolution(i == 0 ? image.Channels : channels[i - 1], output, style))]);
        Features = (channels.Count == 0 ? image.Channels : channels[^1]) * height * width;
        RegisterComponents();
    }

    public override long Features { get; }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        foreach (var stage in stages)
            x = stage.call(x); // [N,C,H,W] -> [N,D,H/2,W/2]
        return x.flatten(1).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// A dense layer to a small map, transposed convolutions of stride 2, a convolution to the image's channels: [N,K] -> [N,C,H,W].
/// </summary>
/// <remarks>
/// Where a table has a transposed convolution of stride 1 as its last layer, this is the same: the same functions and as many parameters,
/// the kernel turned round.
/// </remarks>
public sealed class ConvolutionalDecoder : ImageDecoder
{
    private readonly DenseLayer dense;
    private readonly ModuleList<DoublingConvolution> stages;
    private readonly Conv2d last;
    private readonly long channels, height, width;

    internal ConvolutionalDecoder(ImageShape image, int latentSize, IReadOnlyList<int> channels, LayerStyle style)
        : base(nameof(ConvolutionalDecoder))
    {
        (height, width) = LayerStyle.Halved(image, channels.Count);
        this.channels = channels.Count == 0 ? image.Channels : channels[0];
        dense = new DenseLayer(latentSize, this.channels * height * width, style, activated: style.BatchNorm);
        stages = new ModuleList<DoublingConvolution>(
            [.. channels.Select((output, i) => new DoublingConvolution(channels[Math.Max(i - 1, 0)], output, style))]);
        last = nn.Conv2d(channels.Count == 0 ? image.Channels : channels[^1], image.Channels, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor z)
    {
        using var scope = NewDisposeScope();
        var x = dense.call(z).view(-1, channels, height, width); // [N,K] -> [N,D,H/2ⁿ,W/2ⁿ]
        foreach (var stage in stages)
            x = stage.call(x); // [N,C,H,W] -> [N,D,2H,2W]
        return last.call(x).MoveToOuterDisposeScope();
    }
}
