using System.Buffers.Binary;
using System.Text;
using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Data.Media;

namespace Avs.Data.Prepare;

/// <summary>
/// Writes log-mel examples as AVSBench's `.pkl` files have them: a Python pickle (protocol 3) of one PyTorch float32 tensor
/// `[T, 1, 96, 64]`, whose values lie in a legacy `torch.save` stream inside it. Python reads it with `pickle.load`.
/// </summary>
public static class LogMelPickle
{
    private const int Stride = Clip.LogMelSize;

    // Opcodes of pickle that are used here.
    private const byte Mark = (byte)'(', Tuple = (byte)'t', Tuple1 = 0x85, EmptyTuple = (byte)')', Reduce = (byte)'R', Stop = (byte)'.',
        Global = (byte)'c', Bytes = (byte)'B', Int1 = (byte)'K', Int2 = (byte)'M', Int4 = (byte)'J', True = 0x88, False = 0x89, None = (byte)'N',
        Text = (byte)'X', EmptyDict = (byte)'}', SetItems = (byte)'u', EmptyList = (byte)']', Append = (byte)'a', PersistentId = (byte)'Q',
        Protocol = 0x80, Long1 = 0x8A;

    private static ReadOnlySpan<byte> MagicNumber => [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    /// <summary>The bytes of a file.</summary>
    /// <param name="logMel">`[T, 1, 96, 64]` flattened.</param>
    /// <exception cref="ArgumentException">These are not whole examples.</exception>
    public static byte[] Encode(ReadOnlySpan<float> logMel)
    {
        if (logMel.Length == 0 || logMel.Length % Stride != 0)
            throw new ArgumentException($"{logMel.Length} values are not whole log-mel examples of {Stride}", nameof(logMel));
        var storage = Storage(logMel);
        using var pickle = new MemoryStream(storage.Length + 256);
        pickle.Write([Protocol, 3]);
        WriteGlobal(pickle, "torch._utils", "_rebuild_tensor_v2");
        pickle.WriteByte(Mark);
        WriteGlobal(pickle, "torch.storage", "_load_from_bytes");
        pickle.WriteByte(Bytes);
        WriteInt32(pickle, storage.Length);
        pickle.Write(storage);
        pickle.Write([Tuple1, Reduce]);
        WriteInteger(pickle, 0); // where in the storage the tensor begins
        WriteTuple(pickle, logMel.Length / Stride, 1, LogMelFrontEnd.ExampleFrames, LogMelFrontEnd.Bands);
        WriteTuple(pickle, Stride, Stride, LogMelFrontEnd.Bands, 1);
        pickle.WriteByte(False); // requires no gradient
        WriteGlobal(pickle, "collections", "OrderedDict");
        pickle.Write([EmptyTuple, Reduce, Tuple, Reduce, Stop]);
        return pickle.ToArray();
    }

    // The stream of torch.save before PyTorch 1.6: five pickles of protocol 2, then the values.
    private static byte[] Storage(ReadOnlySpan<float> values)
    {
        using var stream = new MemoryStream(values.Length * sizeof(float) + 512);
        stream.Write([Protocol, 2, Long1, (byte)MagicNumber.Length]);
        stream.Write(MagicNumber);
        stream.Write([Stop, Protocol, 2]);
        WriteInteger(stream, 1001);
        stream.Write([Stop, Protocol, 2, EmptyDict, Mark]);
        WriteText(stream, "protocol_version");
        WriteInteger(stream, 1001);
        WriteText(stream, "little_endian");
        stream.WriteByte(True);
        WriteText(stream, "type_sizes");
        stream.Write([EmptyDict, Mark]);
        foreach (var (type, size) in new[] { ("short", 2), ("int", 4), ("long", 4) })
        {
            WriteText(stream, type);
            WriteInteger(stream, size);
        }

        stream.Write([SetItems, SetItems, Stop, Protocol, 2, Mark]);
        WriteText(stream, "storage");
        WriteGlobal(stream, "torch", "FloatStorage");
        WriteText(stream, "0");
        WriteText(stream, "cpu");
        WriteInteger(stream, values.Length);
        stream.Write([None, Tuple, PersistentId, Stop, Protocol, 2, EmptyList]);
        WriteText(stream, "0");
        stream.Write([Append, Stop]);

        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, values.Length);
        stream.Write(number);
        foreach (var value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(number, value);
            stream.Write(number[..sizeof(float)]);
        }

        return stream.ToArray();
    }

    private static void WriteGlobal(MemoryStream pickle, string module, string name)
    {
        pickle.WriteByte(Global);
        pickle.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private static void WriteText(MemoryStream pickle, string text)
    {
        pickle.WriteByte(Text);
        WriteInt32(pickle, text.Length);
        pickle.Write(Encoding.ASCII.GetBytes(text));
    }

    private static void WriteTuple(MemoryStream pickle, params ReadOnlySpan<int> numbers)
    {
        pickle.WriteByte(Mark);
        foreach (var number in numbers)
            WriteInteger(pickle, number);
        pickle.WriteByte(Tuple);
    }

    private static void WriteInteger(MemoryStream pickle, int number)
    {
        if (number <= byte.MaxValue)
            pickle.Write([Int1, (byte)number]);
        else if (number <= ushort.MaxValue)
            pickle.Write([Int2, (byte)number, (byte)(number >> 8)]);
        else
        {
            pickle.WriteByte(Int4);
            WriteInt32(pickle, number);
        }
    }

    private static void WriteInt32(MemoryStream pickle, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        pickle.Write(bytes);
    }
}
