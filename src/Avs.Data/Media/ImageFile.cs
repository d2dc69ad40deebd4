using System.Buffers.Binary;
using Avs.Core;

namespace Avs.Data.Media;

/// <summary>
/// Reads picture files and checks that they are whole: a decoder may silently fill the missing part of a truncated file with grey.
/// </summary>
internal static class ImageFile
{
    private const int PngHeaderEnd = 8 + 25; // signature and IHDR chunk
    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads a PNG or JPEG file.</summary>
    /// <exception cref="DataException">It is missing, unreadable, empty, of another kind, or cut short.</exception>
    public static byte[] Read(string path)
    {
        var file = WholeFile.Read(path);
        if (IsPng(file))
            CheckPng(path, file);
        else if (file is [0xFF, 0xD8, ..])
            CheckJpeg(path, file);
        else
            throw new DataException($"{path} starts with {WholeFile.Start(file)}, expected a PNG or JPEG picture");
        return file;
    }

    /// <summary>Whether these bytes are a PNG whose pixels are numbers of a palette.</summary>
    public static bool IsPalettePng(byte[] file) => IsPng(file) && file.Length > PngHeaderEnd && file[25] == 3;

    /// <summary>Whether a file is a PNG that has a chunk of this name.</summary>
    public static bool HasPngChunk(byte[] file, ReadOnlySpan<byte> name)
    {
        for (var at = 8; IsPng(file) && at + 12 <= file.Length;)
        {
            if (file.AsSpan(at + 4, 4).SequenceEqual(name))
                return true;
            if (file.AsSpan(at + 4, 4).SequenceEqual("IEND"u8))
                return false;
            at += 12 + (int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
        }

        return false;
    }

    private static bool IsPng(byte[] file) => file.AsSpan().StartsWith(PngSignature);

    private static void CheckPng(string path, byte[] file)
    {
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
                break;
            if (file.AsSpan(at + 4, 4).SequenceEqual("IEND"u8))
                return;
            at += 12 + (int)length;
        }

        throw new DataException($"{path} is cut short: {file.Length} bytes without the mark that ends a PNG file");
    }

    private static void CheckJpeg(string path, byte[] file)
    {
        var end = file.AsSpan().TrimEnd((byte)0);
        if (end is not [.., 0xFF, 0xD9])
            throw new DataException($"{path} is cut short: {file.Length} bytes without the mark that ends a JPEG file");
    }
}
