using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.NN;

/// <summary>Pooling gives the numbers of PyTorch 1.13.</summary>
public sealed class PoolingTests
{
    [Fact]
    public void Max_pool()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.MaxPool2d(3, 2, 1).call(x), 72, [0.7965655, 0.8956987, 0.9958808, 0.7965655], 62.183051, 57.341865);
    }

    [Fact]
    public void Average_pool_counts_the_padding()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.AvgPool2d(3, 2, 1).call(x), 72, [0.1869139, 0.2721053, 0.1483397, 0.04550045], -0.27155954, 0.8586589);
    }

    [Fact]
    public void Average_pool_without_the_padding()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.avg_pool2d(x, 3, 2, 1, count_include_pad: false), 72, [0.4205563, 0.408158, 0.2225095, 0.06825068], -0.42152124, 2.267371);
    }

    [Fact]
    public void Adaptive_average_pool()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.AdaptiveAvgPool2d((4, 3)).call(x), 96, [0.4205563, 0.3908221, 0.1566633, -0.1594403], -0.20001917, 9.0939659);
    }

    [Fact]
    public void Adaptive_max_pool()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.AdaptiveMaxPool2d([4, 3]).call(x), 96, [0.7965655, 0.8956987, 0.9958808, 0.7965655], 65.301522, 57.159999);
    }
}
