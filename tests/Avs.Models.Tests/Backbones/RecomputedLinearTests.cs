using Avs.Models.Backbones;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests.Backbones;

public class RecomputedLinearTests
{
    [Fact]
    public void Values_and_gradients_are_those_of_the_plain_formula()
    {
        using var scope = NewDisposeScope();
        var (norm, inner, last, x) = Parts();
        var learned = norm.parameters().Concat(inner.parameters()).ToList();
        Tensor Branch(Tensor t) => F.gelu(inner.call(norm.call(t)));
        var ours = Gradients(RecomputedLinear.Of(Branch, learned, last, x), [x, .. learned, .. last.parameters()]);
        var plain = Gradients(last.call(Branch(x)), [x, .. learned, .. last.parameters()]);
        Assert.All(ours.Zip(plain), pair => Assert.True(pair.First.allclose(pair.Second, 1e-6, 1e-6)));
    }

    [Fact]
    public void What_is_frozen_gets_no_gradient_and_the_rest_does()
    {
        using var scope = NewDisposeScope();
        var (norm, inner, last, x) = Parts();
        foreach (var parameter in norm.parameters().Concat(last.parameters()))
            parameter.requires_grad = false;
        RecomputedLinear.Of(t => inner.call(norm.call(t)), norm.parameters().Concat(inner.parameters()), last, x.detach()).sum().backward();
        Assert.All(norm.parameters().Concat(last.parameters()), parameter => Assert.Null(parameter.grad));
        Assert.All(inner.parameters(), parameter => Assert.NotNull(parameter.grad));
    }

    private static (LayerNorm Norm, Linear Inner, Linear Last, Tensor X) Parts()
    {
        manual_seed(5);
        return (nn.LayerNorm(6), nn.Linear(6, 10), nn.Linear(10, 4), randn(2, 3, 6).requires_grad_());
    }

    private static Tensor[] Gradients(Tensor y, IList<Tensor> by) => [y, .. autograd.grad([y.pow(2).sum()], by)];
}
