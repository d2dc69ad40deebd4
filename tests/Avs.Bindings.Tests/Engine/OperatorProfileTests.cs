using TorchSharp;
using TorchSharp.Engine;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.Engine;

[Collection(Alone.Name)]
public sealed class OperatorProfileTests
{
    [Fact]
    public void A_matrix_product_has_two_operations_a_multiplication()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (randn(3, 5), randn(5, 7));
        Assert.Equal(2.0 * 3 * 5 * 7, Flop(() => a.mm(b)));
    }

    [Theory]
    [InlineData(8, 12, 10)] // direct
    [InlineData(64, 64, 60)] // by minimal filtering, counted as if direct
    [InlineData(64, 64, 24)] // direct forward, by minimal filtering backward
    public void A_convolution_has_as_many_operations_in_each_gradient_as_in_itself(long inputs, long outputs, long side)
    {
        using var scope = NewDisposeScope();
        var x = randn(2, inputs, side, side).requires_grad_();
        var weight = randn(outputs, inputs, 3, 3).requires_grad_();
        var one = 2.0 * 2 * side * side * outputs * inputs * 9;
        Assert.Equal(one, Flop(() => F.conv2d(x, weight, null, [1, 1], [1, 1])));
        Assert.Equal(3 * one, Flop(() => F.conv2d(x, weight, null, [1, 1], [1, 1]).sum().backward()));
    }

    [Fact]
    public void A_strided_convolution_counts_the_places_it_computes()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (randn(1, 4, 11, 9), randn(6, 4, 3, 3));
        Assert.Equal(2.0 * 5 * 4 * 6 * 4 * 9, Flop(() => F.conv2d(x, weight, null, [2, 2])));
    }

    private static double Flop(Action body) => OperatorProfile.Of(body).Sum(figures => figures.Flop);
}
