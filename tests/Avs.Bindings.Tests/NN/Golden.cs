using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Bindings.Tests.NN;

/// <summary>Comparison with what PyTorch 1.13 computes: the count, the first four values, the sum and the sum of squares of a tensor.</summary>
internal static class Golden
{
    /// <summary>[2, 4, 6, 6]: the sine of 0.37 i.</summary>
    internal static Tensor Pictures() => arange(2 * 4 * 6 * 6, dtype: float32).mul(0.37).sin().reshape(2, 4, 6, 6);

    /// <summary>The cosine of 0.21 i.</summary>
    internal static Tensor Weights(params long[] shape) =>
        arange(shape.Aggregate(1L, (a, b) => a * b), dtype: float32).mul(0.21).cos().reshape(shape);

    internal static void Matches(Tensor tensor, long count, double[] first, double sum, double squares)
    {
        var values = tensor.detach().to(float64).contiguous().reshape(-1).data<double>().ToArray();
        Assert.Equal(count, values.LongLength);
        for (var i = 0; i < first.Length; i++)
            Assert.Equal(first[i], values[i], 2e-5 * (1 + Math.Abs(first[i])));
        Assert.Equal(sum, values.Sum(), 1e-4 * (1 + Math.Sqrt(squares)));
        Assert.Equal(squares, values.Sum(value => value * value), 1e-4 * (1 + squares));
    }

    internal static void Matches(double[] expected, IEnumerable<double> actual, double tolerance)
    {
        var values = actual.ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], values[i], tolerance);
    }

    internal static double[] Values(Tensor tensor) => tensor.detach().to(float64).contiguous().reshape(-1).data<double>().ToArray();
}
