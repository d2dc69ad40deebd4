namespace TorchSharp;

/// <summary>Sets whether this thread records what it computes, until it is disposed.</summary>
public class AutoGradMode : IDisposable
{
    private readonly bool _before;

    public AutoGradMode(bool enabled)
    {
        _before = IsEnabled;
        Native.avs_set_grad_mode(enabled ? 1 : 0);
    }

    public static bool IsEnabled => Native.avs_grad_mode() != 0;

    public void Dispose() => Native.avs_set_grad_mode(_before ? 1 : 0);
}

/// <summary>Sets whether this thread is in inference mode, until it is disposed (on the same thread).</summary>
public class InferenceMode : IDisposable
{
    private IntPtr _guard;

    public InferenceMode(bool mode) => Native.Check(Native.avs_inference_mode_enter(mode ? 1 : 0, out _guard));

    public static bool IsEnabled => Native.avs_inference_mode() != 0;

    public void Dispose()
    {
        var guard = Interlocked.Exchange(ref _guard, 0);
        if (guard != 0)
            Native.avs_inference_mode_leave(guard);
    }
}

public static partial class torch
{
    private static partial class Aten
    {
        internal static readonly Op detach = new("aten::detach");
        internal static readonly Op detach_ = new("aten::detach_");
        internal static readonly Op retain_grad = new("aten::retain_grad");
    }

    public static IDisposable no_grad() => new AutoGradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);

    public static bool is_grad_enabled() => AutoGradMode.IsEnabled;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => InferenceMode.IsEnabled;

    /// <summary>Gradients through what was computed.</summary>
    public static partial class autograd
    {
        /// <summary>The gradients of the outputs by the inputs; nothing is added to <see cref="Tensor.grad"/>.</summary>
        /// <param name="create_graph">Record the gradients' own computation too; the graph is then retained as well, whatever
        /// <paramref name="retain_graph"/> says (in TorchSharp that combination ends the process).</param>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs,
            IList<Tensor> inputs,
            IList<Tensor>? grad_outputs = null,
            bool retain_graph = false,
            bool create_graph = false,
            bool allow_unused = false)
        {
            var from = Handles(outputs);
            var by = Handles(inputs);
            var with = Handles(grad_outputs);
            var results = new IntPtr[by.Length];
            fixed (IntPtr* o = from, i = by, g = with, r = results)
            {
                Native.Check(Native.avs_grad(
                    o, from.Length, i, by.Length, g, with.Length, retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, r));
            }

            GC.KeepAlive((outputs, inputs, grad_outputs));
            return Array.ConvertAll(results, handle => handle == 0 ? null! : new Tensor(handle));
        }

        /// <summary>Adds the gradients of the tensors to <see cref="Tensor.grad"/> of the leaves.</summary>
        public static unsafe void backward(
            IList<Tensor> tensors,
            IList<Tensor>? grad_tensors = null,
            bool? retain_graph = null,
            bool create_graph = false,
            IList<Tensor>? inputs = null)
        {
            var from = Handles(tensors);
            var with = Handles(grad_tensors);
            var leaves = Handles(inputs);
            fixed (IntPtr* t = from, g = with, l = leaves)
            {
                Native.Check(Native.avs_backward(
                    t, from.Length, g, with.Length, (retain_graph ?? create_graph) ? 1 : 0, create_graph ? 1 : 0, l, leaves.Length));
            }

            GC.KeepAlive((tensors, grad_tensors, inputs));
        }

        public static void backward(
            Tensor tensor,
            IList<Tensor>? grad_tensors = null,
            bool? retain_graph = null,
            bool create_graph = false,
            IList<Tensor>? inputs = null) => backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(
            Tensor tensor,
            Tensor grad_tensor,
            bool? retain_graph = null,
            bool create_graph = false,
            IList<Tensor>? inputs = null) => backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        private static IntPtr[] Handles(IList<Tensor>? tensors) =>
            tensors is null ? [] : [.. tensors.Select(tensor => tensor?.Handle ?? 0)];
    }

    public partial class Tensor
    {
        /// <summary>Whether computing on this tensor is recorded.</summary>
        public bool requires_grad
        {
            get
            {
                Native.Check(Native.avs_tensor_requires_grad(Handle, out var required));
                return Live(required != 0);
            }

            set => requires_grad_(value);
        }

        public bool is_leaf
        {
            get
            {
                Native.Check(Native.avs_tensor_is_leaf(Handle, out var leaf));
                return Live(leaf != 0);
            }
        }

        /// <summary>The gradient that backward has left here. Each reading makes a tensor object of its own, for the caller to dispose.</summary>
        public Tensor? grad
        {
            get
            {
                Native.Check(Native.avs_tensor_grad(Handle, out var gradient));
                return Live(gradient) == 0 ? null : new Tensor(gradient);
            }

            set
            {
                Native.Check(Native.avs_tensor_set_grad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(value);
                GC.KeepAlive(this);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            Native.Check(Native.avs_tensor_set_requires_grad(Handle, requires_grad ? 1 : 0));
            return Live(this);
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>Keeps the gradient of a tensor that is not a leaf.</summary>
        public void retain_grad() => Aten.retain_grad.Run(this);

        public Tensor detach() => Aten.detach.Call(this);

        public Tensor detach_() => In(Aten.detach_, this);

        public void backward() => autograd.backward(this, (IList<Tensor>?)null);

        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward(this, grad_tensors, retain_graph, create_graph, inputs);
    }
}
