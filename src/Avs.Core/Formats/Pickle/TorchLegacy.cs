using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Avs.Core.Formats.Pickle;

/// <summary>
/// PyTorch's container of before 1.6: five pickles one after the other (a magic number, the protocol's version, facts of the machine, the
/// value, the list of storages), then for each storage its number of elements and the elements.
/// </summary>
/// <param name="path">The file, for errors.</param>
/// <param name="stream">Positioned behind the magic number.</param>
internal sealed class TorchLegacy(string path, Stream stream)
{
    /// <summary>The number that the second pickle holds.</summary>
    public const long Version = 1001;

    private readonly Dictionary<string, TensorStorage> storages = new(StringComparer.Ordinal);
    // Storages of types that are not read: element counts and sizes, to find the storages after them.
    private readonly Dictionary<string, (long Count, int Size)> unread = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> places = new(StringComparer.Ordinal);

    /// <summary>The number that the first pickle holds.</summary>
    public static BigInteger Magic { get; } = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber,
        CultureInfo.InvariantCulture);

    /// <summary>A whole container that lies in memory.</summary>
    public static object? Read(string path, byte[] bytes)
    {
        var stream = new MemoryStream(bytes, writable: false);
        var first = new PickleReader(path, stream, new PickleGlobals(path, null), null).Read();
        return first is BigInteger number && number == Magic
            ? new TorchLegacy(path, stream).Read()
            : throw new DataException($"{path}: a storage within it does not begin with PyTorch's magic number");
    }

    public object? Read()
    {
        if (Pickle() is not Version and var version)
            throw new DataException($"{path} has version '{version}' of PyTorch's format, expected {Version}");
        if (Pickle() is not PickleDictionary machine || (machine.TryGet("little_endian", out var little) && little is not true))
            throw new DataException($"{path} comes from a machine that is not little-endian");
        var value = Pickle(Storage);
        if (Pickle() is not List<object?> keys)
            throw new DataException($"{path} has no list of its storages");
        foreach (var key in keys)
            Place(key as string);
        if (storages.Keys.FirstOrDefault(key => !places.ContainsKey(key)) is { } missing)
            throw new DataException($"{path} lists no storage '{missing}', which its tensors need");
        return value;
    }

    private object? Pickle(Func<object?, object?>? persistent = null) =>
        new PickleReader(path, stream, new PickleGlobals(path, null), persistent).Read();

    // ('storage', class, key, device, number of elements, None or (key of the view, first element, number of elements))
    private object? Storage(object? id)
    {
        // A module that was pickled whole comes with its class and the text of its program.
        if (id is PickleTuple { Items: ["module", var of, ..] })
            return of;
        if (id is not PickleTuple { Items: ["storage", StorageClass kind, string key, _, long count, .. var rest] } || count < 0)
            throw new DataException($"{path}: its pickle names a storage in an unknown way");
        if (kind.Type is not { } type)
        {
            unread[key] = (count, kind.Size);
            return PickleGlobals.Opaque($"torch.{kind.Name}");
        }
        if (!storages.TryGetValue(key, out var storage))
            storages[key] = storage = new TensorStorage(type, count, () => Elements(key, count * type.SizeOf()));
        if (rest is not [PickleTuple { Items: [string, long first, long length] }])
            return storage;
        if (first < 0 || length < 0 || length > storage.Count - first)
            throw new DataException($"{path}: a part of the storage '{key}' lies outside of it");
        var size = type.SizeOf();
        return new TensorStorage(type, length, () => storage.Bytes()[(int)(first * size)..(int)((first + length) * size)]);
    }

    private void Place(string? key)
    {
        TensorStorage? storage = null;
        (long Count, int Size) notRead = default;
        if (key is null || !(storages.TryGetValue(key, out storage) || unread.TryGetValue(key, out notRead)))
            throw new DataException($"{path} lists a storage '{key}' that no tensor names");
        (var expected, var size) = storage is null ? notRead : (storage.Count, storage.Type.SizeOf());
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
            throw new DataException($"{path} is cut short before the storage '{key}'");
        long count = BinaryPrimitives.ReadInt64LittleEndian(prefix), left = stream.Length - stream.Position;
        if (count != expected)
            throw new DataException($"{path}: the storage '{key}' has {count} elements where its tensors say {expected}");
        if (count > left / size)
            throw new DataException(
                $"{path}: the storage '{key}' needs {count} elements of {size} bytes, but {left} bytes are left: the file is cut short");
        places[key] = stream.Position;
        stream.Position += count * size;
    }

    private byte[] Elements(string key, long length)
    {
        if (length > Array.MaxLength)
            throw new DataException($"{path}: the storage '{key}' has {length} bytes, more than can be read at once");
        var bytes = new byte[length];
        lock (stream)
        {
            stream.Position = places[key];
            stream.ReadExactly(bytes);
        }
        return bytes;
    }
}
