using System.Runtime.ExceptionServices;
using Avs.Core.Libtorch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Memory;

/// <summary>
/// A function with a backward of its own that holds nothing longer than until its backward has run, or, where it never runs, until the
/// graph goes. Backward computes under the autocast of forward. Without gradients there is only forward, and no graph.
/// </summary>
/// <remarks>
/// TorchSharp 0.107's functions hold much more. What save_for_backward was given stays until the whole graph goes, because its node does
/// not override libtorch's <c>release_variables</c>; the gradient that backward is given, and those it returns, belong to whatever scope
/// the caller of backward has, and stay until that ends; an empty copy of every result stays as long as the node. All four are undone here.
/// When TorchSharp releases them itself, this class can go.
/// <para>
/// Lost on the way: libtorch's complaint when an input was changed in place between forward and backward. A changed weight is still
/// noticed.
/// </para>
/// </remarks>
/// <typeparam name="TSelf">The function.</typeparam>
/// <typeparam name="TPlan">What one application of it computes, beside the tensors.</typeparam>
internal abstract class ReleasingFunction<TSelf, TPlan> : autograd.SingleTensorFunction<TSelf>
    where TSelf : ReleasingFunction<TSelf, TPlan>, new()
    where TPlan : notnull
{
    private static readonly TSelf Self = new();

    /// <inheritdoc/>
    public override string Name => typeof(TSelf).Name;

    /// <param name="plan">What is computed.</param>
    /// <param name="given">Inputs and parameters; null where there is none.</param>
    /// <param name="kept">Takes what backward needs; null where there will be none.</param>
    protected abstract Tensor Forward(TPlan plan, Tensor?[] given, List<Tensor?>? kept);

    /// <summary>The gradients by what was given to <see cref="Forward"/>, null where none is wanted.</summary>
    protected abstract Tensor?[] Backward(TPlan plan, Kept kept, Tensor gradient);

    /// <summary>Applies the function.</summary>
    protected static Tensor Apply(TPlan plan, params Tensor?[] given)
    {
        using var scope = NewDisposeScope();
        if (!is_grad_enabled() || !given.Any(one => one is { requires_grad: true }))
            return Self.Forward(plan, given, null).MoveToOuterDisposeScope();
        var call = new Call(plan, given);
        var result = apply([call, .. given.Select(one => (object)one!)]);
        call.Failed?.Throw();
        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var call = (Call)vars[0];
        ctx.save_data(nameof(Call), call);
        ctx.set_materialize_grads(false); // the empty copy of the result is gone by then
        using var scope = NewDisposeScope();
        try
        {
            List<Tensor?> kept = [];
            var result = Forward(call.Plan, [.. vars.Skip(1).Cast<Tensor?>()], kept);
            call.Kept = [.. kept.Select(Kept.Kind.From)];
            ctx.save_for_backward([.. kept.Select(one => Kept.Share(one)!)]); // which looks at them after this has returned
            return result.MoveToOuterDisposeScope();
        }
        catch (Exception e)
        {
            // Thrown here it would leave TorchSharp's node, and with it the graph before, alive for ever.
            call.Failed = ExceptionDispatchInfo.Capture(e);
            return empty(0).MoveToOuterDisposeScope();
        }
    }

    /// <inheritdoc/>
    public sealed override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        Returned.Release();
        using var scope = NewDisposeScope();
        using var given = grad_output;
        var call = (Call)ctx.get_data(nameof(Call));
        try
        {
            if (grad_output.IsInvalid) // the loss does not depend on the result
                return [.. new Tensor[1 + call.Given]];
            if (is_grad_enabled())
                throw new NotSupportedException($"{Name}: gradients of gradients (create_graph) cannot be had of what is computed again");
            if (call.Done)
                throw new InvalidOperationException($"{Name}: a second backward through one graph; the first has released what it needs");
            call.Done = true;
            using var autocast = new Autocast(call.Device, call.Autocast);
            using var kept = new Kept(ctx.get_saved_variables(), call.Kept);
            return Returned.Keep([null!, .. Backward(call.Plan, kept, grad_output).Select(one => one!)]); // the first: of the plan
        }
        catch (Exception e) when (call.Refused >= 0 && Backpropagation.Takes(e))
        {
            List<Tensor> nothing = [.. new Tensor[1 + call.Given]];
            if (!Backpropagation.IsInner)
                nothing[1 + call.Refused] = zeros([]);
            return Returned.Keep(nothing);
        }
    }

    // One application, from forward to backward.
    private sealed class Call(TPlan plan, Tensor?[] given)
    {
        public TPlan Plan { get; } = plan;

        public int Given { get; } = given.Length;

        // An input whose gradient libtorch would refuse if it were a single number.
        public int Refused { get; } = Array.FindIndex(given, one => one is { requires_grad: true } && one.dim() > 0);

        public DeviceType Device { get; } = given.OfType<Tensor>().First().device_type;

        public bool Autocast { get; } = Core.Libtorch.Autocast.IsEnabled(given.OfType<Tensor>().First().device_type);

        public Kept.Kind[] Kept { get; set; } = [];

        public bool Done { get; set; }

        public ExceptionDispatchInfo? Failed { get; set; }
    }
}

/// <summary>What a function's forward left for its backward; the memory is released with it.</summary>
internal sealed class Kept(IReadOnlyList<Tensor?> tensors, IReadOnlyList<Kept.Kind> kinds) : IDisposable
{
    /// <param name="Learns">Whether a gradient by it is wanted.</param>
    /// <param name="Shared">Whether another tensor over the same memory was saved in its place.</param>
    public readonly record struct Kind(bool Learns, bool Shared)
    {
        public static Kind From(Tensor? one) => new(one is { requires_grad: true }, one is not null and not Parameter);
    }

    public int Count => tensors.Count;

    public Tensor? this[int index] => tensors[index];

    public bool Learns(int index) => kinds[index].Learns;

    /// <summary>A tensor of the same numbers that learns where the kept one did, and nothing before it.</summary>
    public Tensor Leaf(int index) => tensors[index]!.detach().requires_grad_(Learns(index));

    /// <summary>
    /// What is saved in place of a tensor: parameters themselves, as they are leaves; for others a tensor over the same memory, from which
    /// <see cref="Dispose"/> can take it while TorchSharp's node still holds the tensor, and which has nothing of the graph before.
    /// </summary>
    public static Tensor? Share(Tensor? one) => Kind.From(one).Shared ? Over(one!).MoveToOuterDisposeScope() : one;

    public void Dispose()
    {
        foreach (var (i, one) in tensors.Index())
            if (kinds[i].Shared)
                one!.set_(empty([0], one.dtype, one.device));
    }

    /// <summary>
    /// A tensor over the memory of another. Unlike detach() it has a version counter of its own: what else in the graph uses that one does
    /// not notice that the memory was taken from this one, or written to by it.
    /// </summary>
    public static Tensor Over(Tensor one) => empty([0], one.dtype, one.device).set_(one);
}

/// <summary>
/// What a function's backward returned. TorchSharp reads it after backward has returned and then leaves it to a scope: it is released at
/// the next backward of the same thread instead.
/// </summary>
internal static class Returned
{
    [ThreadStatic]
    private static List<Tensor?>? last;

    public static List<Tensor> Keep(List<Tensor> gradients)
    {
        Release(); // those of a function that this one's backward has run again
        foreach (var gradient in gradients)
            gradient?.DetachFromDisposeScope();
        last = [.. gradients];
        return gradients;
    }

    public static void Release()
    {
        if (last is { } some)
            foreach (var gradient in some)
                gradient?.Dispose();
        last = null;
    }
}
