using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>What a function's forward leaves for its backward.</summary>
        public sealed class AutogradContext
        {
            private readonly Dictionary<string, object> _data = [];

            internal AutogradContext()
            {
            }

            internal List<Tensor> ToSave { get; private set; } = [];

            internal IntPtr Node { get; set; }

            /// <summary>Keeps tensors: at most once, in forward.</summary>
            public void save_for_backward(List<Tensor> tensors) => ToSave = tensors;

            /// <summary>The tensors kept; an error where one of them was changed in place since.</summary>
            public unsafe List<Tensor> get_saved_variables()
            {
                var handles = new IntPtr[ToSave.Count];
                fixed (IntPtr* pinned = handles)
                    Native.Check(Native.avs_function_saved(Node, pinned));
                return [.. handles.Select(handle => handle == 0 ? null! : new Tensor(handle))];
            }

            /// <summary>Keeps anything that is not a tensor.</summary>
            public void save_data(string key, object value) => _data[key] = value;

            public object get_data(string key) => _data.GetValueOrDefault(key)!;

            internal void Forget(int count) => ToSave = [.. Enumerable.Repeat<Tensor>(null!, count)];
        }

        /// <summary>
        /// A function of one result that computes its gradients itself. Those of <c>apply</c>'s arguments that are tensors are its inputs; backward returns a
        /// gradient, or null, for each argument.
        /// </summary>
        public abstract class SingleTensorFunction<T>
            where T : SingleTensorFunction<T>, new()
        {
            private static readonly T s_instance = new();

            public abstract string Name { get; }

            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            /// <summary>Forward, without autograd inside, recorded as one step where an input requires a gradient.</summary>
            public static Tensor apply(params object[] vars)
            {
                var inputs = vars.OfType<Tensor>().ToArray();
                var recorded = is_grad_enabled() && inputs.Any(input => input.requires_grad);
                var context = new AutogradContext();
                Tensor result;
                using (no_grad())
                    result = s_instance.forward(context, vars);
                if (!recorded)
                    return result;
                using (result)
                    return new RecordedFunction(s_instance.Name, context, s_instance.backward, [.. vars.Select(value => value is Tensor)]).Record(inputs, result);
            }
        }
    }

    /// <summary>One application of a function, as its node of the graph keeps it.</summary>
    private sealed class RecordedFunction(
        string name, autograd.AutogradContext context, Func<autograd.AutogradContext, Tensor, List<Tensor>> backward, bool[] isTensor)
    {
        private DeviceType _device;
        private bool _autocast;

        internal unsafe Tensor Record(Tensor[] inputs, Tensor result)
        {
            (_device, _autocast) = (result.device_type, Autocast.IsEnabled(result.device_type));
            IntPtr[] from = [.. inputs.Select(input => input.Handle)], saved = [.. context.ToSave.Select(tensor => tensor?.Handle ?? 0)];
            fixed (IntPtr* f = from, s = saved)
            {
                Native.Check(Native.avs_function_record(GCHandle.ToIntPtr(GCHandle.Alloc(this)), &Backward, &Release, f, from.Length, s, saved.Length,
                    result.Handle, out var recorded, out var node));
                GC.KeepAlive((inputs, context.ToSave));
                context.Node = node;
                context.Forget(saved.Length); // the node has them now
                return new Tensor(recorded);
            }
        }

        private List<Tensor> Gradients(Tensor gradient)
        {
            // What backward computes again it computes as forward did (PyTorch's custom_bwd).
            using var cast = Autocast.IsEnabled(_device) == _autocast ? null : new Autocast(_device, _autocast);
            var gradients = backward(context, gradient);
            return gradients.Count == isTensor.Length
                ? [.. gradients.Where((_, i) => isTensor[i])]
                : throw new InvalidOperationException($"{name}: {gradients.Count} gradients for {isTensor.Length} arguments");
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static unsafe int Backward(IntPtr function, IntPtr gradient, IntPtr* results, int count)
        {
            try
            {
                using var scope = NewDisposeScope();
                var gradients = ((RecordedFunction)GCHandle.FromIntPtr(function).Target!).Gradients(new Tensor(Native.avs_tensor_alias(gradient)));
                for (var i = 0; i < count; i++)
                    results[i] = gradients[i] is { } one ? Native.avs_tensor_alias(one.Handle) : 0;
                return 0;
            }
            catch (Exception error)
            {
                Native.avs_set_error(error.Message);
                return 1;
            }
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static void Release(IntPtr function) => GCHandle.FromIntPtr(function).Free();
    }
}
