using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Engine;

/// <summary>
/// Is told, until it is disposed, whenever backward has added to a leaf's gradient: with one backward a step, when the gradient is whole and nothing that
/// is still to run needs the leaf. PyTorch has it as <c>Tensor.register_post_accumulate_grad_hook</c>, TorchSharp not at all.
/// </summary>
public sealed class GradientListener : IDisposable
{
    private IntPtr _listener;

    /// <summary>Begins to listen.</summary>
    /// <param name="leaf">A tensor that requires a gradient and is not computed from others.</param>
    /// <param name="arrived">Called on the thread that runs backward; what it throws, backward throws.</param>
    /// <exception cref="ExternalException">The tensor is not such a leaf.</exception>
    public unsafe GradientListener(torch.Tensor leaf, Action arrived)
    {
        var managed = GCHandle.Alloc(arrived);
        try
        {
            Native.Check(Native.avs_gradient_listen(leaf.Handle, GCHandle.ToIntPtr(managed), &Arrived, &Release, out _listener));
        }
        catch (ExternalException)
        {
            managed.Free();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var listener = Interlocked.Exchange(ref _listener, 0);
        if (listener != 0)
            Native.avs_gradient_listener_free(listener);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Arrived(IntPtr managed)
    {
        try
        {
            ((Action)GCHandle.FromIntPtr(managed).Target!)();
            return 0;
        }
        catch (Exception error)
        {
            Native.avs_set_error(error.Message);
            return 1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(IntPtr managed) => GCHandle.FromIntPtr(managed).Free();
}
