namespace Avs.Core.Formats.Pickle;

/// <summary>
/// A run of elements in a file that tensors are views of. It is read on demand, and again if the garbage collector took it.
/// </summary>
/// <param name="Read">Reads <c>Count</c> elements.</param>
internal sealed record TensorStorage(ElementType Type, long Count, Func<byte[]> Read)
{
    // Many tensors may be views of one storage: it stays in memory until the garbage collector takes it.
    private readonly WeakReference<byte[]?> last = new(null);

    public byte[] Bytes()
    {
        if (last.TryGetTarget(out var bytes))
            return bytes;
        bytes = Read();
        last.SetTarget(bytes);
        return bytes;
    }
}
