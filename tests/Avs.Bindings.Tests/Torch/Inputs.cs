using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Avs.Bindings.Tests.Torch;

/// <summary>The tensors that the numbers in the tests were computed from.</summary>
internal sealed class Inputs
{
    /// <summary>Of both signs.</summary>
    public Tensor X { get; } = torch.tensor(new[] { -1.5, -0.2, 0.4, 2.0 });

    /// <summary>Positive.</summary>
    public Tensor P { get; } = torch.tensor(new[] { 0.25, 0.5, 1.5, 3.0 });

    /// <summary>Between -1 and 1.</summary>
    public Tensor U { get; } = torch.tensor(new[] { -0.9, -0.2, 0.4, 0.7 });

    /// <summary>[2, 3]: -1, -0.5 ... 1.5.</summary>
    public Tensor M { get; } = torch.arange(6, torch.float64).reshape(2, 3) * 0.5 - 1;

    /// <summary>[3, 2].</summary>
    public Tensor W { get; } = torch.tensor(new[,] { { 1.0, -2 }, { 0.5, 3 }, { 2, 1 } });
}

internal static class Numbers
{
    public static double[] Of(Tensor tensor)
    {
        using var doubles = tensor.detach().to(torch.float64).contiguous();
        return doubles.data<double>().ToArray();
    }

    public static void Same(double[] expected, Tensor actual, double tolerance = 1e-12)
    {
        var found = Of(actual);
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < found.Length; i++)
        {
            var close = expected[i].Equals(found[i]) || Math.Abs(expected[i] - found[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(close, $"element {i}: {found[i]:R} where {expected[i]:R} is expected");
        }
    }
}
