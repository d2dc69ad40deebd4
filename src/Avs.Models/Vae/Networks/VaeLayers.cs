using Avs.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The layers of encoders and decoders. "Same" padding of a 3x3 convolution of stride 2 over an even size:
//   PyTorch's way   one row of zeros before and after; the last is not looked at
//   Keras's         none before, one after: the same shapes, every sample one pixel further
// and of the transposed one: PyTorch cuts a row off before and adds one after, Keras cuts the last off.

namespace Avs.Models.Vae.Networks;

/// <summary>What the layers of a network have in common.</summary>
/// <param name="BatchNorm">Whether they are normalised.</param>
/// <param name="KerasDefaults">Whether alignment, slope and normalisation are Keras's.</param>
internal sealed record LayerStyle(bool BatchNorm, Activation Activation, bool KerasDefaults)
{
    public Tensor Activate(Tensor x) => Activation == Activation.LeakyRelu ? F.leaky_relu(x, KerasDefaults ? 0.3 : 0.01) : F.relu(x);

    public BatchNorm2d? Norm2d(long channels) =>
        !BatchNorm ? null : KerasDefaults ? nn.BatchNorm2d(channels, 1e-3, 0.01) : nn.BatchNorm2d(channels);

    public BatchNorm1d? Norm1d(long features) =>
        !BatchNorm ? null : KerasDefaults ? nn.BatchNorm1d(features, 1e-3, 0.01) : nn.BatchNorm1d(features);

    /// <summary>
    /// Keras's first weights: Glorot's uniform distribution, biases 0. (A transposed kernel has its two widths swapped, which the
    /// distribution does not see.)
    /// </summary>
    public static void InitialiseAsKeras(nn.Module module)
    {
        foreach (var layer in module.modules())
        {
            var (weight, bias) = layer switch
            {
                Conv2d convolution => (convolution.weight, convolution.bias),
                ConvTranspose2d convolution => (convolution.weight, convolution.bias),
                Linear linear => (linear.weight, linear.bias),
                _ => (null, null),
            };
            if (weight is null)
                continue;
            nn.init.xavier_uniform_(weight);
            nn.init.zeros_(bias!);
        }
    }

    /// <summary>Height and width of an image after it has been halved a number of times.</summary>
    /// <exception cref="UsageException">They cannot be halved that often.</exception>
    public static (long Height, long Width) Halved(ImageShape image, int times)
    {
        var unit = times < 31 ? 1 << times : int.MaxValue;
        return image.Height % unit == 0 && image.Width % unit == 0 ? (image.Height / unit, image.Width / unit) : throw new UsageException(
            $"images of {image.Height}x{image.Width} cannot be halved {times} times, once for each of the channels: "
            + $"expected a height and a width that {unit} divides");
    }
}

/// <summary>A dense layer, normalised or not, with or without activation.</summary>
internal sealed class DenseLayer : nn.Module<Tensor, Tensor>
{
    private readonly Linear linear;
    private readonly BatchNorm1d? norm;
    private readonly LayerStyle style;
    private readonly bool activated;

    public DenseLayer(long input, long output, LayerStyle style, bool activated = true) : base(nameof(DenseLayer))
    {
        (this.style, this.activated) = (style, activated);
        linear = nn.Linear(input, output);
        norm = style.Norm1d(output);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = linear.call(x);
        x = norm is null ? x : norm.call(x);
        return (activated ? style.Activate(x) : x).MoveToOuterDisposeScope();
    }
}

/// <summary>A 3x3 convolution of stride 2, then norm and activation: [N,C,H,W] -> [N,D,H/2,W/2].</summary>
internal sealed class HalvingConvolution : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d? norm;
    private readonly LayerStyle style;

    public HalvingConvolution(long input, long output, LayerStyle style) : base(nameof(HalvingConvolution))
    {
        this.style = style;
        conv = nn.Conv2d(input, output, 3, stride: 2, padding: style.KerasDefaults ? 0 : 1);
        norm = style.Norm2d(output);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = conv.call(style.KerasDefaults ? F.pad(x, [0, 1, 0, 1]) : x); // left, right, top, bottom
        x = norm is null ? x : norm.call(x);
        return style.Activate(x).MoveToOuterDisposeScope();
    }
}

/// <summary>A transposed 3x3 convolution of stride 2, then norm and activation: [N,C,H,W] -> [N,D,2H,2W].</summary>
internal sealed class DoublingConvolution : nn.Module<Tensor, Tensor>
{
    private readonly ConvTranspose2d conv;
    private readonly BatchNorm2d? norm;
    private readonly LayerStyle style;

    public DoublingConvolution(long input, long output, LayerStyle style) : base(nameof(DoublingConvolution))
    {
        this.style = style;
        conv = style.KerasDefaults
            ? nn.ConvTranspose2d(input, output, 3, stride: 2)
            : nn.ConvTranspose2d(input, output, 3, stride: 2, padding: 1, output_padding: 1);
        norm = style.Norm2d(output);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (2 * x.shape[2], 2 * x.shape[3]);
        x = conv.call(x);
        if (style.KerasDefaults)
            x = x.narrow(2, 0, height).narrow(3, 0, width).contiguous();
        x = norm is null ? x : norm.call(x);
        return style.Activate(x).MoveToOuterDisposeScope();
    }
}
