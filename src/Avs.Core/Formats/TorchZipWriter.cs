using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Avs.Core.Formats;

/// <summary>
/// Writes a state dict as PyTorch's `torch.save` does since 1.6: an ordered dictionary of names and tensors in a zip file, which `torch.load` reads back,
/// with `weights_only=True` too. The same tensors give the same bytes.
/// </summary>
public static class TorchZipWriter
{
    private const string Folder = "archive/";

    // Every zip entry has a time; this is the format's first.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">The file; an older one of that name is replaced.</param>
    /// <param name="tensors">Names and tensors in the order of the state dict. Each is written before the next is asked for.</param>
    /// <exception cref="ArgumentException">A name comes twice.</exception>
    public static void Write(string path, IEnumerable<(string Name, NumberArray Value)> tensors) => AtomicFile.Write(path, partial =>
    {
        using var stream = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        var pickle = new DictionaryPickle();
        foreach (var (name, value) in tensors) Add(zip, $"data/{pickle.Add(name, value)}", value.Bytes.Span);
        Add(zip, "data.pkl", pickle.End());
        Add(zip, "byteorder", "little"u8);
        Add(zip, "version", "3\n"u8);
    });

    private static void Add(ZipArchive zip, string name, ReadOnlySpan<byte> content)
    {
        // PyTorch maps the elements into memory, so they are never compressed.
        ZipArchiveEntry entry = zip.CreateEntry(Folder + name, CompressionLevel.NoCompression);
        entry.LastWriteTime = Time;
        using Stream target = entry.Open();
        target.Write(content);
    }

    /// <summary>The pickle (protocol 2) of an ordered dictionary of tensors, each with a storage of its own.</summary>
    private sealed class DictionaryPickle
    {
        private const string OrderedDictionary = "ccollections\nOrderedDict\n)R";

        private readonly MemoryStream _bytes = new();
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);

        public DictionaryPickle() => Code("\u0080\u0002" + OrderedDictionary + "(");

        /// <summary>Adds an entry and gives the key of its storage.</summary>
        public string Add(string name, NumberArray value)
        {
            if (!_names.Add(name)) throw new ArgumentException($"The name '{name}' cannot be used twice in a state dict.");
            var key = (_names.Count - 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
            Text(name);
            Code("ctorch._utils\n_rebuild_tensor_v2\n((");
            Text("storage");
            Code($"ctorch\n{StorageClass(value.Type)}\n");
            Text(key);
            Text("cpu");
            Number(value.Count);
            Code("tQ");
            Number(0);
            Tuple(value.Shape);
            Tuple(Strides(value.Shape));
            Code("\u0089" + OrderedDictionary + "tR");
            return key;
        }

        public byte[] End()
        {
            Code("u.");
            return _bytes.ToArray();
        }

        private static long[] Strides(IReadOnlyList<long> shape)
        {
            var strides = new long[shape.Count];
            long step = 1;
            for (int i = shape.Count - 1; i >= 0; i--)
            {
                strides[i] = step;
                step *= Math.Max(1, shape[i]);
            }
            return strides;
        }

        private static string StorageClass(ElementType type) => type switch
        {
            ElementType.F64 => "DoubleStorage",
            ElementType.F32 => "FloatStorage",
            ElementType.F16 => "HalfStorage",
            ElementType.BF16 => "BFloat16Storage",
            ElementType.I64 => "LongStorage",
            ElementType.I32 => "IntStorage",
            ElementType.I16 => "ShortStorage",
            ElementType.I8 => "CharStorage",
            ElementType.U8 => "ByteStorage",
            _ => "BoolStorage",
        };

        private void Tuple(IReadOnlyList<long> numbers)
        {
            Code("(");
            foreach (long number in numbers) Number(number);
            Code("t");
        }

        private void Number(long number)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
            Code(number <= int.MaxValue ? "J" : "\u008a\u0008");
            _bytes.Write(number <= int.MaxValue ? bytes[..4] : bytes);
        }

        private void Text(string text)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
            Code("X");
            _bytes.Write(length);
            _bytes.Write(utf8);
        }

        private void Code(string instructions) => _bytes.Write(Encoding.Latin1.GetBytes(instructions));
    }
}
