using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models;

/// <summary>
/// A function that training computes twice, so that between forward and backward it remembers the inputs alone. Used for what is cheap beside the products
/// of a network and has large results: norms, activations, attention, 1x1 convolutions. A layer that comes last is not computed again.
/// </summary>
public sealed class Recomputed : autograd.SingleTensorFunction<Recomputed>
{
    /// <summary>A function of some tensors.</summary>
    /// <param name="inputs">What it is given.</param>
    /// <param name="again">
    /// Whether this is its second time, when it must give the same again and leave no trace: nothing drawn, running statistics left as they are.
    /// </param>
    public delegate Tensor Function(Tensor[] inputs, bool again);

    // What is computed, and how many of the tensors that come with it are inputs and learned by the function; the last layer's weight and bias follow.
    private sealed record Plan(Function Function, int Inputs, int Learned, bool Learns, AffineLayer? Last = null);

    /// <inheritdoc/>
    public override string Name => nameof(Recomputed);

    /// <summary>y = f(x₁, x₂, …).</summary>
    /// <param name="function">f.</param>
    /// <param name="learned">The parameters that f uses.</param>
    /// <param name="inputs">x₁, x₂, ….</param>
    public static Tensor Of(Function function, IReadOnlyList<Parameter> learned, params Tensor[] inputs) =>
        apply([new Plan(function, inputs.Length, learned.Count, Kept.Wanted([.. inputs, .. learned])), .. inputs, .. learned]);

    /// <summary>y = conv(f(x)).</summary>
    /// <param name="last">conv, without dilation or groups.</param>
    /// <param name="function">f.</param>
    /// <param name="learned">The parameters that f uses.</param>
    /// <param name="x">x.</param>
    public static Tensor Before(Conv2d last, Function function, IReadOnlyList<Parameter> learned, Tensor x) => BeforeLayer(last, function, learned, x);

    /// <summary>y = W f(x) + b.</summary>
    /// <param name="last">W and b.</param>
    /// <param name="function">f.</param>
    /// <param name="learned">The parameters that f uses.</param>
    /// <param name="x">[…].</param>
    /// <returns>[…,out].</returns>
    public static Tensor Before(Linear last, Function function, IReadOnlyList<Parameter> learned, Tensor x) => BeforeLayer(last, function, learned, x);

    private static Tensor BeforeLayer(AffineLayer last, Function function, IReadOnlyList<Parameter> learned, Tensor x) =>
        apply([new Plan(function, 1, learned.Count, Kept.Wanted([x, .. learned, last.Weight, last.Bias]), last), x, .. learned, last.Weight, last.Bias!]);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        var plan = (Plan)vars[0];
        ctx.save_data(nameof(Plan), plan);
        if (plan.Learns)
            ctx.save_data(nameof(Kept), new Kept(vars.Skip(1).Cast<Tensor>()));
        var result = plan.Function([.. vars.Skip(1).Take(plan.Inputs).Cast<Tensor>()], false);
        return (plan.Last?.Run(result) ?? result).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        Returned.Release();
        using var scope = NewDisposeScope();
        using var given = grad_output; // TorchSharp leaves its wrapper to whatever scope backward was called in
        var plan = (Plan)ctx.get_data(nameof(Plan));
        using var saved = (Kept)ctx.get_data(nameof(Kept));
        using var autocast = saved.AsInForward();
        Tensor[] inputs = [.. Enumerable.Range(0, plan.Inputs).Select(saved.Leaf)];
        Tensor[] learned = [.. Enumerable.Range(plan.Inputs, plan.Learned).Select(i => saved[i])];

        Tensor[] all = [.. inputs, .. learned], wanted = [.. all.Where(tensor => tensor.requires_grad)];
        Tensor result;
        using (enable_grad())
            result = plan.Function(inputs, true);
        var (ofResult, ofWeight) = plan.Last?.Gradients(saved[saved.Count - 2], result.detach(), grad_output) ?? (grad_output, null);
        var found = wanted.Length > 0 ? autograd.grad([result], wanted, [ofResult], false, false, true) : [];

        var next = found.GetEnumerator();
        List<Tensor> gradients = [null!, .. all.Select(tensor => tensor.requires_grad && next.MoveNext() ? next.Current : null!)]; // the first: of the plan
        if (plan.Last is { } last)
            gradients.AddRange([ofWeight!, saved[saved.Count - 1] is { requires_grad: true } ? last.OfBias(grad_output) : null!]);
        return Returned.Keep(gradients);
    }
}
