using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests.TorchSharp;

/// <summary>
/// Convolutions' gradients are right on this machine, whatever it tells oneDNN of its caches (Avs.Libtorch/OneDnnCaches.cs). Where the
/// processor's leaf 8000001D is empty and these pass without the correction, it can go.
/// </summary>
public sealed class ConvolutionGradientTests
{
    public static TheoryData<long, long> Kernels()
    {
        var kernels = new TheoryData<long, long>();
        foreach (var side in new long[] { 3, 5, 7 })
            foreach (var channels in new long[] { 1, 3, 8, 16 })
                kernels.Add(side, channels);
        return kernels;
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_input_s_gradient_is_that_of_float64(long side, long channels) =>
        AssertSame([2, 32, 20, 20], [channels, 32, side, side], 1, side / 2);

    [Fact]
    public void So_is_that_of_1_024_channels_with_a_stride() => AssertSame([2, 1024, 14, 14], [512, 1024, 1, 1], 2, 0);

    private static void AssertSame(long[] ofInput, long[] ofWeight, long stride, long padding)
    {
        using var scope = NewDisposeScope();
        Tensor x = Given.Uniform(1, -1, 1, ofInput), w = Given.Uniform(2, -1, 1, ofWeight);
        var single = Gradient(x, w);
        var twice = Gradient(x.to(ScalarType.Float64), w.to(ScalarType.Float64));
        Assert.InRange(Given.RelativeDistance(single.to(ScalarType.Float64), twice), 0, 1e-5);

        Tensor Gradient(Tensor input, Tensor weight)
        {
            var leaf = input.detach().requires_grad_();
            var y = F.conv2d(leaf, weight, null, [stride, stride], [padding, padding]);
            (y * Given.Uniform(3, -1, 1, y.shape).to(y.dtype)).sum().backward();
            return leaf.grad!;
        }
    }
}
