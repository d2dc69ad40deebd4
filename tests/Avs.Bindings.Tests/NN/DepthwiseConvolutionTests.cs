using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.NN;

/// <summary>The kernel for maps whose channels lie last against libtorch's convolution of the same maps with channels first.</summary>
public sealed class DepthwiseConvolutionTests
{
    public static TheoryData<int, int, int, int> Sizes => new() { { 2, 16, 14, 14 }, { 1, 13, 5, 7 }, { 3, 8, 1, 6 }, { 2, 3, 9, 2 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Values_and_gradients_are_those_of_the_convolution(int n, int c, int h, int w)
    {
        using var scope = NewDisposeScope();
        var (map, weight, bias) = Given(n, c, h, w);
        var ours = Gradients(tokens => F.conv2d(Picture(tokens, h, w), weight, bias, [1, 1], [1, 1], [1, 1], c), map, weight, bias);
        var theirs = Gradients(tokens => F.conv2d(Picture(tokens, h, w).contiguous(), weight, bias, [1, 1], [1, 1], [1, 1], c), map, weight, bias);
        Assert.All(ours.Zip(theirs), pair => Assert.True(pair.First.allclose(pair.Second, 1e-5, 1e-5)));
    }

    [Fact]
    public void The_result_keeps_its_channels_last()
    {
        using var scope = NewDisposeScope();
        var (map, weight, bias) = Given(2, 16, 6, 6);
        Assert.Equal([16 * 36, 1, 16 * 6, 16], F.conv2d(Picture(map, 6, 6), weight, bias, [1, 1], [1, 1], [1, 1], 16).stride());
    }

    [Fact]
    public void A_layer_takes_the_same_way()
    {
        using var scope = NewDisposeScope();
        var (map, weight, bias) = Given(2, 16, 6, 6);
        using var layer = nn.Conv2d(16, 16, 3, padding: 1, groups: 16);
        layer.weight = nn.Parameter(weight.detach());
        layer.bias = nn.Parameter(bias.detach());
        Assert.True(layer.call(Picture(map, 6, 6)).equal(F.conv2d(Picture(map, 6, 6), weight, bias, [1, 1], [1, 1], [1, 1], 16)).all().item<bool>());
    }

    [Fact]
    public void A_gradient_of_the_gradient_is_that_of_the_convolution()
    {
        using var scope = NewDisposeScope();
        var (map, weight, bias) = Given(1, 4, 5, 5);
        Tensor Second(bool last)
        {
            var picture = last ? Picture(map, 5, 5) : Picture(map, 5, 5).contiguous();
            var y = F.conv2d(picture, weight, bias, [1, 1], [1, 1], [1, 1], 4);
            var first = autograd.grad([y.pow(2).sum()], [map], create_graph: true)[0];
            return autograd.grad([first.pow(2).sum()], [weight])[0];
        }

        Assert.True(Second(true).allclose(Second(false), 1e-4, 1e-4));
    }

    private static (Tensor Map, Tensor Weight, Tensor Bias) Given(int n, int c, int h, int w)
    {
        var generator = new Generator(3);
        return (randn([n, h * w, c], generator: generator).requires_grad_(), randn([c, 1, 3, 3], generator: generator).requires_grad_(),
            randn([c], generator: generator).requires_grad_());
    }

    private static Tensor Picture(Tensor tokens, long h, long w) => tokens.view(tokens.shape[0], h, w, tokens.shape[2]).permute(0, 3, 1, 2);

    private static Tensor[] Gradients(Func<Tensor, Tensor> convolution, Tensor map, Tensor weight, Tensor bias)
    {
        var y = convolution(map);
        var towards = arange(y.numel(), dtype: float32).sin().view(y.shape);
        return [y, .. autograd.grad([(y * towards).sum()], [map, weight, bias])];
    }
}
