using System.Numerics;
using System.Runtime.InteropServices;
using Avs.Core;
using Avs.Core.Formats;

namespace Avs.Models.Weights;

/// <summary>Looks for numbers in weights that no model can compute with.</summary>
public static class FiniteNumbers
{
    /// <summary>Refuses an array in which a number is NaN or infinite.</summary>
    /// <param name="path">The file, for the error.</param>
    /// <param name="name">The tensor, for the error.</param>
    /// <returns>The same array.</returns>
    /// <exception cref="DataException">The sentence names the tensor, says how many numbers are not finite and where the first
    /// is.</exception>
    public static NumberArray Require(string path, string name, NumberArray array) => Fault(array) is { } fault
        ? throw new DataException(
            $"{path}: the tensor '{name}' {fault}; a model with such weights finds nothing, so take a checkpoint of before it went wrong")
        : array;

    /// <summary>How many numbers are not finite and where the first is; null where all are.</summary>
    public static string? Fault(NumberArray array)
    {
        var bytes = array.Bytes.Span;
        var (count, first) = array.Type switch
        {
            ElementType.F64 => NotFinite(MemoryMarshal.Cast<byte, double>(bytes)),
            ElementType.F32 => NotFinite(MemoryMarshal.Cast<byte, float>(bytes)),
            ElementType.F16 => NotFinite(MemoryMarshal.Cast<byte, Half>(bytes)),
            ElementType.BF16 => NotFiniteBrain(MemoryMarshal.Cast<byte, ushort>(bytes)),
            _ => (0, 0),
        };
        if (count == 0) return null;
        var value = (array with { Shape = [], Bytes = array.Bytes.Slice(first * array.Type.SizeOf(), array.Type.SizeOf()) })
            .ToDoubles()[0];
        var index = new long[array.Shape.Count];
        long left = first;
        for (var d = index.Length - 1; d >= 0; d--) (left, index[d]) = Math.DivRem(left, array.Shape[d]);
        var what = double.IsNaN(value) ? "NaN" : value > 0 ? "infinity" : "-infinity";
        return $"holds {count} of {array.Count} numbers that are NaN or infinite, the first is {what} at [{string.Join(", ", index)}]";
    }

    private static (int Count, int First) NotFinite<T>(ReadOnlySpan<T> values) where T : INumberBase<T>
    {
        int count = 0, first = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (T.IsFinite(values[i])) continue;
            if (count++ == 0) first = i;
        }
        return (count, first);
    }

    // Both kinds have an exponent of ones only.
    private static (int Count, int First) NotFiniteBrain(ReadOnlySpan<ushort> values)
    {
        int count = 0, first = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if ((values[i] & 0x7F80) != 0x7F80) continue;
            if (count++ == 0) first = i;
        }
        return (count, first);
    }
}
