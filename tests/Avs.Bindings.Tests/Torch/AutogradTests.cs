using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Avs.Bindings.Tests.Torch;

public class AutogradTests
{
    private static Tensor Leaf() => torch.tensor(new[] { 1.0, 2, 3 }, requires_grad: true);

    [Fact]
    public void Backward_adds_to_the_leafs_gradient()
    {
        using var scope = torch.NewDisposeScope();
        var x = Leaf();
        (x * x).sum().backward();
        Numbers.Same([2, 4, 6], x.grad!);
        (x * 3).sum().backward();
        Numbers.Same([5, 7, 9], x.grad!);
    }

    [Fact]
    public void Backward_takes_a_gradient_for_a_vector()
    {
        using var scope = torch.NewDisposeScope();
        var x = Leaf();
        (x * x).backward([torch.tensor(new[] { 1.0, 0, -1 })]);
        Numbers.Same([2, 0, -6], x.grad!);
    }

    [Fact]
    public void A_retained_graph_can_be_gone_through_again()
    {
        using var scope = torch.NewDisposeScope();
        var x = Leaf();
        var y = x.exp().sum();
        y.backward(retain_graph: true);
        y.backward();
        Numbers.Same([2 * Math.E, 2 * Math.Exp(2), 2 * Math.Exp(3)], x.grad!);
    }

    [Fact]
    public void Second_derivatives_need_no_retain_graph_by_name()
    {
        using var scope = torch.NewDisposeScope();
        var x = Leaf();
        var y = (x.pow(3) * x.sin()).sum();
        var first = torch.autograd.grad([y], [x], create_graph: true)[0];
        var second = torch.autograd.grad([first.sum()], [x])[0];
        Numbers.Same([3.064715260291829, 7.582394429531041, -22.91955719059561], first);
        Numbers.Same([7.44916875924832, -6.350334369828692, -54.72967488896286], second);
        Assert.Null(x.grad);
    }

    [Fact]
    public void An_unused_input_has_no_gradient_where_that_is_allowed()
    {
        using var scope = torch.NewDisposeScope();
        var x = Leaf();
        var other = Leaf();
        var grads = torch.autograd.grad([x.sum()], [x, other], allow_unused: true);
        Numbers.Same([1, 1, 1], grads[0]);
        Assert.Null(grads[1]);
    }

    [Fact]
    public void Nothing_is_recorded_under_no_grad()
    {
        using var scope = torch.NewDisposeScope();
        var x = Leaf();
        using (torch.no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (torch.enable_grad())
                Assert.True((x * 2).requires_grad);
            Assert.False(torch.is_grad_enabled());
        }

        Assert.True((x * 2).requires_grad);
    }

    [Fact]
    public void Inference_mode_ends_with_its_guard()
    {
        using var scope = torch.NewDisposeScope();
        var x = Leaf();
        using (torch.inference_mode())
        {
            Assert.True(torch.is_inference_mode_enabled());
            Assert.False((x * 2).requires_grad);
        }

        Assert.False(torch.is_inference_mode_enabled());
    }

    [Fact]
    public void A_detached_tensor_shares_memory_and_no_history()
    {
        using var scope = torch.NewDisposeScope();
        var x = Leaf();
        var detached = x.detach();
        Assert.False(detached.requires_grad);
        detached.zero_();
        Numbers.Same([0, 0, 0], x);
    }

    [Fact]
    public void Leaves_are_told_from_results()
    {
        using var scope = torch.NewDisposeScope();
        var x = Leaf();
        var y = x * 2;
        Assert.True(x.is_leaf);
        Assert.False(y.is_leaf);
        y.retain_grad();
        y.sum().backward();
        Numbers.Same([1, 1, 1], y.grad!);
    }

    [Fact]
    public void A_gradient_can_be_set_and_taken_away()
    {
        using var scope = torch.NewDisposeScope();
        var x = Leaf();
        x.grad = torch.ones(3, torch.float64);
        Numbers.Same([1, 1, 1], x.grad!);
        x.grad = null;
        Assert.Null(x.grad);
    }
}
