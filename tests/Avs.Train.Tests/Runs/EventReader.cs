using System.Buffers.Binary;
using System.Text;

namespace Avs.Train.Tests.Runs;

/// <summary>
/// Reads TensorBoard's event files by their published description (tensorflow/core/lib/io/record_writer.h, event.proto, summary.proto),
/// with nothing of the library that wrote them: records with masked CRC-32C checksums around protocol buffers.
/// </summary>
internal static class EventReader
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8)
        .Aggregate((uint)n, (crc, _) => (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1))];

    /// <summary>A value of a step.</summary>
    /// <param name="Scalar">null where it is something else.</param>
    /// <param name="Image">The bytes of an image file.</param>
    /// <param name="Histogram">The upper limits of its buckets and what each holds.</param>
    internal sealed record Value(
        long Step, double Time, string Tag, float? Scalar, byte[]? Image, (double[] Limits, double[] Counts)? Histogram);

    /// <summary>The values of all files of a folder, in the order that TensorBoard reads them: by the files' names.</summary>
    public static IReadOnlyList<Value> ReadFolder(string folder) =>
        [.. Directory.GetFiles(folder, "events.out.tfevents.*").Order(StringComparer.Ordinal).SelectMany(Read)];

    /// <summary>The values of a file.</summary>
    /// <exception cref="InvalidDataException">A checksum is wrong, or the file ends within a record.</exception>
    public static IReadOnlyList<Value> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        List<Value> values = [];
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Check(bytes.AsSpan(at, 8), bytes.AsSpan(at + 8, 4));
            var data = bytes.AsSpan(at + 12, length);
            Check(data, bytes.AsSpan(at + 12 + length, 4));
            at += 16 + length;

            var fields = Fields(data.ToArray());
            string Version() => Encoding.UTF8.GetString(fields.Single(field => field.Number == 3).Bytes);
            if (at == 16 + length && Version() != "brain.Event:2")
                throw new InvalidDataException("not the version of the format");
            var (step, time) = (0L, 0.0);
            foreach (var (number, integer, content) in fields)
            {
                if (number == 1)
                    time = BitConverter.ToDouble(content);
                if (number == 2)
                    step = (long)integer;
            }
            foreach (var (_, _, summary) in fields.Where(field => field.Number == 5))
                foreach (var (_, _, value) in Fields(summary).Where(field => field.Number == 1))
                    values.Add(ToValue(step, time, value));
        }
        return values;
    }

    private static Value ToValue(long step, double time, byte[] bytes)
    {
        var fields = Fields(bytes).ToDictionary(field => field.Number, field => field.Bytes);
        (double[], double[])? histogram = null;
        if (fields.TryGetValue(5, out var packed))
        {
            var parts = Fields(packed).ToDictionary(field => field.Number, field => field.Bytes);
            histogram = (Doubles(parts[6]), Doubles(parts[7]));
        }
        return new Value(step, time, Encoding.UTF8.GetString(fields[1]),
            fields.TryGetValue(2, out var scalar) ? BitConverter.ToSingle(scalar) : null,
            fields.TryGetValue(4, out var image) ? Fields(image).Single(field => field.Number == 4).Bytes : null, histogram);
    }

    private static double[] Doubles(byte[] bytes) => [.. bytes.Chunk(8).Select(part => BitConverter.ToDouble(part))];

    private static List<(int Number, ulong Integer, byte[] Bytes)> Fields(byte[] bytes)
    {
        List<(int, ulong, byte[])> fields = [];
        for (var at = 0; at < bytes.Length;)
        {
            var key = Varint(bytes, ref at);
            var (number, wire) = ((int)(key >> 3), (int)(key & 7));
            var integer = wire == 0 ? Varint(bytes, ref at) : 0;
            var size = wire switch { 0 => 0, 1 => 8, 2 => (int)Varint(bytes, ref at), 5 => 4, _ => throw new InvalidDataException() };
            fields.Add((number, integer, bytes[at..(at + size)]));
            at += size;
        }
        return fields;
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(bytes[at] & 127) << shift;
            if (bytes[at++] < 128)
                return value;
        }
    }

    private static void Check(ReadOnlySpan<byte> data, ReadOnlySpan<byte> stored)
    {
        var crc = uint.MaxValue;
        foreach (var part in data)
            crc = Table[(crc ^ part) & 255] ^ (crc >> 8);
        crc ^= uint.MaxValue;
        if (((crc >> 15) | (crc << 17)) + 0xa282ead8 != BinaryPrimitives.ReadUInt32LittleEndian(stored))
            throw new InvalidDataException("a checksum is wrong");
    }
}
