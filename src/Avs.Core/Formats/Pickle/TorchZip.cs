using System.IO.Compression;
using System.Text;

namespace Avs.Core.Formats.Pickle;

/// <summary>PyTorch's zip container: `NAME/data.pkl` is the pickle, `NAME/data/KEY` the elements of each storage.</summary>
internal sealed class TorchZip : IDisposable
{
    private const string PickleName = "data.pkl";

    /// <summary>Deflate cannot shrink more than this, so an entry that says so is not to be believed.</summary>
    private const long LargestRatio = 1032;

    private readonly string _path;
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorStorage> _storages = new(StringComparer.Ordinal);
    private readonly string _folder;

    public TorchZip(string path, FileStream stream)
    {
        _path = path;
        try
        {
            _archive = new ZipArchive(stream, ZipArchiveMode.Read);
            foreach (ZipArchiveEntry entry in _archive.Entries)
                if (!_entries.TryAdd(entry.FullName, entry)) throw new DataException($"{path} holds the entry '{entry.FullName}' twice");
        }
        catch (InvalidDataException cause)
        {
            throw new DataException($"{path} is a damaged zip file, or one that is cut short", cause);
        }
        string[] pickles = [.. _entries.Keys.Where(name => name.EndsWith("/" + PickleName, StringComparison.Ordinal) && name.Count(letter => letter == '/') == 1)];
        if (pickles.Length != 1) throw new DataException($"{path} is a zip file, but not one of PyTorch's: it holds {pickles.Length} entries 'NAME/{PickleName}', expected one");
        _folder = pickles[0][..^PickleName.Length];
    }

    /// <summary>The pickle's value.</summary>
    public object? Read()
    {
        if (_entries.TryGetValue(_folder + "byteorder", out ZipArchiveEntry? order) && Encoding.ASCII.GetString(Bytes(order)).Trim() is not "little" and var found)
            throw new DataException($"{_path} has numbers in the byte order '{found}', expected 'little'");
        using var pickle = new MemoryStream(Bytes(_entries[_folder + PickleName]));
        return new PickleReader(_path, pickle, new PickleGlobals(_path, null), Storage).Read();
    }

    public void Dispose() => _archive.Dispose();

    // ('storage', class, key, device, number of elements)
    private object Storage(object? id)
    {
        if (id is PickleTuple { Items: ["storage", PickleOpaque unknown, ..] }) return PickleGlobals.Opaque(unknown.What);
        if (id is not PickleTuple { Items: ["storage", StorageClass { Type: var known, Name: var storageName }, string key, _, long count, ..] } || count < 0)
            throw new DataException($"{_path}: its pickle names a storage in an unknown way");
        if (known is not { } type) return PickleGlobals.Opaque($"torch.{storageName}");
        if (_storages.TryGetValue(key, out TensorStorage? seen)) return seen;
        string name = $"{_folder}data/{key}";
        if (!_entries.TryGetValue(name, out ZipArchiveEntry? entry)) throw new DataException($"{_path} has no entry '{name}', which its pickle says holds {count} elements");
        if (entry.Length / type.SizeOf() < count)
            throw new DataException($"{_path}: the entry '{name}' has {entry.Length} bytes, expected {count} elements of {type.NameOf()}");
        return _storages[key] = new TensorStorage(type, count, () => Bytes(entry));
    }

    private byte[] Bytes(ZipArchiveEntry entry)
    {
        if (entry.Length > Array.MaxLength || entry.Length / LargestRatio > entry.CompressedLength)
            throw new DataException($"{_path}: the entry '{entry.FullName}' says it has {entry.Length} bytes, more than can be");
        var bytes = new byte[entry.Length];
        try
        {
            // One file under all entries: only one may be read at a time.
            lock (_archive)
            {
                using Stream content = entry.Open();
                content.ReadExactly(bytes);
            }
        }
        catch (Exception cause) when (cause is InvalidDataException or EndOfStreamException)
        {
            throw new DataException($"{_path}: the entry '{entry.FullName}' is damaged or cut short", cause);
        }
        uint sum = Crc32.Of(bytes);
        return sum == entry.Crc32
            ? bytes
            : throw new DataException($"{_path}: the entry '{entry.FullName}' is damaged: its checksum is {sum:x8}, expected {entry.Crc32:x8}");
    }
}
