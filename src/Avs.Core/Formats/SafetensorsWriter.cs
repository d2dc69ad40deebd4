using System.Buffers.Binary;
using System.Text.Json;

namespace Avs.Core.Formats;

/// <summary>Writes safetensors files, whole or not at all.</summary>
public static class SafetensorsWriter
{
    /// <summary>Writes the tensors in the order given.</summary>
    /// <param name="path">The file; an older one of that name is replaced.</param>
    /// <param name="values">The tensors; their names must differ and none may be <c>__metadata__</c>.</param>
    /// <param name="metadata">Text to keep with them.</param>
    /// <exception cref="ArgumentException">A name comes twice, or a tensor's bytes do not fit its type and shape.</exception>
    public static void Write(string path, IEnumerable<SafetensorsValue> values, IReadOnlyDictionary<string, string>? metadata = null)
    {
        SafetensorsValue[] all = [.. values];
        var header = Header(all, metadata);
        AtomicFile.Write(path, partial =>
        {
            using var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None);
            Span<byte> prefix = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            foreach (var value in all)
                stream.Write(value.Bytes.Span);
        });
    }

    private static byte[] Header(SafetensorsValue[] values, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsFormat.MetadataKey);
                foreach (var (key, text) in metadata)
                    json.WriteString(key, text);
                json.WriteEndObject();
            }
            var names = new HashSet<string>(StringComparer.Ordinal) { SafetensorsFormat.MetadataKey };
            long offset = 0;
            foreach (var value in values)
            {
                if (!names.Add(value.Name))
                    throw new ArgumentException($"The name '{value.Name}' cannot be used twice in a safetensors file.");
                var length = value.Shape.Aggregate((long)value.Type.SizeOf(), (product, size) => checked(product * size));
                if (length != value.Bytes.Length)
                    throw new ArgumentException(
                        $"The tensor '{value.Name}' has {value.Bytes.Length} bytes where its type and shape need {length}.");
                json.WriteStartObject(value.Name);
                json.WriteString("dtype", value.Type.NameOf());
                json.WriteStartArray("shape");
                foreach (var size in value.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces up to a multiple of eight, as the format asks, so that the elements are aligned when the file is mapped.
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }
}
