using Avs.Models.Blocks;
using Avs.Models.Memory;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests.Memory;

/// <summary>A row of convolutions frame by frame, beside the same convolutions of the whole batch; in float64.</summary>
[Collection(Alone.Name)]
public sealed class ChunkedConvHeadTests
{
    // 40 channels are taken in two parts: so many places of so many channels are more than there may be at once.
    [Theory]
    [InlineData(3, 4)]
    [InlineData(40, 180)]
    public void Values_and_gradients_are_those_of_whole_maps(int channels, int side)
    {
        using var scope = NewDisposeScope();
        using var parts = Parts(channels);
        var x = Given.Uniform(1, -1, 1, 3, channels, side, side + 1).to(ScalarType.Float64);
        var found = Learn(parts, x, x => Row(parts, x));
        var expected = Learn(parts, x, x => ((Conv2d)parts[1]).call(F.relu(((Conv2d)parts[0]).call(Twice(x)))));
        Assert.All(expected.Zip(found), pair => Assert.True(Given.RelativeDistance(pair.Second, pair.First) < 1e-12));
    }

    [Fact]
    public void Frozen_weights_and_inputs_get_no_gradient_and_the_rest_does()
    {
        using var scope = NewDisposeScope();
        using var parts = Parts(3);
        foreach (var name in (string[])["0.weight", "1.bias"])
            parts.get_parameter(name)!.requires_grad = false;
        Row(parts, Given.Uniform(1, -1, 1, 2, 3, 4, 4).to(ScalarType.Float64)).sum().backward();
        Assert.All(parts.named_parameters(), entry => Assert.Equal(entry.parameter.requires_grad, entry.parameter.grad is not null));
    }

    [Fact]
    public void Without_a_graph_the_values_are_the_same()
    {
        using var scope = NewDisposeScope();
        using var parts = Parts(3);
        var x = Given.Uniform(1, -1, 1, 2, 3, 4, 4).to(ScalarType.Float64);
        var expected = Row(parts, x);
        using var without = no_grad();
        var y = Row(parts, x);
        Assert.False(y.requires_grad);
        Assert.True(y.equal(expected).all().item<bool>());
    }

    [Fact]
    public void Layers_that_do_not_end_in_a_convolution_are_refused() =>
        Assert.Throws<ArgumentException>(() => ChunkedConvHead.Run(ones(1, 1, 2, 2), nn.Conv2d(1, 1, 1), nn.ReLU()));

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        using var parts = Parts(3);
        using var x = Given.Uniform(1, -1, 1, 2, 3, 4, 4).to(ScalarType.Float64);
        void Step()
        {
            using var scope = NewDisposeScope();
            parts.zero_grad();
            Row(parts, x).square().sum().backward();
        }

        LiveTensors.AssertSteady(Step);
    }

    private static Sequential Parts(int channels)
    {
        var parts = nn.Sequential(nn.Conv2d(channels, 6, 3, padding: 1), nn.Conv2d(6, 2, 1));
        Given.Filled(parts, 5);
        parts.to(ScalarType.Float64);
        return parts;
    }

    private static Tensor Row(Sequential parts, Tensor x) =>
        ChunkedConvHead.Run(x, new BilinearUpsample(2, alignCorners: false), (Conv2d)parts[0], nn.ReLU(), (Conv2d)parts[1]);

    private static Tensor Twice(Tensor x) => F.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Bilinear);

    // The result, and the gradients of a loss by x and by what is learned.
    private static Tensor[] Learn(Sequential parts, Tensor x, Func<Tensor, Tensor> function)
    {
        parts.zero_grad();
        var input = x.detach().requires_grad_();
        var y = function(input);
        (y * Given.Uniform(2, -1, 1, y.shape).to(ScalarType.Float64)).sum().backward();
        return [y, input.grad!, .. parts.parameters().Select(parameter => parameter.grad!)];
    }
}
