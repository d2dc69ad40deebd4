using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Avs.Core.Formats;

/// <summary>Numbers with a shape, read from a file.</summary>
/// <param name="Shape">Sizes; empty for a single number.</param>
/// <param name="Bytes">The elements in row-major order, little-endian, without gaps.</param>
public sealed record NumberArray(ElementType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    public long Count => Bytes.Length / Type.SizeOf();

    /// <summary>The elements as float32: exact from float32 and narrower floating types, rounded from the others.</summary>
    public float[] ToFloats()
    {
        if (Type == ElementType.F32)
            return MemoryMarshal.Cast<byte, float>(Bytes.Span).ToArray();
        var wide = ToDoubles();
        var values = new float[wide.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)wide[i];
        return values;
    }

    /// <summary>The elements as float64, whatever their type (64-bit integers beyond 2^53 lose their last digits).</summary>
    public double[] ToDoubles()
    {
        var bytes = Bytes.Span;
        var size = Type.SizeOf();
        var values = new double[Count];
        for (var i = 0; i < values.Length; i++)
        {
            var element = bytes.Slice(i * size, size);
            values[i] = Type switch
            {
                ElementType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(element),
                ElementType.F32 => BinaryPrimitives.ReadSingleLittleEndian(element),
                ElementType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
                ElementType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
                ElementType.I64 => BinaryPrimitives.ReadInt64LittleEndian(element),
                ElementType.I32 => BinaryPrimitives.ReadInt32LittleEndian(element),
                ElementType.I16 => BinaryPrimitives.ReadInt16LittleEndian(element),
                ElementType.I8 => (sbyte)element[0],
                _ => element[0],
            };
        }
        return values;
    }
}
