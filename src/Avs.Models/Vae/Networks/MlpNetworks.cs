using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Vae.Networks;

/// <summary>Dense layers: [N,C,H,W] -> [N,F].</summary>
public sealed class MlpEncoder : ImageEncoder
{
    private readonly ModuleList<DenseLayer> layers;

    internal MlpEncoder(ImageShape image, IReadOnlyList<int> hidden, LayerStyle style) : base(nameof(MlpEncoder))
    {
        layers = new ModuleList<DenseLayer>(
            [.. hidden.Select((width, i) => new DenseLayer(i == 0 ? image.Numbers : hidden[i - 1], width, style))]);
        Features = hidden.Count == 0 ? image.Numbers : hidden[^1];
        RegisterComponents();
    }

    public override long Features { get; }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = x.flatten(1); // [N,C,H,W] -> [N,P]
        foreach (var layer in layers)
            x = layer.call(x);
        return x.MoveToOuterDisposeScope();
    }
}

/// <summary>Dense layers: [N,K] -> [N,C,H,W].</summary>
public sealed class MlpDecoder : ImageDecoder
{
    private readonly ModuleList<DenseLayer> layers;
    private readonly Linear last;
    private readonly ImageShape image;

    internal MlpDecoder(ImageShape image, int latentSize, IReadOnlyList<int> hidden, LayerStyle style) : base(nameof(MlpDecoder))
    {
        this.image = image;
        layers = new ModuleList<DenseLayer>(
            [.. hidden.Select((width, i) => new DenseLayer(i == 0 ? latentSize : hidden[i - 1], width, style))]);
        last = nn.Linear(hidden.Count == 0 ? latentSize : hidden[^1], image.Numbers);
        RegisterComponents();
    }

    public override Tensor forward(Tensor z)
    {
        using var scope = NewDisposeScope();
        var x = z;
        foreach (var layer in layers)
            x = layer.call(x);
        return last.call(x).view(-1, image.Channels, image.Height, image.Width).MoveToOuterDisposeScope(); // [N,P] -> [N,C,H,W]
    }
}
