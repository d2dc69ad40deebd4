using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Avs.Core;

namespace Avs.Data.Packages;

/// <summary>
/// Reads a Qt resource container (<c>.rcc</c>, format versions 1 to 3): big-endian, a header (<c>qres</c>, version, offsets of the tree,
/// the data and the names), a tree of nodes of 14 (version 1) or 22 bytes, UTF-16 names, and data blobs with a 4-byte length, plain or
/// compressed by zlib behind the 4-byte length of the result. Everything read is checked against the file's bounds.
/// </summary>
public sealed class QtResourceFile
{
    private const int ZlibFlag = 1, DirectoryFlag = 2, ZstdFlag = 4;

    // A damaged length must not become a huge allocation.
    private const int LargestEntry = 256 << 20;

    private readonly string name;
    private readonly byte[] bytes;
    private readonly int data;
    private readonly Dictionary<string, (int Flags, long Offset)> entries = new(StringComparer.Ordinal);

    /// <summary>Reads the tree of a container.</summary>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="DataException">It is no resource container, or its tree is damaged.</exception>
    public QtResourceFile(string name, byte[] bytes)
    {
        (this.name, this.bytes) = (name, bytes);
        if (bytes.Length < 20 || !bytes.AsSpan(0, 4).SequenceEqual("qres"u8))
            throw new DataException($"{name} is not a Qt resource file: it does not start with 'qres'");
        var version = UInt32(4);
        if (version is < 1 or > 3)
            throw new DataException($"{name} is a Qt resource file of version {version}; versions 1 to 3 can be read");
        (var tree, data, var names) = (Offset(8), Offset(12), Offset(16));
        Walk(tree, names, version == 1 ? 14 : 22);
    }

    /// <summary>The paths of the files in the container, each with a leading slash, in ordinal order.</summary>
    public IEnumerable<string> Paths => entries.Keys.Order(StringComparer.Ordinal);

    /// <exception cref="DataException">No such entry, a damaged one, or one compressed by Zstandard.</exception>
    public byte[] Read(string path)
    {
        if (!entries.TryGetValue(path, out var entry))
            throw new DataException($"{name} has no entry {path}");
        var start = data + entry.Offset;
        var length = UInt32(start);
        if (start + 4 + length > bytes.Length)
            throw Damaged($"the data of {path} end past the file");
        var blob = bytes.AsSpan((int)start + 4, (int)length);
        if ((entry.Flags & ZstdFlag) != 0)
            throw new DataException($"{name}: {path} is compressed by Zstandard, which is not supported; zlib or none is expected");
        return (entry.Flags & ZlibFlag) != 0 ? Inflate(path, blob) : blob.ToArray();
    }

    private byte[] Inflate(string path, ReadOnlySpan<byte> blob)
    {
        if (blob.Length < 4)
            throw Damaged($"the compressed data of {path} are too short");
        var size = BinaryPrimitives.ReadUInt32BigEndian(blob);
        if (size > LargestEntry)
            throw Damaged($"{path} claims {size} bytes");
        var result = new byte[size];
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(blob[4..].ToArray()), CompressionMode.Decompress);
            zlib.ReadExactly(result);
            if (zlib.ReadByte() >= 0)
                throw Damaged($"{path} holds more than the {size} bytes it claims");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new DataException($"{name} is damaged: {path} cannot be decompressed", e);
        }

        return result;
    }

    private void Walk(int tree, int names, int nodeSize)
    {
        var nodes = new Stack<(long Node, string Path)>();
        nodes.Push((0, ""));
        long seen = 0;
        while (nodes.TryPop(out var item))
        {
            // Each node has one parent, so a sound tree is never longer than the file could hold: more means a loop.
            if (++seen > bytes.Length / nodeSize)
                throw Damaged("its tree runs in a loop");
            var at = tree + item.Node * nodeSize;
            var flags = UInt16(at + 4);
            var path = item.Node == 0 ? "" : $"{item.Path}/{Name(names + (long)UInt32(at))}";
            if ((flags & DirectoryFlag) == 0)
            {
                entries[path] = (flags, UInt32(at + 10));
                continue;
            }

            var (count, first) = (UInt32(at + 6), UInt32(at + 10));
            if (count > bytes.Length / nodeSize)
                throw Damaged($"the folder {path} claims {count} entries");
            for (var child = 0L; child < count; child++)
                nodes.Push((first + child, path));
        }
    }

    private string Name(long at)
    {
        var length = UInt16(at) * 2;
        var start = at + 6; // past the length and a hash
        if (start + length > bytes.Length)
            throw Damaged("a name ends past the file");
        return Encoding.BigEndianUnicode.GetString(bytes, (int)start, length);
    }

    private int Offset(int at)
    {
        var offset = UInt32(at);
        return offset < bytes.Length
            ? (int)offset
            : throw Damaged($"an offset in its header is {offset}, past the file's {bytes.Length} bytes");
    }

    private uint UInt32(long at) => BinaryPrimitives.ReadUInt32BigEndian(Slice(at, 4));

    private ushort UInt16(long at) => BinaryPrimitives.ReadUInt16BigEndian(Slice(at, 2));

    private ReadOnlySpan<byte> Slice(long at, int length) =>
        at >= 0 && at + length <= bytes.Length ? bytes.AsSpan((int)at, length) : throw Damaged("it is cut short");

    private DataException Damaged(string what) => new($"{name} is damaged: {what}");
}
