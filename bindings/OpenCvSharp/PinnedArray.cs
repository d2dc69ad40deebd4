using System.Runtime.InteropServices;

namespace OpenCvSharp;

/// <summary>A managed array held in place while matrices look into it: every one of them counts as a holder.</summary>
internal sealed class PinnedArray
{
    private GCHandle pin;
    private int holders;

    public PinnedArray(Array array) => pin = GCHandle.Alloc(array, GCHandleType.Pinned);

    ~PinnedArray() => Free();

    public nint Address => pin.AddrOfPinnedObject();

    public void Hold() => Interlocked.Increment(ref holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref holders) != 0) return;
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (pin.IsAllocated) pin.Free();
    }
}
