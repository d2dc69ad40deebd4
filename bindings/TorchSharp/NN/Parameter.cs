using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module learns.</summary>
    public class Parameter : torch.Tensor
    {
        /// <summary>Takes over a tensor: <paramref name="data"/> itself is empty afterwards.</summary>
        /// <param name="data">The first values.</param>
        /// <param name="requires_grad">Whether gradients are recorded.</param>
        public Parameter(torch.Tensor data, bool requires_grad = true)
            : base(data.MoveHandle())
        {
            DetachFromDisposeScope(); // a module owns it, whatever scope happens to be open
            if (this.requires_grad != requires_grad)
                this.requires_grad = requires_grad;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <inheritdoc cref="Modules.Parameter(Tensor, bool)"/>
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }

        public partial class Tensor
        {
            /// <summary>Gives the native reference away and leaves this object empty.</summary>
            internal IntPtr MoveHandle()
            {
                var handle = Handle;
                DisposeScopeManager.ThreadSingleton.Disposing(this);
                Interlocked.Exchange(ref _handle, 0);
                Interlocked.Decrement(ref s_totalCount);
                if (_pressure > 0)
                    GC.RemoveMemoryPressure(_pressure);
                GC.SuppressFinalize(this);
                return handle;
            }
        }
    }
}
