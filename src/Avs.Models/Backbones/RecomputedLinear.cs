using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Backbones;

/// <summary>
/// A linear layer behind a branch, y = W f(x) + b, of which training remembers x alone: f(x) and all that lies before it are computed again when gradients
/// are wanted, y itself is not. In a transformer's block that is a fifth of the time and nine tenths of the memory.
/// </summary>
public sealed class RecomputedLinear : autograd.SingleTensorFunction<RecomputedLinear>
{
    /// <inheritdoc/>
    public override string Name => nameof(RecomputedLinear);

    /// <summary>y = W f(x) + b.</summary>
    /// <param name="branch">f, which must give the same for the same x each time: nothing drawn, no running statistics.</param>
    /// <param name="learned">The parameters that f uses.</param>
    /// <param name="last">W and b.</param>
    /// <param name="x">[…].</param>
    /// <returns>[…,out].</returns>
    public static Tensor Of(Func<Tensor, Tensor> branch, IEnumerable<Parameter> learned, Linear last, Tensor x)
    {
        if (is_grad_enabled())
            return apply([branch, x, last.weight, last.bias!, .. learned]);
        using var scope = NewDisposeScope();
        return last.call(branch(x)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        ctx.save_data("branch", vars[0]);
        ctx.save_for_backward([.. vars.Skip(1).Cast<Tensor>()]);
        return F.linear(((Func<Tensor, Tensor>)vars[0])((Tensor)vars[1]), (Tensor)vars[2], (Tensor)vars[3]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables(); // x, W, b, what f learns
        var x = saved[0].detach().requires_grad_(saved[0].requires_grad);
        Tensor[] inner = [x, .. saved.Skip(3)];
        var wanted = inner.Where(tensor => tensor.requires_grad).ToList();

        Tensor hidden;
        using (enable_grad())
            hidden = ((Func<Tensor, Tensor>)ctx.get_data("branch"))(x); // [N,m,hidden]
        IList<Tensor> found = wanted.Count > 0 ? autograd.grad([hidden], wanted, [grad_output.matmul(saved[1])], false, false, true) : [];

        var rows = grad_output.reshape(-1, grad_output.shape[^1]); // [N*m,out]
        var gradients = new List<Tensor>
        {
            null!, // of f itself
            null!, // of x, below
            saved[1].requires_grad ? rows.t().mm(hidden.detach().reshape(-1, hidden.shape[^1])) : null!,
            saved[2].requires_grad ? rows.sum([0]) : null!,
        };
        var next = found.GetEnumerator();
        var byInner = inner.Select(tensor => tensor.requires_grad && next.MoveNext() ? next.Current : null!).ToArray();
        gradients[1] = byInner[0];
        gradients.AddRange(byInner.Skip(1));
        return gradients;
    }
}
