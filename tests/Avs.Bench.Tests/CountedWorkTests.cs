using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bench.Tests;

/// <summary>Counts beside those by hand.</summary>
[Collection(Alone.Name)]
public sealed class CountedWorkTests
{
    private static void Counted(double flop, Action body)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(flop, CountedWork.CountFlop(body));
    }

    [Fact]
    public void Matrix_products_count_as_by_hand()
    {
        Counted(2 * 3 * 4 * 5, () => rand(3, 4).matmul(rand(4, 5)));
        Counted(2 * 7 * 3 * 4 * 5, () => rand(7, 3, 4).matmul(rand(7, 4, 5)));
        Counted(2 * 7 * 3 * 4 * 5, () => rand(7, 3, 4).baddbmm(rand(7, 4, 5), rand(7, 3, 5)));
        Counted(2 * 6 * 4 * 5, () => F.linear(rand(2, 3, 4), rand(5, 4), rand(5)));
    }

    [Theory]
    [InlineData(1, 10 * 12)] // stride, places of the result
    [InlineData(2, 5 * 6)]
    public void Convolutions_count_as_by_hand(long stride, long places)
    {
        long[] strides = [stride, stride], padding = [1, 1];
        Counted(2 * 2 * places * 6 * 4 * 9, () => F.conv2d(rand(2, 4, 10, 12), rand(6, 4, 3, 3), null, strides, padding));
        Counted(2 * 2 * places * 8 * 9, () => F.conv2d(rand(2, 8, 10, 12), rand(8, 1, 3, 3), null, strides, padding, groups: 8));
        Counted(2 * 2 * (10 * 12) * 4 * 6 * 9, () => F.conv_transpose2d(rand(2, 4, 10, 12), rand(4, 6, 3, 3), null, strides, padding));
    }

    [Fact]
    public void Only_gradients_that_are_wanted_count()
    {
        const double forward = 2.0 * 2 * 10 * 12 * 6 * 4 * 9;
        void Step(bool first, bool frozen) => F.conv2d(
            rand(2, 4, 10, 12).requires_grad_(!first), rand(6, 4, 3, 3).requires_grad_(!frozen), rand(6).requires_grad_(), padding: [1, 1])
            .sum().backward();
        Counted(3 * forward, () => Step(first: false, frozen: false));
        Counted(2 * forward, () => Step(first: true, frozen: false));
        Counted(2 * forward, () => Step(first: false, frozen: true));
        Counted(forward, () => Step(first: true, frozen: true));
        Counted(3 * 2 * 3 * 4 * 5, () => rand(3, 4).requires_grad_().mm(rand(4, 5).requires_grad_()).sum().backward());
    }

    [Fact]
    public void Attention_counts_as_its_two_products()
    {
        const double forward = 2.0 * 2 * 3 * (7 * 5 * 8 + 7 * 5 * 8); // 2 samples, 3 heads, 7 queries, 5 keys of 8 channels
        Counted(forward, () => F.scaled_dot_product_attention(rand(2, 3, 7, 8), rand(2, 3, 5, 8), rand(2, 3, 5, 8)));
        Counted(3 * forward, () => F.scaled_dot_product_attention(
            rand(2, 3, 7, 8).requires_grad_(), rand(2, 3, 5, 8).requires_grad_(), rand(2, 3, 5, 8).requires_grad_()).sum().backward());
    }

    [Fact]
    public void Work_in_bfloat16_counts_as_in_float32()
    {
        using var autocast = new Avs.Core.Libtorch.Autocast(DeviceType.CPU);
        Counted(2 * 3 * 4 * 5, () => rand(3, 4).matmul(rand(4, 5)));
        Counted(2 * 2 * 120 * 6 * 4 * 9, () => F.conv2d(rand(2, 4, 10, 12), rand(6, 4, 3, 3), padding: [1, 1]));
    }

    [Fact]
    public void An_exception_ends_the_count()
    {
        Assert.Throws<InvalidOperationException>(() => CountedWork.CountFlop(() => throw new InvalidOperationException()));
        Counted(2 * 3 * 4 * 5, () => rand(3, 4).matmul(rand(4, 5)));
    }
}
