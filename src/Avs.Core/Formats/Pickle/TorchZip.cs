using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Avs.Core.Formats.Pickle;

/// <summary>PyTorch's zip container: `NAME/data.pkl` is the pickle, `NAME/data/KEY` the elements of each storage.</summary>
internal sealed class TorchZip : IDisposable
{
    private const string PickleName = "data.pkl";

    /// <summary>Deflate cannot shrink more than this; an entry that claims more is damaged.</summary>
    private const long LargestRatio = 1032;

    private readonly string path;
    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorStorage> storages = new(StringComparer.Ordinal);
    private readonly string folder;

    public TorchZip(string path, FileStream stream)
    {
        this.path = path;
        try
        {
            archive = new ZipArchive(stream, ZipArchiveMode.Read);
            foreach (var entry in archive.Entries)
                if (!entries.TryAdd(entry.FullName, entry))
                    throw new DataException($"{path} holds the entry '{entry.FullName}' twice");
        }
        catch (InvalidDataException cause)
        {
            throw new DataException($"{path} is a damaged zip file, or one that is cut short", cause);
        }
        string[] pickles = [.. entries.Keys.Where(name => name.EndsWith("/" + PickleName, StringComparison.Ordinal)
            && name.Count(letter => letter == '/') == 1)];
        if (pickles.Length != 1)
            throw new DataException(
                $"{path} is a zip file, but not one of PyTorch's: it holds {pickles.Length} entries 'NAME/{PickleName}', expected one");
        folder = pickles[0][..^PickleName.Length];
    }

    public object? Read()
    {
        if (entries.TryGetValue(folder + "byteorder", out var order)
            && Encoding.ASCII.GetString(Bytes(order)).Trim() is not "little" and var found)
            throw new DataException($"{path} has numbers in the byte order '{found}', expected 'little'");
        using var pickle = new MemoryStream(Bytes(entries[folder + PickleName]));
        return new PickleReader(path, pickle, new PickleGlobals(path, null), Storage).Read();
    }

    public void Dispose() => archive.Dispose();

    // ('storage', class, key, device, number of elements)
    private object Storage(object? id)
    {
        if (id is PickleTuple { Items: ["storage", PickleOpaque unknown, ..] })
            return PickleGlobals.Opaque(unknown.What);
        if (id is not PickleTuple { Items: ["storage", StorageClass kind, string key, _, long count, ..] } || count < 0)
            throw new DataException($"{path}: its pickle names a storage in an unknown way");
        if (kind.Type is not { } type)
            return PickleGlobals.Opaque($"torch.{kind.Name}");
        if (storages.TryGetValue(key, out var seen))
            return seen;
        var name = $"{folder}data/{key}";
        if (!entries.TryGetValue(name, out var entry))
            throw new DataException($"{path} has no entry '{name}', which its pickle says holds {count} elements");
        if (entry.Length / type.SizeOf() < count)
            throw new DataException($"{path}: the entry '{name}' has {entry.Length} bytes, expected {count} elements of {type.NameOf()}");
        return storages[key] = new TensorStorage(type, count, () => Bytes(entry));
    }

    private byte[] Bytes(ZipArchiveEntry entry)
    {
        if (entry.Length > Array.MaxLength || entry.Length / LargestRatio > entry.CompressedLength)
            throw new DataException($"{path}: the entry '{entry.FullName}' says it has {entry.Length} bytes, more than can be");
        var bytes = new byte[entry.Length];
        try
        {
            // One file under all entries: only one may be read at a time.
            lock (archive)
            {
                using var content = entry.Open();
                content.ReadExactly(bytes);
            }
        }
        catch (Exception cause) when (cause is InvalidDataException or EndOfStreamException)
        {
            throw new DataException($"{path}: the entry '{entry.FullName}' is damaged or cut short", cause);
        }
        var sum = Crc32.HashToUInt32(bytes);
        return sum == entry.Crc32
            ? bytes
            : throw new DataException(
                $"{path}: the entry '{entry.FullName}' is damaged: its checksum is {sum:x8}, expected {entry.Crc32:x8}");
    }
}
