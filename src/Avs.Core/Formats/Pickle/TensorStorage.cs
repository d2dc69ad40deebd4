namespace Avs.Core.Formats.Pickle;

/// <summary>A run of elements in a file that tensors are views of. It is read when it is asked for, and again if it was forgotten since.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="Read">Reads <c>Count</c> elements.</param>
internal sealed record TensorStorage(ElementType Type, long Count, Func<byte[]> Read)
{
    // Many tensors may be views of one storage: it stays in memory as long as memory is plenty.
    private readonly WeakReference<byte[]?> _last = new(null);

    public byte[] Bytes()
    {
        if (_last.TryGetTarget(out byte[]? bytes)) return bytes;
        bytes = Read();
        _last.SetTarget(bytes);
        return bytes;
    }
}
