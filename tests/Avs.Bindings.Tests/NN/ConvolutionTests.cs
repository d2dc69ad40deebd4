using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.NN;

/// <summary>Convolutions give the numbers of PyTorch 1.13.</summary>
public sealed class ConvolutionTests
{
    [Fact]
    public void Conv2d_with_stride_padding_and_groups()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var weight = Golden.Weights(6, 2, 3, 3);
        var bias = arange(6, dtype: float32).mul(0.1);
        Golden.Matches(F.conv2d(x, weight, bias, [2, 1], [1, 1], [1, 1], 2), 216, [-1.288259, -0.9848232, 0.2667728, 1.482263], 53.724885, 723.15757);
    }

    [Fact]
    public void Conv2d_layer_pads_to_the_same_size()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        using var layer = nn.Conv2d(4, 6, 3, Padding.Same, groups: 2);
        layer.weight = nn.Parameter(Golden.Weights(6, 2, 3, 3));
        layer.bias = nn.Parameter(arange(6, dtype: float32).mul(0.1));
        Golden.Matches(layer.call(x), 432, [-1.288259, -0.9848232, 0.2667728, 1.482263], 107.40284, 1460.5564);
    }

    [Fact]
    public void Conv2d_layer_pads_with_reflections()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        using var layer = nn.Conv2d(4, 6, 3, padding: 1, padding_mode: PaddingModes.Reflect, groups: 2);
        layer.weight = nn.Parameter(Golden.Weights(6, 2, 3, 3));
        layer.bias = nn.Parameter(arange(6, dtype: float32).mul(0.1));
        Golden.Matches(layer.call(x), 432, [0.5272061, 0.9027227, 1.677556, 2.225341], 107.43735, 1717.9063);
    }

    [Fact]
    public void ConvTranspose2d_doubles_the_size()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        using var layer = nn.ConvTranspose2d(4, 3, 3, 2, 1, 1, bias: false);
        layer.weight = nn.Parameter(Golden.Weights(4, 3, 3, 3));
        Golden.Matches(layer.call(x), 864, [2.00814, 4.300906, 2.267348, 4.51622], -0.045015939, 7264.7999);
    }

    [Fact]
    public void Conv1d_along_a_row()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var weight = Golden.Weights(6, 2, 3, 3);
        var bias = arange(6, dtype: float32).mul(0.1);
        var rows = weight.select(2, 0).repeat(1, 2, 1);
        Golden.Matches(F.conv1d(x.reshape(2, 4, 36), rows, bias, 2, 1), 216, [0.5052407, 2.509755, 3.070968, 2.02587], 54.243391, 1433.2861);
    }

    [Fact]
    public void Conv3d_over_a_volume()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.conv3d(x.reshape(1, 2, 4, 6, 6), Golden.Weights(3, 2, 2, 2, 2), null, [1, 1, 1], [1, 1, 1]), 735, [-0.1267301, 0.1527554, 0.9893542, 1.692045], 50.441071, 4499.72);
    }

    [Fact]
    public void A_wrong_number_of_channels_is_an_exception_with_libtorchs_message()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Conv2d(3, 4, 3);
        var error = Assert.ThrowsAny<Exception>(() => layer.call(zeros(1, 5, 8, 8)));
        Assert.Contains("channels", error.Message);
    }
}
