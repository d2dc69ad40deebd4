using Avs.Models.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Memory;

public class PatchProductTests
{
    // The second: a row and two columns that fill no patch.
    [Theory]
    [InlineData(2, 8, 6)]
    [InlineData(4, 9, 10)]
    public void Values_and_gradients_are_those_of_the_convolution(long r, long h, long w)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var conv = nn.Conv2d(6, 5, r, stride: r).to(ScalarType.Float64);
        var tokens = randn([3, h * w, 6], ScalarType.Float64).requires_grad_();
        var direct = conv.call(tokens.view(3, h, w, 6).permute(0, 3, 1, 2)).flatten(2).transpose(1, 2); // [3,6,h,w] -> [3,m/r²,5]

        var product = PatchProduct.Run(conv, tokens, h, w);
        Assert.Equal([3, h / r * (w / r), 5], product.shape);
        Assert.All(Gradients(product).Zip(Gradients(direct)), pair => Assert.True(pair.First.allclose(pair.Second, 1e-10, 1e-12)));

        Tensor[] Gradients(Tensor y) => [y, .. autograd.grad([y.pow(2).sum()], [tokens, conv.weight, conv.bias!])];
    }
}
