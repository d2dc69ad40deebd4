using Avs.Models.Memory;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests.Memory;

public sealed class DoubledConvolutionTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(2, 3, 5, 4, 7)]
    [InlineData(2, 16, 8, 12, 12)]
    public void It_is_the_convolution_of_the_enlarged_map_and_has_its_gradients(int n, int inputs, int outputs, int h, int w)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        using var convolution = nn.Conv2d(inputs, outputs, 3, padding: 1);
        var x = rand(new long[] { n, inputs, h, w }, generator: generator).requires_grad_(true);
        var plainX = x.detach().requires_grad_(true);
        var weighting = rand(new long[] { n, outputs, 2 * h, 2 * w }, generator: generator);

        var plain = convolution.call(F.interpolate(plainX, scale_factor: [2, 2], mode: InterpolationMode.Nearest));
        var gradients = autograd.grad([(plain * weighting).sum()], [plainX, convolution.weight, convolution.bias!]);
        var folded = DoubledConvolution.OfEnlarged(convolution, x);
        var foldedGradients = autograd.grad([(folded * weighting).sum()], [x, convolution.weight, convolution.bias!]);

        Assert.Equal(plain.shape, folded.shape);
        Assert.True(plain.allclose(folded, 1e-5, 1e-5));
        foreach (var (expected, found) in gradients.Zip(foldedGradients))
            Assert.True(expected.allclose(found, 1e-4, 1e-4));
    }
}
