using System.Runtime.InteropServices;

namespace Avs.Core.Formats.Pickle;

/// <summary>A tensor or array in a pickled file: a view of a storage by offset and strides. Its elements are read on demand.</summary>
public sealed class PickledTensor
{
    /// <summary>A view may repeat elements (stride 0); one of more bytes than this that its storage does not hold is refused.</summary>
    private const long MaximumRepeatedBytes = 1L << 28;

    private readonly TensorStorage storage;

    internal PickledTensor(TensorStorage storage, long offset, long[] shape, long[] strides, bool requiresGrad)
    {
        this.storage = storage;
        Offset = offset;
        Shape = shape;
        Strides = strides;
        RequiresGrad = requiresGrad;
    }

    public ElementType Type => storage.Type;

    /// <summary>Sizes; empty for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Elements from one index to the next, by dimension.</summary>
    public IReadOnlyList<long> Strides { get; }

    /// <summary>The first element's place in its storage.</summary>
    public long Offset { get; }

    /// <summary>Whether the tensor was saved with requires_grad.</summary>
    public bool RequiresGrad { get; }

    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Whether two tensors are views of the same storage.</summary>
    public bool SharesStorageWith(PickledTensor other) => ReferenceEquals(storage, other.storage);

    /// <summary>Reads the elements, whatever their strides, in row-major order.</summary>
    /// <exception cref="DataException">The file is damaged where the elements lie.</exception>
    public NumberArray Read()
    {
        if (Count == 0)
            return new NumberArray(Type, Shape, ReadOnlyMemory<byte>.Empty);
        var size = Type.SizeOf();
        var elements = storage.Bytes();
        var bytes = IsContiguous()
            ? elements.AsMemory(checked((int)(Offset * size)), checked((int)(Count * size)))
            : size switch
            {
                8 => Gather<long>(elements),
                4 => Gather<int>(elements),
                2 => Gather<short>(elements),
                _ => Gather<byte>(elements),
            };
        return new NumberArray(Type, Shape, bytes);
    }

    /// <summary>What is wrong with a view of a storage; null when nothing is.</summary>
    internal static string? Fault(TensorStorage storage, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length)
            return $"has {shape.Length} sizes but {strides.Length} strides";
        if (offset < 0 || shape.Any(size => size < 0) || strides.Any(stride => stride < 0))
            return "has a negative offset, size or stride";
        try
        {
            long count = 1, last = offset;
            for (var i = 0; i < shape.Length; i++)
                count = checked(count * shape[i]);
            if (count == 0)
                return null;
            for (var i = 0; i < shape.Length; i++)
                last = checked(last + (shape[i] - 1) * strides[i]);
            var bytes = checked(count * storage.Type.SizeOf());
            if (last >= storage.Count)
                return $"of shape [{string.Join(", ", shape)}], strides [{string.Join(", ", strides)}] and offset {offset} needs "
                    + $"{last + 1} elements, but its storage has {storage.Count}";
            if (count > storage.Count && bytes > MaximumRepeatedBytes)
                return $"of shape [{string.Join(", ", shape)}] repeats a storage of {storage.Count} elements into {bytes} bytes, more than "
                    + "is believable";
            return bytes > Array.MaxLength
                ? $"of shape [{string.Join(", ", shape)}] has {bytes} bytes, more than can be read at once"
                : null;
        }
        catch (OverflowException)
        {
            return $"of shape [{string.Join(", ", shape)}] has more elements than can be counted";
        }
    }

    private bool IsContiguous()
    {
        long expected = 1;
        for (var i = Shape.Count - 1; i >= 0; i--)
        {
            if (Shape[i] != 1 && Strides[i] != expected)
                return false;
            expected *= Shape[i];
        }
        return true;
    }

    private ReadOnlyMemory<byte> Gather<T>(byte[] elements) where T : unmanaged
    {
        var source = MemoryMarshal.Cast<byte, T>(elements);
        var result = new byte[Count * Type.SizeOf()];
        var target = MemoryMarshal.Cast<byte, T>(result.AsSpan());
        var index = new long[Shape.Count];
        var at = Offset;
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = source[(int)at];
            // The next index in row-major order, like an odometer.
            for (var d = index.Length - 1; d >= 0; d--)
            {
                at += Strides[d];
                if (++index[d] < Shape[d])
                    break;
                at -= Strides[d] * Shape[d];
                index[d] = 0;
            }
        }
        return result;
    }
}
