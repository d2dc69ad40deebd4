using System.Text.Json;
using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Cache;

/// <summary>Where some bytes lie in a cache, and their checksum.</summary>
/// <param name="At">The first byte's position in the file.</param>
/// <param name="Size">How many bytes.</param>
/// <param name="Sum">Their CRC-32C.</param>
internal readonly record struct CachePart(long At, int Size, uint Sum);

/// <summary>One clip of a cache.</summary>
/// <param name="Info">Its row of the table.</param>
/// <param name="Height">Rows of a frame.</param>
/// <param name="Width">Columns of a frame.</param>
/// <param name="FramesPresent">How many of its frames exist.</param>
/// <param name="MaskHeight">Rows of a mask.</param>
/// <param name="MaskWidth">Columns of a mask.</param>
/// <param name="LabelledFrames">The frames that have a mask.</param>
/// <param name="Pixels">uint8 `[T, Height, Width, 3]`; clips that show the same pictures share it.</param>
/// <param name="Masks">Bits `[L, MaskHeight, MaskWidth]`, or class labels, one byte each.</param>
/// <param name="LogMel">float32 `[T, 1, 96, 64]`.</param>
/// <param name="Embedding">float32 `[T, D]`; empty where the cache has none.</param>
/// <param name="Error">Why the clip could not be read; null for all whole clips. A bad clip has no parts.</param>
internal sealed record CacheEntry(
    ClipInfo Info, int Height, int Width, int FramesPresent, int MaskHeight, int MaskWidth, int[] LabelledFrames,
    CachePart Pixels, CachePart Masks, CachePart LogMel, CachePart Embedding, string? Error);

/// <summary>What a cache holds and what it was made from: the text at the end of its file.</summary>
/// <param name="Key">A hash of everything its contents follow from, but the embeddings.</param>
/// <param name="EmbeddingKey">What computed the embeddings; null where there are none.</param>
/// <param name="Name">The data set's name.</param>
/// <param name="FramesPerClip">T.</param>
/// <param name="Classes">Names of the classes; empty where masks are bits.</param>
/// <param name="Clips">The clips in the table's order.</param>
internal sealed record CacheIndex(
    string Key, string? EmbeddingKey, string Name, int FramesPerClip, IReadOnlyList<string> Classes, IReadOnlyList<CacheEntry> Clips)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="JsonException">The bytes are no index.</exception>
    public static CacheIndex FromBytes(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<CacheIndex>(bytes) ?? throw new JsonException("no index");
}

/// <summary>
/// The first bytes of a cache: a mark, the format's number, the checksum of the index, the whole file's length, where the index begins, and the
/// checksum of all this. Little endian.
/// </summary>
/// <param name="FileLength">Bytes of the whole file.</param>
/// <param name="IndexAt">Where the index begins; it ends with the file.</param>
/// <param name="IndexSum">Its CRC-32C.</param>
internal readonly record struct CacheHeader(long FileLength, long IndexAt, uint IndexSum)
{
    /// <summary>Bytes of the header, with room to spare; the parts begin behind it.</summary>
    public const int Size = 64;

    /// <summary>The format's number: caches of another are out of date.</summary>
    public const uint Version = 1;

    private const int Used = 36;

    private static ReadOnlySpan<byte> Mark => "AVSCACHE"u8;

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        using (var writer = new BinaryWriter(new MemoryStream(bytes)))
        {
            writer.Write(Mark);
            writer.Write(Version);
            writer.Write(IndexSum);
            writer.Write(FileLength);
            writer.Write(IndexAt);
            writer.Write(Checksum.Of(bytes.AsSpan(0, Used - sizeof(uint))));
        }

        return bytes;
    }

    /// <summary>Reads a header. Null for a cache of another format's number.</summary>
    /// <exception cref="InvalidDataException">These bytes are no header, or damaged; the message says which.</exception>
    public static CacheHeader? FromBytes(byte[] bytes)
    {
        if (!bytes.AsSpan().StartsWith(Mark))
            throw new InvalidDataException($"starts with {WholeFile.Start(bytes)}, expected a cache of clips");
        using var reader = new BinaryReader(new MemoryStream(bytes));
        reader.BaseStream.Position = Mark.Length;
        if (reader.ReadUInt32() != Version)
            return null;
        var indexSum = reader.ReadUInt32();
        var header = new CacheHeader(reader.ReadInt64(), reader.ReadInt64(), indexSum);
        return reader.ReadUInt32() == Checksum.Of(bytes.AsSpan(0, Used - sizeof(uint)))
            ? header
            : throw new InvalidDataException("is damaged: its first bytes do not fit their checksum");
    }
}
