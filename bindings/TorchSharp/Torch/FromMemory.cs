using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor with the elements of an array of any rank.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false) => rawArray switch
    {
        _ when rawArray.GetType().GetElementType() == typeof(bool) => FromArray<bool>(rawArray, dtype, device, requires_grad),
        _ when rawArray.GetType().GetElementType() == typeof(byte) => FromArray<byte>(rawArray, dtype, device, requires_grad),
        _ when rawArray.GetType().GetElementType() == typeof(sbyte) => FromArray<sbyte>(rawArray, dtype, device, requires_grad),
        _ when rawArray.GetType().GetElementType() == typeof(short) => FromArray<short>(rawArray, dtype, device, requires_grad),
        _ when rawArray.GetType().GetElementType() == typeof(int) => FromArray<int>(rawArray, dtype, device, requires_grad),
        _ when rawArray.GetType().GetElementType() == typeof(long) => FromArray<long>(rawArray, dtype, device, requires_grad),
        _ when rawArray.GetType().GetElementType() == typeof(Half) => FromArray<Half>(rawArray, dtype, device, requires_grad),
        _ when rawArray.GetType().GetElementType() == typeof(float) => FromArray<float>(rawArray, dtype, device, requires_grad),
        _ when rawArray.GetType().GetElementType() == typeof(double) => FromArray<double>(rawArray, dtype, device, requires_grad),
        _ when rawArray.GetType().GetElementType() == typeof(Complex) => FromArray<Complex>(rawArray, dtype, device, requires_grad),
        _ => throw new ArgumentException($"no tensor has elements of the type {rawArray.GetType().GetElementType()}"),
    };

    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) => from_array(data, dtype, device);

    /// <summary>The tensor itself where it has that type and place already.</summary>
    public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device? device = null) =>
        data.to(dtype ?? data.dtype, device ?? data.device);

    internal static unsafe Tensor FromSpan<T>(
        ReadOnlySpan<T> data, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device? device, bool requires_grad)
        where T : unmanaged
    {
        var count = 1L;
        foreach (var length in dimensions)
            count *= length;
        if (count != data.Length)
            throw new ArgumentException($"{data.Length} numbers do not fill a tensor of shape [{string.Join(", ", dimensions.ToArray())}]");
        var type = TypeOf<T>();
        var tensor = empty(dimensions.ToArray(), type);
        if (count > 0)
            data.CopyTo(new Span<T>((void*)tensor.DataPointer(), data.Length));
        GC.KeepAlive(tensor);
        if ((dtype is { } wanted && wanted != type) || (device is not null && device.type != DeviceType.CPU))
        {
            using (tensor)
                return Marked(tensor.to(dtype ?? type, device ?? CPU), requires_grad);
        }

        return Marked(tensor, requires_grad);
    }

    private static Tensor FromArray<T>(Array array, ScalarType? dtype, Device? device, bool requires_grad)
        where T : unmanaged
    {
        var dimensions = new long[array.Rank];
        for (var d = 0; d < dimensions.Length; d++)
            dimensions[d] = array.GetLongLength(d);
        ref var first = ref MemoryMarshal.GetArrayDataReference(array);
        var elements = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref first), array.Length);
        return FromSpan(elements, dimensions, dtype, device, requires_grad);
    }

    private static ScalarType TypeOf<T>() => default(T) switch
    {
        bool => ScalarType.Bool,
        byte => ScalarType.Byte,
        sbyte => ScalarType.Int8,
        short => ScalarType.Int16,
        int => ScalarType.Int32,
        long => ScalarType.Int64,
        Half => ScalarType.Float16,
        float => ScalarType.Float32,
        double => ScalarType.Float64,
        ValueTuple<float, float> => ScalarType.ComplexFloat32,
        Complex => ScalarType.ComplexFloat64,
        _ => throw new ArgumentException($"no tensor has elements of the type {typeof(T)}"),
    };
}
