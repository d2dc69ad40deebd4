using Avs.Models.Memory;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Memory;

/// <summary>What Checkpoint and ChunkedConvHead have in common: what is held, for how long, and what is refused.</summary>
[Collection(Alone.Name)]
public sealed class ReleasingFunctionTests
{
    private static Tensor Squared(Tensor x) => Checkpoint.Run([], x => x.square(), x);

    private static Tensor Ones() => ones(2, 3).requires_grad_();

    // Between them nothing may be left for the garbage collector.
    private static void AssertSteady(Action step)
    {
        step();
        step();
        GC.Collect();
        GC.WaitForPendingFinalizers(); // of what earlier tests left: the count is the process's
        var before = Tensor.TotalCount;
        for (var i = 0; i < 5; i++)
            step();
        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    [Fact]
    public void Memory_is_taken_from_what_was_saved_and_not_from_the_tensor_itself_or_from_a_frozen_weight()
    {
        using var scope = NewDisposeScope();
        Tensor x = ones(2, 3) * 2, weight = new Parameter(ones(4), false);
        Tensor[] saved = [Kept.Share(x)!, Kept.Share(weight)!];
        Assert.True(saved[0].equal(x).all().item<bool>());
        new Kept(saved, [Kept.Kind.From(x), Kept.Kind.From(weight)]).Dispose();
        Assert.Equal((0, 6, 4), (saved[0].numel(), x.numel(), weight.numel()));
    }

    [Fact]
    public void A_result_that_takes_no_part_in_the_loss_leaves_no_tensor_behind() => AssertSteady(() =>
    {
        using var scope = NewDisposeScope();
        var x = Ones();
        var y = Squared(x * 1);
        Squared(y * 1); // in no loss
        Backpropagation.Run(y.sum());
    });

    [Fact]
    public void A_graph_that_never_runs_backward_leaves_no_tensor_behind_even_without_a_scope() => AssertSteady(() =>
    {
        using var x = Ones();
        using var z = x * 1;
        using var y = Squared(z);
    });

    [Fact]
    public void Without_gradients_there_is_no_graph_and_the_values_are_the_same()
    {
        using var scope = NewDisposeScope();
        var x = Ones();
        using (no_grad())
            Assert.False(Squared(x).requires_grad);
        Assert.False(Squared(x.detach()).requires_grad);
        Assert.True(Squared(x.detach()).equal(Squared(x)).all().item<bool>());
    }

    [Fact]
    public void A_second_backward_is_refused_in_a_sentence()
    {
        using var scope = NewDisposeScope();
        var loss = Squared(Ones()).sum();
        Backpropagation.Run(() => loss.backward(retain_graph: true));
        var e = Assert.Throws<InvalidOperationException>(() => Backpropagation.Run(loss));
        Assert.Equal("Checkpoint: a second backward through one graph; the first has released what it needs", e.Message);
    }

    [Fact]
    public void Gradients_of_gradients_are_refused_in_a_sentence()
    {
        using var scope = NewDisposeScope();
        var loss = Squared(Ones()).sum();
        var e = Assert.Throws<NotSupportedException>(() => Backpropagation.Run(() => loss.backward(create_graph: true)));
        Assert.StartsWith("Checkpoint: gradients of gradients", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_in_backward_comes_out_as_it_was_thrown_and_leaves_no_tensor_behind() => AssertSteady(() => Fail(false));

    [Fact]
    public void An_exception_in_the_backward_of_one_inside_another_comes_out_as_it_was_thrown() => Fail(true);

    private static void Fail(bool inside)
    {
        using var scope = NewDisposeScope();
        var times = 0; // forward, for the one outside its backward, backward
        Tensor Square(Tensor x) => ++times > (inside ? 2 : 1) ? throw new ArithmeticException("no more") : x.square();
        Tensor Fails(Tensor x) => Checkpoint.Run([], Square, x);
        var x = Ones();
        var y = inside ? Checkpoint.Run([], x => Fails(x * 1), x * 1) : Fails(x * 1);
        Assert.Equal("no more", Assert.Throws<ArithmeticException>(() => Backpropagation.Run(Squared(y).sum())).Message);
        Assert.Null(x.grad);
    }

    [Fact]
    public void An_exception_in_forward_leaves_no_tensor_behind() => AssertSteady(() =>
    {
        using var scope = NewDisposeScope();
        var x = Ones();
        Assert.Throws<ArithmeticException>(() => Checkpoint.Run([], _ => throw new ArithmeticException(), Squared(x * 1)));
    });

    [Fact]
    public void One_inside_another_gives_the_same_gradients()
    {
        using var scope = NewDisposeScope();
        Tensor x = rand(2, 3).requires_grad_(), plain = x.detach().requires_grad_();
        Backpropagation.Run(Checkpoint.Run([], x => Squared(x.exp()).tanh(), x).sum());
        plain.exp().square().tanh().sum().backward();
        Assert.True(x.grad!.allclose(plain.grad!));
    }

    [Fact]
    public void A_function_whose_result_another_does_not_look_at_gets_no_gradient()
    {
        using var scope = NewDisposeScope();
        Tensor x = Ones(), aside = Ones();
        Backpropagation.Run(Checkpoint.Run([], (x, _) => x.square(), x, Squared(aside)).sum());
        Assert.Null(aside.grad);
        Assert.True(x.grad!.eq(2).all().item<bool>());
    }

    [Fact]
    public void A_norm_that_a_plain_part_of_the_graph_uses_too_can_be_recomputed_and_counts_each_batch_once()
    {
        using var scope = NewDisposeScope();
        using BatchNorm2d norm = nn.BatchNorm2d(2), other = nn.BatchNorm2d(2);
        Tensor x = rand(3, 2, 4, 4), ours = x.detach().requires_grad_(), plain = x.detach().requires_grad_();
        Backpropagation.Run((norm.call(Checkpoint.Run([norm], x => norm.call(x).exp(), norm.call(ours * 2))) * x).sum());
        (other.call(other.call(other.call(plain * 2)).exp()) * x).sum().backward();
        Assert.True(ours.grad!.allclose(plain.grad!, 1e-4, 1e-6));
        Assert.Equal(3, norm.num_batches_tracked!.item<long>());
        Assert.True(norm.running_var!.equal(other.running_var!).all().item<bool>());
        Assert.True(norm.weight.grad!.allclose(other.weight.grad!, 1e-4, 1e-6));
    }

    [Fact]
    public void A_model_that_changes_its_mode_before_backward_is_refused()
    {
        using var scope = NewDisposeScope();
        using var norm = nn.BatchNorm2d(2);
        var loss = Checkpoint.Run([norm], norm.call, ones(3, 2, 4, 4).requires_grad_()).sum();
        norm.eval();
        Assert.Throws<InvalidOperationException>(() => Backpropagation.Run(loss));
    }

    [Fact]
    public void Backward_on_several_threads_at_once_gives_each_its_own_gradients()
    {
        var found = new float[8];
        Parallel.For(0, found.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            for (var round = 0; round < 20; round++)
            {
                using var scope = NewDisposeScope();
                var x = (ones(50, 3) * i).requires_grad_();
                Backpropagation.Run(Squared(Squared(x * 1)).sum()); // x⁴
                found[i] = x.grad!.mean().item<float>();
            }
        });
        Assert.All(found.Index(), entry => Assert.Equal(4f * entry.Index * entry.Index * entry.Index, entry.Item, 1e-2f));
    }
}
