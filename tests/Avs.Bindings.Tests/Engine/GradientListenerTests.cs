using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Engine;
using static TorchSharp.torch;

namespace Avs.Bindings.Tests.Engine;

public class GradientListenerTests
{
    [Fact]
    public void A_leaf_used_twice_is_told_of_once_when_its_gradient_is_whole()
    {
        using var scope = NewDisposeScope();
        var leaf = ones(3).requires_grad_();
        var seen = new List<float>();
        using var listener = new GradientListener(leaf, () => seen.Add(leaf.grad!.sum().item<float>()));
        (leaf.sum() + (2 * leaf).sum()).backward();
        Assert.Equal([9], seen);
        leaf.sum().backward();
        Assert.Equal([9, 12], seen);
    }

    [Fact]
    public void Gradients_that_are_asked_for_and_not_added_are_not_told_of()
    {
        using var scope = NewDisposeScope();
        var leaf = ones(3).requires_grad_();
        using var listener = new GradientListener(leaf, () => Assert.Fail("told"));
        autograd.grad([leaf.square().sum()], [leaf]);
    }

    [Fact]
    public void What_is_disposed_is_told_of_nothing()
    {
        using var scope = NewDisposeScope();
        var leaf = ones(3).requires_grad_();
        var loss = leaf.sum();
        var listener = new GradientListener(leaf, () => Assert.Fail("told"));
        listener.Dispose();
        listener.Dispose();
        loss.backward();
        Assert.NotNull(leaf.grad);
    }

    [Fact]
    public void What_the_listener_throws_backward_throws()
    {
        using var scope = NewDisposeScope();
        var leaf = ones(3).requires_grad_();
        using var listener = new GradientListener(leaf, () => throw new InvalidOperationException("too long"));
        Assert.Contains("too long", Assert.Throws<ExternalException>(() => leaf.sum().backward()).Message);
    }

    [Fact]
    public void The_leaf_may_be_changed_and_its_gradient_let_go_in_the_midst_of_backward()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (ones(3).requires_grad_(), ones(3).requires_grad_());
        using var listener = new GradientListener(second, () =>
        {
            using var without = no_grad();
            second.sub_(second.grad!);
            second.grad = null;
        });
        ((3 * first) * second).sum().backward(); // the product's backward, which needs both, comes before either gradient
        Assert.Null(second.grad);
        Assert.Equal([-2f, -2, -2], second.data<float>().ToArray());
        Assert.Equal([3f, 3, 3], first.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Only_a_leaf_that_requires_a_gradient_can_be_listened_to()
    {
        using var scope = NewDisposeScope();
        foreach (var tensor in (Tensor[])[ones(3), ones(3).requires_grad_() * 2])
            Assert.Contains("leaf", Assert.Throws<ExternalException>(() => new GradientListener(tensor, () => { })).Message);
    }
}
