using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchSharp.Utils;

/// <summary>Reads and writes a tensor's elements, in the order of its dimensions whatever its strides are.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly torch.Tensor _tensor;
    private readonly T* _data;
    private readonly long[] _sizes;
    private readonly long[] _strides;
    private readonly bool _contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        CheckType(tensor.dtype);
        _tensor = tensor;
        _data = (T*)tensor.DataPointer();
        _sizes = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = tensor.NumberOfElements;
    }

    public long Count { get; }

    /// <summary>The element of that number in the order of the dimensions, or at those indices.</summary>
    public T this[params long[] indices]
    {
        get => Valid()._data[Offset(indices)];
        set => Valid()._data[Offset(indices)] = value;
    }

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(arrayIndex), tensorIndex);

    public void CopyTo(Span<T> span, long tensorIndex = 0)
    {
        Valid();
        if (_contiguous)
        {
            new ReadOnlySpan<T>(_data + tensorIndex, checked((int)(Count - tensorIndex))).CopyTo(span);
        }
        else
        {
            for (var i = tensorIndex; i < Count; i++)
                span[(int)(i - tensorIndex)] = ReadAt(i);
        }

        GC.KeepAlive(_tensor);
    }

    /// <summary>Writes the tensor's elements.</summary>
    public void CopyFrom(ReadOnlySpan<T> span, long tensorIndex = 0)
    {
        Valid();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(span.Length, Count - tensorIndex);
        for (var i = 0; i < span.Length; i++)
            _data[Offset(i + tensorIndex)] = span[i];
        GC.KeepAlive(_tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom(array.AsSpan(arrayIndex), tensorIndex);

    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0L; i < Count; i++)
            yield return ReadAt(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Nothing is held; here because TorchSharp's accessor has it.</summary>
    public void Dispose()
    {
    }

    internal static void CheckType(torch.ScalarType type)
    {
        var fits = type switch
        {
            torch.ScalarType.Byte => typeof(T) == typeof(byte),
            torch.ScalarType.Int8 => typeof(T) == typeof(sbyte),
            torch.ScalarType.Int16 => typeof(T) == typeof(short),
            torch.ScalarType.Int32 => typeof(T) == typeof(int),
            torch.ScalarType.Int64 => typeof(T) == typeof(long),
            torch.ScalarType.Float16 => typeof(T) == typeof(Half),
            torch.ScalarType.Float32 => typeof(T) == typeof(float),
            torch.ScalarType.Float64 => typeof(T) == typeof(double),
            torch.ScalarType.ComplexFloat32 => typeof(T) == typeof((float, float)),
            torch.ScalarType.ComplexFloat64 => typeof(T) == typeof(Complex),
            torch.ScalarType.Bool => typeof(T) == typeof(bool),
            _ => false,
        };
        if (!fits)
            throw new ArgumentException($"a tensor of {type} cannot be read as {typeof(T).Name}");
    }

    internal T ReadAt(long index) => Valid()._data[Offset(index)];

    private TensorAccessor<T> Valid() => _tensor.Handle != 0 ? this : throw new ObjectDisposedException(nameof(torch.Tensor));

    private long Offset(long[] indices)
    {
        if (indices.Length == 1 && _sizes.Length != 1)
            return Offset(indices[0]);
        if (indices.Length != _sizes.Length)
            throw new ArgumentException($"{indices.Length} indices for a tensor of {_sizes.Length} dimensions");
        var offset = 0L;
        for (var d = 0; d < indices.Length; d++)
        {
            if ((ulong)indices[d] >= (ulong)_sizes[d])
                throw new IndexOutOfRangeException($"index {indices[d]} of dimension {d}, which has {_sizes[d]} elements");
            offset += indices[d] * _strides[d];
        }

        return offset;
    }

    private long Offset(long index)
    {
        if ((ulong)index >= (ulong)Count)
            throw new IndexOutOfRangeException($"element {index} of {Count}");
        if (_contiguous)
            return index;
        var offset = 0L;
        for (var d = _sizes.Length - 1; d >= 0; d--)
        {
            offset += index % _sizes[d] * _strides[d];
            index /= _sizes[d];
        }

        return offset;
    }
}
