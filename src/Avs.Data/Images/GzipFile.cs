using System.IO.Compression;
using Avs.Core;

namespace Avs.Data.Images;

/// <summary>Unpacks gzip files (RFC 1952) of one or several members, with or without padding zeros at the end.</summary>
internal static class GzipFile
{
    // The end of a member may be zeros of its own: eight bytes of checksum and length.
    private const int LongestZeroEnd = 8;

    // .NET reports no error where a file is cut short. So a last member is added: it comes out whole only where the file is whole.
    private static readonly byte[] Mark = "whole to the end"u8.ToArray();
    private static readonly byte[] LastMember = Pack(Mark);

    /// <exception cref="DataException">The file is damaged or cut short.</exception>
    public static byte[] Unpack(string path, byte[] file)
    {
        if (Unpack(path, file.AsSpan()) is { } whole)
            return whole;
        var content = file.AsSpan().TrimEnd((byte)0).Length;
        for (var end = Math.Min(content + LongestZeroEnd, file.Length - 1); end >= content; end--)
        {
            if (Unpack(path, file.AsSpan(0, end)) is { } padded)
                return padded;
        }

        throw new DataException($"{path} is cut short: its packed content ends early");
    }

    // Null where the members are not whole.
    private static byte[]? Unpack(string path, ReadOnlySpan<byte> members)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream([.. members, .. LastMember]), CompressionMode.Decompress);
            using var content = new MemoryStream();
            gzip.CopyTo(content);
            var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
            return bytes.EndsWith(Mark) ? bytes[..^Mark.Length].ToArray() : null;
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"{path} is damaged: it cannot be unpacked", e);
        }
    }

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(content);
        return packed.ToArray();
    }
}
