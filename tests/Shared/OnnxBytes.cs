using System.Text;

namespace Avs.Tests;

/// <summary>Tiny ONNX files, written by the wire format's rules (protobuf.dev/programming-guides/encoding).</summary>
internal static class OnnxBytes
{
    public static byte[] Model(params IEnumerable<byte[]> graph) =>
        [.. Number(1, 8), .. Text(2, "by hand"), .. Bytes(7, [.. graph.SelectMany(part => part)])];

    public static byte[] Node(string type, string[] inputs, string output) =>
        Bytes(1, [.. inputs.SelectMany(input => Text(1, input)), .. Text(2, output), .. Text(3, "its name"), .. Text(4, type)]);

    /// <summary>A weight as raw bytes, sizes packed, as today's exporters write it.</summary>
    public static byte[] Raw(string name, long[] shape, params float[] values) => Bytes(5,
        [.. Bytes(1, [.. shape.SelectMany(Varint)]), .. Number(2, 1), .. Text(8, name), .. Bytes(9, Little(values))]);

    /// <summary>A weight as floats, size by size, as CNTK wrote it.</summary>
    public static byte[] Floats(string name, long[] shape, params float[] values) => Bytes(5,
        [.. shape.SelectMany(size => Number(1, size)), .. Number(2, 1), .. Bytes(4, Little(values)), .. Text(8, name)]);

    /// <summary>A weight of whole numbers.</summary>
    public static byte[] Integers(string name, params long[] values) =>
        Bytes(5, [.. Number(1, values.Length), .. Number(2, 7), .. Bytes(7, [.. values.SelectMany(Varint)]), .. Text(8, name)]);

    private static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int field, byte[] bytes) => [.. Varint(field << 3 | 2), .. Varint(bytes.Length), .. bytes];

    private static byte[] Little(float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    // Seven bits a byte, the lowest first; the eighth says that more follow.
    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value >>= 7)
            bytes.Add((byte)(value & 127 | 128));
        return [.. bytes, (byte)value];
    }
}
