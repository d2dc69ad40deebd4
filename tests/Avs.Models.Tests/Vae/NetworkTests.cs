using Avs.Core;
using Avs.Models.Vae;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae;

public class NetworkTests
{
    // The tables of the lectures, layer by layer.
    [Theory]
    [InlineData("ae_conv", 96_770, 246_273)]
    [InlineData("vae_conv", 100_868, 246_273)]
    [InlineData("vae_faces", 652_560, 698_755)]
    public void Parameters_before_and_after_the_code_are_the_tables(string name, long before, long after)
    {
        using var network = VaeRegistry.Autoencoders.Single(preset => preset.Name == name).Config.Create();
        static long Count(nn.Module module) => module.parameters().Sum(parameter => parameter.numel());
        Assert.Equal(after, Count(network.Decoder));
        Assert.Equal(before, Count(network) - after);
    }

    [Fact]
    public void Shapes_inside_are_the_table()
    {
        using var scope = NewDisposeScope();
        using var network = new PlainAutoencoderConfig().Create();
        var shapes = new List<string>();
        foreach (var (name, module) in network.named_modules().Where(entry => entry.module is HalvingConvolution or DoublingConvolution))
            ((nn.Module<Tensor, Tensor>)module).register_forward_hook((_, _, output) =>
            {
                shapes.Add(string.Join("x", output.shape[1..]));
                return output;
            });
        network.Reconstruct(zeros(1, 1, 32, 32));
        Assert.Equal(["32x16x16", "64x8x8", "128x4x4", "128x8x8", "64x16x16", "32x32x32"], shapes);
    }

    [Theory]
    [InlineData(NetworkKind.Convolutional, 1, 64, 32)]
    [InlineData(NetworkKind.Convolutional, 2, 16, 24)]
    [InlineData(NetworkKind.Convolutional, 8, 8, 8)]
    [InlineData(NetworkKind.Mlp, 32, 28, 28)]
    [InlineData(NetworkKind.Mlp, 3, 5, 7)]
    public void Any_code_and_any_image_that_the_strides_divide(NetworkKind kind, int latentSize, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var network = new VaeConfig
        {
            Image = new ImageShape { Channels = 3, Height = height, Width = width },
            LatentSize = latentSize,
            Encoder = new EncoderConfig { Kind = kind, Channels = [4, 8, 8], Hidden = [10, 5] },
            Decoder = new DecoderConfig { Kind = kind, Channels = [8, 8, 4], Hidden = [5, 10] },
        }.Create();
        using var generator = new Generator(1);
        var output = network.call(rand(2, 3, height, width), generator);
        Assert.Equal([1, 2, latentSize], output.Code.shape);
        Assert.Equal([1, 2, 3, height, width], output.Decoded.shape);
    }

    [Fact]
    public void An_encoder_of_one_kind_goes_with_a_decoder_of_the_other()
    {
        using var scope = NewDisposeScope();
        using var network = new VaeConfig { Encoder = new EncoderConfig { Kind = NetworkKind.Mlp } }.Create();
        Assert.Equal([2, 1, 32, 32], network.Reconstruct(rand(2, 1, 32, 32)).shape);
    }

    [Fact]
    public void Images_that_the_strides_do_not_divide_are_refused_in_a_sentence()
    {
        var config = new VaeConfig { Image = new ImageShape { Height = 28, Width = 28 } };
        var message = Assert.Throws<UsageException>(config.Create).Message;
        Assert.Equal(
            "images of 28x28 cannot be halved 3 times, once for each of the channels: expected a height and a width that 8 divides",
            message);
    }

    // Of a kernel with a single 1 the result is a choice of pixels: every other one from the first (Keras: its first row is not padded), or
    // from the second.
    [Theory]
    [InlineData(true, 0, 0)]
    [InlineData(false, 1, 1)]
    public void Halving_is_aligned_as_the_framework_aligns_it(bool keras, int row, int column)
    {
        using var scope = NewDisposeScope();
        using var layer = Single(new HalvingConvolution(1, 1, new LayerStyle(false, Activation.Relu, keras)), row, column);
        var x = arange(1, 17, ScalarType.Float32).view(1, 1, 4, 4);
        Assert.Equal([1, 3, 9, 11], layer.call(x).flatten().data<float>().ToArray());
    }

    // A transposed convolution is the gradient of a convolution: <halve(x), y> = <x, double(y)> with the same kernel. Positive numbers pass
    // the ReLUs.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Doubling_is_the_transpose_of_halving(bool keras)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var style = new LayerStyle(false, Activation.Relu, keras);
        using var halve = new HalvingConvolution(2, 3, style);
        using var twice = new DoublingConvolution(3, 2, style);
        var kernel = Given.Uniform(1, 0, 1, 3, 2, 3, 3);
        foreach (var layer in (nn.Module[])[halve, twice])
        {
            layer.get_parameter("conv.weight")!.copy_(kernel);
            layer.get_parameter("conv.bias")!.zero_();
        }
        var (x, y) = (Given.Uniform(2, 0, 1, 1, 2, 8, 6), Given.Uniform(3, 0, 1, 1, 3, 4, 3));
        Assert.Equal(1, (halve.call(x) * y).sum().item<float>() / (x * twice.call(y)).sum().item<float>(), 1e-5);
    }

    [Fact]
    public void Keras_begins_with_glorots_weights_and_no_biases()
    {
        using var scope = NewDisposeScope();
        using var network = VaeRegistry.Autoencoders.Single(preset => preset.Name == "vae_faces").Config.Create();
        var state = network.state_dict();
        Assert.All(state.Where(entry => entry.Key.EndsWith("conv.bias", StringComparison.Ordinal)), entry => Assert.Equal(
            0, entry.Value.abs().max().item<float>()));
        var largest = state["encoder.stages.1.conv.weight"].abs().max().item<float>();
        Assert.InRange(largest, 0.99 * Math.Sqrt(6 / (256 * 9.0)), Math.Sqrt(6 / (256 * 9.0)) + 1e-7);
    }

    private static HalvingConvolution Single(HalvingConvolution layer, int row, int column)
    {
        using var untracked = no_grad();
        layer.get_parameter("conv.bias")!.zero_();
        layer.get_parameter("conv.weight")!.zero_()[0, 0, row, column].fill_(1);
        return layer;
    }
}
