using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Avs.Core.Formats;

/// <summary>Where one tensor lies in an open safetensors file.</summary>
/// <param name="Shape">Sizes; empty for a single number.</param>
/// <param name="Start">First byte, counted from the start of the file.</param>
public sealed record SafetensorsEntry(string Name, ElementType Type, IReadOnlyList<long> Shape, long Start, long Length)
{
    public long Count => Length / Type.SizeOf();
}

/// <summary>
/// Reads a safetensors file: 8 bytes little-endian header length, a JSON header, then the elements. The header is checked whole on opening
/// (every length, type, shape and offset; no gap, no overlap, no byte left over), so a file that opens can be read.
/// </summary>
/// <remarks>Every failure is an <see cref="DataException"/> of one sentence that names the file.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    private readonly FileStream stream;

    private SafetensorsFile(string path, FileStream stream, IReadOnlyDictionary<string, SafetensorsEntry> entries,
        IReadOnlyDictionary<string, string> metadata)
    {
        Path = path;
        this.stream = stream;
        Entries = entries;
        Metadata = metadata;
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    /// <summary>Every tensor by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

    /// <summary>The text entries that came with the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header.</summary>
    public static SafetensorsFile Open(string path)
    {
        var stream = InputFile.Open(path);
        try
        {
            var (entries, metadata) = new HeaderReader(path, stream).Read();
            return new SafetensorsFile(path, stream, entries, metadata);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file begins as a safetensors file does: the length of the header, then a JSON object.</summary>
    public static bool Begins(ReadOnlySpan<byte> start) => start.Length > 8 && start[8] == '{'
        && BinaryPrimitives.ReadUInt64LittleEndian(start) <= (ulong)SafetensorsFormat.MaximumHeaderBytes;

    /// <summary>The raw elements of one tensor.</summary>
    /// <param name="name">A name in <see cref="Entries"/>; another one is an <see cref="DataException"/>.</param>
    public byte[] ReadBytes(string name)
    {
        var entry = Entry(name);
        var bytes = new byte[entry.Length];
        lock (stream)
        {
            stream.Position = entry.Start;
            stream.ReadExactly(bytes);
        }
        return bytes;
    }

    /// <summary>The elements of one tensor as float64, whatever their type (64-bit integers beyond 2^53 lose their last digits).</summary>
    public double[] ReadDoubles(string name) => Read(name).ToDoubles();

    /// <summary>One tensor with its type and shape.</summary>
    /// <param name="name">A name in <see cref="Entries"/>.</param>
    public NumberArray Read(string name)
    {
        var entry = Entry(name);
        return new NumberArray(entry.Type, entry.Shape, ReadBytes(name));
    }

    public void Dispose() => stream.Dispose();

    private SafetensorsEntry Entry(string name) => Entries.TryGetValue(name, out var entry)
        ? entry
        : throw new DataException($"{Path} holds no tensor named '{name}'.");

    /// <summary>Reads and checks the header.</summary>
    private sealed class HeaderReader(string path, FileStream stream)
    {
        public (Dictionary<string, SafetensorsEntry>, Dictionary<string, string>) Read()
        {
            if (stream.Length < 8)
                throw Bad(
                    $"is {stream.Length} bytes long, too short for the 8 bytes of the header length: it is {FileKind.Describe(path)}");
            Span<byte> prefix = stackalloc byte[8];
            stream.ReadExactly(prefix);
            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            // The first bytes of other files make impossible lengths.
            if (headerLength > (ulong)(stream.Length - 8) && stream.ReadByte() != '{')
                throw Bad($"is not a safetensors file: it is {FileKind.Describe(path)}");
            stream.Position = 8;
            if (headerLength > (ulong)SafetensorsFormat.MaximumHeaderBytes)
                throw Bad($"says its header is {headerLength} bytes long, more than the {SafetensorsFormat.MaximumHeaderBytes} the format "
                    + "allows");
            if ((long)headerLength > stream.Length - 8)
                throw Bad(
                    $"says its header is {headerLength} bytes long, but only {stream.Length - 8} bytes follow: the file is cut short");

            var header = new byte[headerLength];
            stream.ReadExactly(header);
            using var document = Parse(header);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Bad("has a header that is not a JSON object");

            var dataStart = 8 + (long)headerLength;
            var entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == SafetensorsFormat.MetadataKey)
                    ReadMetadata(property.Value, metadata);
                else if (!entries.TryAdd(property.Name, ReadEntry(property.Name, property.Value, dataStart)))
                    throw Bad($"names the tensor '{property.Name}' twice");
            }
            CheckLayout(entries.Values, dataStart);
            return (entries, metadata);
        }

        private JsonDocument Parse(byte[] header)
        {
            try
            {
                // A strict decoder: replacement characters would silently rename tensors.
                var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(header);
                return JsonDocument.Parse(text.TrimEnd(' ', '\0'));
            }
            catch (Exception cause) when (cause is JsonException or DecoderFallbackException)
            {
                throw Bad("has a header that is not JSON", cause);
            }
        }

        private void ReadMetadata(JsonElement element, Dictionary<string, string> metadata)
        {
            if (element.ValueKind != JsonValueKind.Object)
                throw Bad("has a __metadata__ entry that is not an object of strings");
            foreach (var property in element.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.String)
                    throw Bad($"has a __metadata__ entry '{property.Name}' that is not a string");
                metadata[property.Name] = property.Value.GetString()!;
            }
        }

        private SafetensorsEntry ReadEntry(string name, JsonElement element, long dataStart)
        {
            if (element.ValueKind != JsonValueKind.Object)
                throw Bad($"describes the tensor '{name}' by something that is not an object");
            var typeName = element.TryGetProperty("dtype", out var dtype) && dtype.ValueKind == JsonValueKind.String
                ? dtype.GetString()
                : null;
            var type = SafetensorsFormat.Parse(typeName) ?? throw Bad($"gives the tensor '{name}' the unknown dtype '{typeName}'");
            var shape = Numbers(name, element, "shape");
            var offsets = Numbers(name, element, "data_offsets");
            if (offsets.Length != 2 || offsets[0] > offsets[1])
                throw Bad($"gives the tensor '{name}' data_offsets that are not a start and an end");

            long count = 1;
            try
            {
                foreach (var size in shape)
                    count = checked(count * size);
                count = checked(count * type.SizeOf());
            }
            catch (OverflowException cause)
            {
                throw Bad($"gives the tensor '{name}' a shape of more elements than can be counted", cause);
            }
            var length = offsets[1] - offsets[0];
            if (length != count)
                throw Bad(
                    $"gives the tensor '{name}' {length} bytes where dtype {typeName} and shape [{string.Join(", ", shape)}] need {count}");
            if (offsets[1] > stream.Length - dataStart)
                throw Bad($"places the tensor '{name}' up to byte {offsets[1]} of {stream.Length - dataStart}: the file is cut short");
            return new SafetensorsEntry(name, type, shape, dataStart + offsets[0], length);
        }

        private long[] Numbers(string name, JsonElement element, string key)
        {
            if (!element.TryGetProperty(key, out var list) || list.ValueKind != JsonValueKind.Array)
                throw Bad($"gives the tensor '{name}' no {key}");
            var numbers = new List<long>();
            foreach (var item in list.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0)
                    throw Bad($"gives the tensor '{name}' a {key} entry that is not a whole number from zero up");
                numbers.Add(number);
            }
            return [.. numbers];
        }

        private void CheckLayout(IEnumerable<SafetensorsEntry> entries, long dataStart)
        {
            var end = dataStart;
            foreach (var entry in entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.Length))
            {
                if (entry.Start < end)
                    throw Bad($"lets the tensor '{entry.Name}' overlap the one before it");
                if (entry.Start > end)
                    throw Bad($"leaves {entry.Start - end} bytes unused before the tensor '{entry.Name}'");
                end = entry.Start + entry.Length;
            }
            if (end != stream.Length)
                throw Bad($"holds {stream.Length - end} bytes after its last tensor");
        }

        private DataException Bad(string what, Exception? cause = null) => new($"{path} {what}.", cause);
    }
}
