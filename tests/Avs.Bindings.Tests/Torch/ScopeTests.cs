using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Avs.Bindings.Tests.Torch;

public class ScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        Tensor made;
        using (torch.NewDisposeScope())
            made = torch.ones(1);
        Assert.True(made.IsInvalid);
    }

    [Fact]
    public void A_tensor_moved_out_lives_until_the_outer_scope_ends()
    {
        Tensor made;
        using (torch.NewDisposeScope())
        {
            using (torch.NewDisposeScope())
                made = torch.ones(1).MoveToOuterDisposeScope();
            Assert.False(made.IsInvalid);
        }

        Assert.True(made.IsInvalid);
    }

    [Fact]
    public void A_detached_tensor_outlives_all_scopes()
    {
        Tensor made;
        using (torch.NewDisposeScope())
            made = torch.ones(1).DetachFromDisposeScope();
        Assert.False(made.IsInvalid);
        made.Dispose();
    }

    [Fact]
    public void A_wrapped_computation_keeps_its_result_alone()
    {
        Tensor? inside = null;
        using var result = torch.WrappedTensorDisposeScope(() =>
        {
            inside = torch.ones(2);
            return inside + 1;
        });
        Assert.True(inside!.IsInvalid);
        Numbers.Same([2, 2], result);
    }

    [Fact]
    public void A_tensor_disposed_by_hand_leaves_its_scope()
    {
        using var scope = torch.NewDisposeScope();
        var first = torch.ones(1);
        var second = torch.ones(1);
        var third = torch.ones(1);
        second.Dispose();
        Assert.Equal(2, scope.DisposablesCount);
        Assert.Equal([third, first], scope.DisposablesView, ReferenceEqualityComparer.Instance);
    }

    [Fact]
    public void All_but_one_can_be_disposed_before_the_scope_ends()
    {
        using var scope = torch.NewDisposeScope();
        var dropped = torch.ones(1);
        var kept = scope.DisposeEverythingBut(torch.ones(1));
        Assert.True(dropped.IsInvalid);
        Assert.False(kept.IsInvalid);
        Assert.True(scope.Contains(kept));
    }

    [Fact]
    public void An_attached_tensor_ends_with_the_scope()
    {
        var tensor = torch.ones(1);
        using (var scope = torch.NewDisposeScope())
            scope.Attach(tensor);
        Assert.True(tensor.IsInvalid);
    }

    [Fact]
    public void Statistics_count_what_scopes_did()
    {
        DisposeScopeManager.Statistics.Reset();
        using (torch.NewDisposeScope())
        {
            torch.ones(1);
            torch.ones(1).DetachFromDisposeScope().Dispose();
        }

        var counts = DisposeScopeManager.Statistics;
        Assert.Equal((2, 1, 1, 0), (counts.CreatedInScopeCount, counts.DisposedInScopeCount, counts.DetachedFromScopeCount, counts.ThreadTotalLiveCount));
    }
}
