using TorchSharp;
using TorchSharp.Engine;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.NN;

/// <summary>Minimal filtering gives what the direct convolution gives in float64, and is what wide maps get.</summary>
[Collection(Alone.Name)]
public sealed class WinogradTests
{
    // Sides that are no multiple of a tile, channels that are no multiple of a register block, more tiles than are done at a time.
    [Theory]
    [InlineData(5, 64, 64, 28, 28, 1, true)]
    [InlineData(2, 67, 70, 45, 39, 1, true)]
    [InlineData(1, 64, 96, 110, 62, 1, false)]
    [InlineData(1, 300, 32, 83, 71, 1, true)] // more channels than are multiplied at a time, many chunks
    [InlineData(3, 64, 67, 56, 47, 3, true)]
    [InlineData(2, 65, 64, 50, 45, 6, false)]
    [InlineData(5, 64, 64, 56, 49, 12, true)] // the last tiles of a row are fewer than a vector
    [InlineData(2, 64, 64, 55, 56, 18, true)]
    [InlineData(2, 64, 64, 64, 60, 8, true)]
    [InlineData(2, 32, 48, 40, 46, 1, true)] // few channels
    [InlineData(16, 64, 40, 14, 17, 1, true)] // tiles of four and three results side by side
    public void Results_and_gradients_are_those_of_the_direct_convolution(int count, int inputs, int outputs, int height, int width, int dilation, bool biased) =>
        Hold(count, inputs, outputs, height, width, dilation, biased);

    // With dilation 16 a map of 16 h x 16 w is 256 maps of h x w, and 5 is cut into tiles of 3 and 2.
    [Theory]
    [InlineData(4, 4)]
    [InlineData(4, 3)]
    [InlineData(3, 4)]
    [InlineData(3, 3)]
    [InlineData(5, 4)]
    [InlineData(4, 5)]
    [InlineData(5, 3)]
    [InlineData(3, 5)]
    [InlineData(5, 5)]
    public void So_are_those_of_tiles_of_every_size(int high, int wide) => Hold(2, 64, 40, 16 * high, 16 * wide, 16, true);

    private static void Hold(int count, int inputs, int outputs, int height, int width, int dilation, bool biased)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(1);
        var x = randn([count, inputs, height, width], generator: generator);
        var weight = randn([outputs, inputs, 3, 3], generator: generator) / Math.Sqrt(9 * inputs);
        var bias = randn([outputs], generator: generator);
        var weights = randn([count, outputs, height, width], generator: generator);

        Assert.Contains(OperatorProfile.Of(() => Run(ScalarType.Float32)), figures => figures.Name == "avs::conv3x3");
        var fast = Run(ScalarType.Float32);
        var direct = Run(ScalarType.Float64);
        for (int i = 0; i < direct.Count; i++)
        {
            var error = ((fast[i].to(ScalarType.Float64) - direct[i]).norm() / direct[i].norm()).ToDouble();
            Assert.True(error < 2e-5, $"{i}: {error}");
        }

        IReadOnlyList<Tensor> Run(ScalarType type)
        {
            Tensor[] arguments = [.. ((Tensor[])[x, weight, bias]).Take(biased ? 3 : 2).Select(tensor => tensor.to(type).requires_grad_())];
            var result = F.conv2d(arguments[0], arguments[1], biased ? arguments[2] : null, [1, 1], [dilation, dilation], [dilation, dilation]);
            return [result.detach(), .. autograd.grad([result], arguments, [weights.to(type)])];
        }
    }

    [Fact]
    public void Wide_maps_get_it_in_both_forms_and_others_do_not()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Conv2d(64, 64, 3, padding: 1);
        var wide = zeros(5, 64, 28, 28);
        Assert.Contains("avs::conv3x3", Names(() => layer.call(wide)));
        Assert.Contains("avs::conv3x3", Names(() => F.conv2d(wide, layer.weight, null, [1, 1], [1, 1])));
        Assert.DoesNotContain("avs::conv3x3", Names(() => F.conv2d(wide, layer.weight, null, [2, 2], [1, 1])));
        Assert.Contains("avs::conv3x3", Names(() => F.conv2d(wide, layer.weight, null, [1, 1], [3, 3], [3, 3])));
        Assert.DoesNotContain("avs::conv3x3", Names(() => F.conv2d(wide, layer.weight, null, [1, 1], [1, 1], [3, 3])));
        Assert.DoesNotContain("avs::conv3x3", Names(() => F.conv2d(wide, layer.weight, null, [1, 1], [18, 18], [18, 18]))); // tiles that are mostly overhang
        Assert.DoesNotContain("avs::conv3x3", Names(() => layer.call(zeros(1, 64, 7, 7))));

        static IEnumerable<string> Names(Action body) => OperatorProfile.Of(body).Select(figures => figures.Name);
    }

    [Fact]
    public void Its_gradient_can_be_differentiated_again()
    {
        using var scope = NewDisposeScope();
        var x = randn(1, 64, 60, 60).requires_grad_();
        var weight = randn(64, 64, 3, 3).requires_grad_();
        var first = autograd.grad([F.conv2d(x, weight, null, [1, 1], [1, 1]).square().sum()], [x], null, true, true)[0];
        var second = autograd.grad([first.sum()], [weight])[0];
        Assert.True(second.abs().sum().ToDouble() > 0);
    }
}
