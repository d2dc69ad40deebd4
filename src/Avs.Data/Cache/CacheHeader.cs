using Avs.Core;

namespace Avs.Data.Cache;

/// <summary>
/// The first bytes of a cache: a mark, the format's number, the checksum of the index, the whole file's length, where the index begins, and
/// the checksum of all this. Little endian.
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
            writer.Write(Checksum.Compute(bytes.AsSpan(0, Used - sizeof(uint))));
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
        return reader.ReadUInt32() == Checksum.Compute(bytes.AsSpan(0, Used - sizeof(uint)))
            ? header
            : throw new InvalidDataException("is damaged: its first bytes do not fit their checksum");
    }
}
