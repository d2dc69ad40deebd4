using Avs.Models.Blocks;
using Avs.Models.Memory;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests.Memory;

public sealed class UpsampleConvTests
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
        var folded = UpsampleConv.Run(x, new NearestUpsample(), convolution);
        var foldedGradients = autograd.grad([(folded * weighting).sum()], [x, convolution.weight, convolution.bias!]);

        Assert.Equal(plain.shape, folded.shape);
        Assert.True(plain.allclose(folded, 1e-5, 1e-5));
        foreach (var (expected, found) in gradients.Zip(foldedGradients))
            Assert.True(expected.allclose(found, 1e-4, 1e-4));
    }

    [Fact]
    public void Two_enlargements_and_what_follows_pixel_by_pixel_are_those_of_the_layers_called_in_turn()
    {
        using var scope = NewDisposeScope();
        using var up = new NearestUpsample();
        using var head = Given.Filled(nn.Sequential(
            nn.Conv2d(8, 6, 3, padding: 1), new NearestUpsample(), nn.Conv2d(6, 4, 3, padding: 1), nn.ReLU(), nn.Conv2d(4, 1, 1)));
        var x = Given.Uniform(1, -1, 1, 2, 8, 5, 6);
        Assert.True(UpsampleConv.Run(x, up, head).allclose(head.call(up.call(x)), 1e-5, 1e-5));
    }

    [Fact]
    public void A_convolution_without_an_enlargement_is_refused() =>
        Assert.Throws<ArgumentException>(() => UpsampleConv.Run(ones(1, 1, 2, 2), nn.Conv2d(1, 1, 3, padding: 1)));
}
