using Avs.Models.Memory;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Memory;

public class DilatedConvSumTests
{
    // From maps that no outer tap reaches to one where every tap reaches most of it; 130 channels allow the way tap by tap, 8 do not.
    [Theory]
    [InlineData(130, 1, 1)]
    [InlineData(130, 5, 7)]
    [InlineData(130, 14, 10)]
    [InlineData(130, 40, 28)]
    [InlineData(8, 7, 7)]
    public void Result_is_the_sum_of_four_dilated_convolutions(int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        Conv2d[] convolutions = [.. new long[] { 3, 6, 12, 18 }
            .Select(d => Given.Filled(nn.Conv2d(channels, 6, 3, padding: d, dilation: d), (int)d).to(ScalarType.Float64))];
        using var sum = new DilatedConvSum(convolutions);
        var x = Given.Uniform(1, -1, 1, 2, channels, height, width).to(ScalarType.Float64).requires_grad_();
        var weight = Given.Uniform(2, -1, 1, 2, 6, height, width).to(ScalarType.Float64);

        var plain = convolutions.Select(conv => conv.call(x)).Aggregate((a, b) => a + b);
        Tensor[] leaves = [x, .. convolutions.SelectMany(conv => new[] { conv.weight, conv.bias! })];
        var expected = autograd.grad([(plain * weight).sum()], leaves);
        var result = sum.call(x);
        var gradients = autograd.grad([(result * weight).sum()], leaves);

        Assert.True(Given.Distance(result, plain) < 1e-12);
        for (var i = 0; i < leaves.Length; i++)
            Assert.True(Given.Distance(gradients[i], expected[i]) < 1e-11);
    }

    [Fact]
    public void Share_of_work_is_one_ninth_where_only_the_middle_tap_sees_the_map()
    {
        using var scope = NewDisposeScope();
        var conv = nn.Conv2d(1, 1, 3, padding: 12, dilation: 12);
        Assert.Equal(1.0 / 9, DilatedConvSum.Share(conv, zeros([1, 1, 7, 12])), 1e-12);
        Assert.Equal(4.0 / 9, DilatedConvSum.Share(conv, zeros([1, 1, 24, 48])) * 4 / 5, 1e-12); // (2/3)·(5/6)
    }
}
