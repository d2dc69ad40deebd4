using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Bindings.Tests.Torch;

/// <summary>Functions that compute their own gradients.</summary>
public sealed class AutogradFunctionTests
{
    [Fact]
    public void Backward_gives_the_gradients()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (tensor(3f).requires_grad_(), tensor(5f).requires_grad_());
        (Scaled.apply(x * 1, w, 2.0) * 10).backward();
        Assert.Equal(100f, x.grad!.item<float>()); // d(2 w x)/dx * 10
        Assert.Equal(60f, w.grad!.item<float>());
    }

    [Fact]
    public void Nothing_is_recorded_where_no_gradient_is_wanted()
    {
        using var scope = NewDisposeScope();
        Assert.False(Scaled.apply(tensor(3f), tensor(5f), 2.0).requires_grad);
        using var none = no_grad();
        Assert.False(Scaled.apply(tensor(3f).requires_grad_(), tensor(5f), 2.0).requires_grad);
    }

    [Fact]
    public void An_error_in_backward_is_the_callers()
    {
        using var scope = NewDisposeScope();
        var y = Failing.apply(tensor(3f).requires_grad_());
        Assert.Contains("no gradient today", Assert.Throws<ExternalException>(() => y.backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_backward_needs_the_graph_to_be_kept()
    {
        using var scope = NewDisposeScope();
        var x = tensor(3f).requires_grad_();
        var y = Scaled.apply(x, tensor(5f), 2.0);
        y.backward([], true);
        y.backward();
        Assert.Equal(20f, x.grad!.item<float>());
        Assert.Throws<ExternalException>(() => y.backward());
    }

    [Fact]
    public void A_saved_tensor_changed_in_place_is_an_error()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (tensor(3f).requires_grad_(), tensor(5f));
        var y = Scaled.apply(x, w, 2.0);
        w.add_(1);
        Assert.Contains("inplace", Assert.Throws<ExternalException>(() => y.backward()).Message, StringComparison.Ordinal);
    }

    private sealed class Scaled : autograd.SingleTensorFunction<Scaled>
    {
        public override string Name => nameof(Scaled);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_for_backward([(Tensor)vars[0], (Tensor)vars[1]]);
            ctx.save_data("factor", vars[2]);
            return (Tensor)vars[0] * (Tensor)vars[1] * (double)vars[2];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            var scaled = grad_output * (double)ctx.get_data("factor");
            return [scaled * saved[1], scaled * saved[0], null!];
        }
    }

    private sealed class Failing : autograd.SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => (Tensor)vars[0] + 1;

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => throw new InvalidOperationException("no gradient today");
    }
}
