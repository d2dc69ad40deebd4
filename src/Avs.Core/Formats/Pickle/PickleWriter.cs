using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Avs.Core.Formats.Pickle;

/// <summary>Writes the instructions of one pickle. Whole numbers take the shortest form that Python's own pickler would choose.</summary>
internal sealed class PickleWriter
{
    private readonly MemoryStream bytes = new();

    /// <param name="protocol">2 or 3.</param>
    public PickleWriter(byte protocol) => Write(0x80, protocol);

    public PickleWriter Mark() => Write('(');

    public PickleWriter None() => Write('N');

    public PickleWriter Boolean(bool value) => Write(value ? (byte)0x88 : (byte)0x89);

    public PickleWriter Integer(BigInteger value)
    {
        if (value >= 0 && value <= byte.MaxValue)
            return Write((byte)'K', (byte)value);
        if (value >= 0 && value <= ushort.MaxValue)
            return Write((byte)'M', (byte)(value & 0xFF), (byte)(value >> 8));
        if (value >= int.MinValue && value <= int.MaxValue)
            return Write('J').Int32((int)value);
        var digits = value.ToByteArray();
        return Write(0x8A, (byte)digits.Length).Write(digits);
    }

    public PickleWriter Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return Write('X').Int32(utf8.Length).Write(utf8);
    }

    /// <summary>Bytes, which protocol 2 does not have.</summary>
    public PickleWriter Bytes(ReadOnlySpan<byte> content) => Write('B').Int32(content.Length).Write(content);

    public PickleWriter Global(string module, string name) => Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    public PickleWriter EmptyDictionary() => Write('}');

    /// <summary>Puts the keys and values since the mark into the dictionary below it.</summary>
    public PickleWriter SetItems() => Write('u');

    public PickleWriter EmptyList() => Write(']');

    public PickleWriter Append() => Write('a');

    public PickleWriter EmptyTuple() => Write(')');

    /// <summary>Makes a tuple of the last value.</summary>
    public PickleWriter Tuple1() => Write(0x85);

    /// <summary>Makes a tuple of all values since the mark.</summary>
    public PickleWriter Tuple() => Write('t');

    /// <summary>Calls a function, the last value but one, with a tuple of arguments, the last value.</summary>
    public PickleWriter Reduce() => Write('R');

    /// <summary>Takes the last value for the name of something outside of the pickle.</summary>
    public PickleWriter PersistentId() => Write('Q');

    public PickleWriter OrderedDictionary() => Global("collections", "OrderedDict").EmptyTuple().Reduce();

    /// <summary>
    /// The arguments of `_rebuild_tensor_v2` behind the storage: the tensor is the whole storage in row-major order, needs no gradient and
    /// has no hooks.
    /// </summary>
    public PickleWriter WholeStorage(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        long step = 1;
        for (var i = shape.Count - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(1, shape[i]);
        }
        return Integer(0).Integers(shape).Integers(strides).Boolean(false).OrderedDictionary();
    }

    public byte[] End()
    {
        Write('.');
        return bytes.ToArray();
    }

    private PickleWriter Integers(IEnumerable<long> values)
    {
        Mark();
        foreach (var value in values)
            Integer(value);
        return Tuple();
    }

    private PickleWriter Int32(int value)
    {
        Span<byte> four = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(four, value);
        return Write(four);
    }

    private PickleWriter Write(char instruction) => Write((byte)instruction);

    private PickleWriter Write(params ReadOnlySpan<byte> content)
    {
        bytes.Write(content);
        return this;
    }
}
