using System.Runtime.CompilerServices;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Avs.Bindings.Tests.Torch;

[Collection(Alone.Name)]
public class LiveTensorTests
{
    [Fact]
    public void A_thousand_steps_leave_no_tensor_behind()
    {
        using var weight = torch.ones(4, 4, requires_grad: true);
        Settle();
        var before = Tensor.TotalCount;
        for (var step = 0; step < 1000; step++)
        {
            using var scope = torch.NewDisposeScope();
            var loss = (torch.ones(2, 4).matmul(weight).tanh() - 0.5).square().sum();
            loss.backward();
            using (torch.no_grad())
                weight.sub_(weight.grad! * 0.01);
            weight.grad = null;
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void The_collector_frees_what_nobody_disposed()
    {
        Settle();
        var before = Tensor.TotalCount;
        Forget();
        Settle();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_call_that_fails_leaves_no_tensor_behind()
    {
        using var left = torch.ones(2, 3);
        Settle();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 10; i++)
            Assert.ThrowsAny<Exception>(() => left.matmul(left));
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Indexing_leaves_only_its_result()
    {
        using var tensor = torch.arange(12).reshape(3, 4);
        Settle();
        var before = Tensor.TotalCount;
        tensor[1, torch.TensorIndex.Ellipsis, 0].Dispose();
        tensor[torch.TensorIndex.None, 1..].Dispose();
        using (var mask = tensor > 3)
        {
            tensor[mask].Dispose();
            tensor.index_put_((Scalar)0, mask);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget()
    {
        for (var i = 0; i < 100; i++)
            torch.ones(10);
    }

    private static void Settle()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
