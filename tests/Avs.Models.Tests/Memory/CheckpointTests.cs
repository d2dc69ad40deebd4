using Avs.Models.Backbones;
using Avs.Models.Memory;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests.Memory;

/// <summary>Training that computes some of its maps twice, beside training that keeps them; in float64.</summary>
[Collection(Alone.Name)]
public sealed class CheckpointTests
{
    private const double Near = 1e-12;

    [Theory]
    [InlineData(16, 4, 1)] // x is its own shortcut
    [InlineData(6, 4, 1)]
    [InlineData(6, 4, 2)]
    public void A_bottleneck_learns_as_the_plain_formula_does(long input, long inner, long stride)
    {
        using var scope = NewDisposeScope();
        var x = Values(3, input, 33, 31); // enough places for the first convolution too to run again
        var (ours, plain) = (Block(input, inner, stride), Block(input, inner, stride));
        plain.load_state_dict(ours.state_dict());
        var parts = plain.named_children().ToDictionary(part => part.name, part => part.module);
        Tensor Norm(int i, Tensor y) => ((BatchNorm2d)parts[$"bn{i}"]).call(((Conv2d)parts[$"conv{i}"]).call(y));

        var (y, ofX) = Learn(x, ours.call);
        var (expected, expectedOfX) = Learn(x, x => (Norm(3, Norm(2, Norm(1, x).relu()).relu())
            + (parts.TryGetValue("downsample", out var shortcut) ? ((Sequential)shortcut).call(x) : x)).relu());
        AssertNear(expected, y);
        AssertNear(expectedOfX, ofX);
        foreach (var ((name, mine), theirs) in ours.named_parameters().Zip(plain.parameters()))
            AssertNear(theirs.grad!, mine.grad!, name);
        // Running means, variances and numbers of batches: the second time around left no trace.
        foreach (var (name, mine) in ours.state_dict())
            AssertNear(plain.state_dict()[name], mine, name);
    }

    [Fact]
    public void A_linear_layer_behind_a_branch_learns_as_the_plain_formula_does()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var parts = nn.Sequential(nn.LayerNorm(6), nn.Linear(6, 10), nn.Linear(10, 4));
        parts.to(ScalarType.Float64);
        var (inner, last) = ((Linear)parts[1], (Linear)parts[2]);
        Tensor Branch(Tensor t) => F.gelu(inner.call(((LayerNorm)parts[0]).call(t)));

        var x = Values(2, 3, 6);
        var (y, ofX) = Learn(x, x => Checkpoint.Run([parts], x => last.call(Branch(x)), x, last));
        Tensor[] found = [y, ofX, .. parts.parameters().Select(parameter => parameter.grad!)];
        parts.zero_grad();
        var (plain, ofPlain) = Learn(x, x => last.call(Branch(x)));
        foreach (var (expected, one) in ((Tensor[])[plain, ofPlain, .. parts.parameters().Select(parameter => parameter.grad!)]).Zip(found))
            AssertNear(expected, one);
    }

    [Theory]
    [InlineData(3, 1, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(1, 2, 0)]
    [InlineData(7, 2, 3)]
    [InlineData(3, 1, 0)]
    public void Gradients_of_a_convolution_follow_from_its_adjoint(long kernel, long stride, long padding)
    {
        using var scope = NewDisposeScope();
        var convolution = nn.Conv2d(4, 5, kernel, stride: stride, padding: padding).to(ScalarType.Float64);
        foreach (var x in (Tensor[])[Values(2, 4, 10, 9), Values(2, 4, 9, 10)])
        {
            var input = x.detach().requires_grad_();
            var y = convolution.call(input);
            var g = Values(y.shape);
            var expected = autograd.grad([y], [input, convolution.weight], [g]);
            var (ofInput, ofWeight) = AffineLayer.From(convolution).Gradients(convolution.weight, x, g);
            AssertNear(expected[0], ofInput);
            AssertNear(expected[1], ofWeight!);
        }
    }

    [Fact]
    public void A_function_that_goes_on_after_its_last_layer_is_refused()
    {
        using var scope = NewDisposeScope();
        using var last = nn.Linear(6, 6);
        var x = ones(2, 6).requires_grad_();
        var e = Assert.Throws<InvalidOperationException>(() => Checkpoint.Run([last], x => last.call(x) * 2, x, last));
        Assert.Equal("Checkpoint: the function does not end in its last layer, a Linear", e.Message);
    }

    [Fact]
    public void The_last_layer_runs_once_and_the_others_twice()
    {
        using var scope = NewDisposeScope();
        using Linear inner = nn.Linear(6, 6), last = nn.Linear(6, 6);
        var calls = new List<string>();
        foreach (var (name, layer) in ((string, Linear)[])[("inner", inner), ("last", last)])
            layer.register_forward_hook((_, _, y) =>
            {
                calls.Add(name);
                return y;
            });
        var x = ones(2, 6).requires_grad_();
        Backpropagation.Run(Checkpoint.Run([inner, last], x => last.call(inner.call(x)), x, last).sum());
        Assert.Equal(["inner", "last", "inner"], calls);
    }

    [Fact]
    public void Without_gradients_a_function_is_only_called()
    {
        using var scope = NewDisposeScope();
        using var without = no_grad();
        var (x, times) = (ones(2, 6), 0);
        var y = Checkpoint.Run([], x =>
        {
            times++;
            return x;
        }, x);
        Assert.Same(x, y);
        Assert.Equal(1, times);
    }

    [Fact]
    public void What_is_frozen_gets_no_gradient_and_the_rest_does()
    {
        using var scope = NewDisposeScope();
        var block = Block(6, 4, 2);
        var frozen = block.named_parameters().Where(entry => entry.name is "conv2.weight" or "bn1.bias" or "conv3.weight")
            .Select(entry => entry.parameter).ToArray();
        foreach (var parameter in frozen)
            parameter.requires_grad = false;
        block.call(Values(3, 6, 33, 31)).square().sum().backward();
        foreach (var (name, parameter) in block.named_parameters())
            Assert.True(parameter.grad is null == frozen.Any(one => one.Handle == parameter.Handle), name);
    }

    [Fact]
    public void Without_a_graph_values_and_statistics_are_the_same()
    {
        using var scope = NewDisposeScope();
        var (recorded, other) = (Block(6, 4, 2), Block(6, 4, 2));
        other.load_state_dict(recorded.state_dict());
        var x = Values(3, 6, 33, 31);
        var expected = recorded.call(x);
        using var without = no_grad();
        var y = other.call(x);
        Assert.False(y.requires_grad);
        AssertNear(expected, y);
        foreach (var (name, statistic) in recorded.state_dict())
            AssertNear(statistic, other.state_dict()[name], name);
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        using var block = Block(6, 4, 2);
        void Step()
        {
            using var scope = NewDisposeScope();
            block.zero_grad();
            block.call(Values(3, 6, 33, 31)).square().sum().backward();
        }

        LiveTensors.AssertSteady(Step);
    }

    private static Bottleneck Block(long input, long inner, long stride)
    {
        manual_seed(3);
        var block = new Bottleneck(input, inner, stride);
        block.to(ScalarType.Float64);
        foreach (var (name, parameter) in block.named_parameters())
            if (name.Contains("bn", StringComparison.Ordinal))
                nn.init.uniform_(parameter, 0.5, 1.5);
        return block;
    }

    private static Tensor Values(params long[] size)
    {
        using var generator = new Generator(7);
        return randn(size, ScalarType.Float64, generator: generator);
    }

    // The result, and the gradient of a loss by x.
    private static (Tensor Y, Tensor OfX) Learn(Tensor x, Func<Tensor, Tensor> function)
    {
        var input = x.detach().requires_grad_();
        var y = function(input);
        (y * Values(y.shape)).sum().backward();
        return (y, input.grad!);
    }

    private static void AssertNear(Tensor expected, Tensor found, string name = "")
    {
        Assert.True(found.shape.SequenceEqual(expected.shape), name);
        var difference = (found - expected).abs().max().to(ScalarType.Float64).item<double>() / Math.Max(1,
            expected.abs().max().to(ScalarType.Float64).item<double>());
        Assert.True(difference < Near, $"{name} differs by {difference:0.0e+0}");
    }
}
