using System.Globalization;
using System.IO.Compression;

namespace Avs.Core.Formats.Pickle;

/// <summary>
/// Writes a state dict as PyTorch's `torch.save` does since 1.6: an ordered dictionary of names and tensors in a zip file, which
/// `torch.load` reads back, with `weights_only=True` too. The same tensors give the same bytes.
/// </summary>
public static class TorchZipWriter
{
    private const string Folder = "archive/";

    // Every zip entry has a time; this is the format's first.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a file, whole or not at all; an older one of that name is replaced.</summary>
    /// <param name="tensors">Names and tensors in the order of the state dict. Each is written before the next is asked for.</param>
    /// <exception cref="ArgumentException">A name comes twice.</exception>
    public static void Write(string path, IEnumerable<(string Name, NumberArray Value)> tensors) => AtomicFile.Write(path, partial =>
    {
        using var stream = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        var pickle = new PickleWriter(protocol: 2).OrderedDictionary().Mark();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in tensors)
        {
            var key = names.Count.ToString(CultureInfo.InvariantCulture);
            if (!names.Add(name))
                throw new ArgumentException($"The name '{name}' cannot be used twice in a state dict.");
            AddTensor(pickle.Text(name), value, key);
            AddEntry(zip, $"data/{key}", value.Bytes.Span);
        }
        AddEntry(zip, "data.pkl", pickle.SetItems().End());
        AddEntry(zip, "byteorder", "little"u8);
        AddEntry(zip, "version", "3\n"u8);
    });

    private static void AddTensor(PickleWriter pickle, NumberArray value, string key) => pickle
        .Global("torch._utils", "_rebuild_tensor_v2").Mark()
        .Mark().Text("storage").Global("torch", StorageClass.NameOf(value.Type)).Text(key).Text("cpu").Integer(value.Count).Tuple()
            .PersistentId()
        .WholeStorage(value.Shape)
        .Tuple().Reduce();

    private static void AddEntry(ZipArchive zip, string name, ReadOnlySpan<byte> content)
    {
        // PyTorch maps the elements into memory, so they are never compressed.
        var entry = zip.CreateEntry(Folder + name, CompressionLevel.NoCompression);
        entry.LastWriteTime = Time;
        using var target = entry.Open();
        target.Write(content);
    }
}
