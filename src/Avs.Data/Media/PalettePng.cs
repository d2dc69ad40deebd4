using System.Buffers.Binary;
using System.IO.Compression;
using Avs.Core;

namespace Avs.Data.Media;

/// <summary>
/// Reads the palette numbers of a palette PNG (ISO/IEC 15948), which image libraries replace by the palette's colours.
/// Masks drawn with a palette mean "number 0 is background", whatever the colours are.
/// </summary>
internal static class PalettePng
{
    /// <summary>Decodes a file that <see cref="ImageFile"/> found whole.</summary>
    /// <returns>One palette number a pixel, `[height, width]`.</returns>
    /// <exception cref="DataException">The file is damaged or interlaced.</exception>
    public static (byte[] Numbers, int Height, int Width) Read(string path, byte[] file)
    {
        var width = (int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(16));
        var height = (int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(20));
        int bits = file[24];
        if (width is < 1 or > 1 << 14 || height is < 1 or > 1 << 14 || bits is not (1 or 2 or 4 or 8))
            throw new DataException($"{path} has a damaged PNG header: {width}x{height} pixels of {bits} bits");
        if (file[28] != 0)
            throw new DataException($"{path} is an interlaced palette PNG, expected one that is not interlaced");

        var stride = (width * bits + 7) / 8;
        var rows = new byte[height * (stride + 1)]; // each row starts with the number of its filter
        Inflate(path, file, rows);

        var numbers = new byte[height * width];
        var previous = new byte[stride];
        for (var y = 0; y < height; y++)
        {
            var row = rows.AsSpan(y * (stride + 1) + 1, stride);
            Unfilter(path, rows[y * (stride + 1)], row, previous);
            for (var x = 0; x < width; x++)
            {
                var shift = 8 - bits - x * bits % 8;
                numbers[y * width + x] = (byte)((row[x * bits / 8] >> shift) & ((1 << bits) - 1));
            }

            row.CopyTo(previous);
        }

        return (numbers, height, width);
    }

    /// <summary>The colours of the palette, 0xRRGGBB, and whether each is more than half opaque.</summary>
    public static (int Colour, bool Opaque)[] ReadColours(byte[] file)
    {
        (int Colour, bool Opaque)[] colours = [];
        for (var at = 8; !file.AsSpan(at + 4, 4).SequenceEqual("IEND"u8);)
        {
            var content = file.AsSpan(at + 8, (int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at)));
            if (file.AsSpan(at + 4, 4).SequenceEqual("PLTE"u8))
            {
                colours = new (int, bool)[content.Length / 3];
                for (var i = 0; i < colours.Length; i++)
                    colours[i] = (content[3 * i] << 16 | content[3 * i + 1] << 8 | content[3 * i + 2], true);
            }

            if (file.AsSpan(at + 4, 4).SequenceEqual("tRNS"u8))
            {
                for (var i = 0; i < Math.Min(content.Length, colours.Length); i++)
                    colours[i].Opaque = content[i] >= 128;
            }

            at += 12 + content.Length;
        }

        return colours;
    }

    private static void Inflate(string path, byte[] file, byte[] rows)
    {
        using var packed = new MemoryStream();
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (file.AsSpan(at + 4, 4).SequenceEqual("IDAT"u8))
                packed.Write(file, at + 8, length);
            at += 12 + length;
        }

        packed.Position = 0;
        try
        {
            using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
            zlib.ReadExactly(rows);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new DataException($"{path} is damaged: its packed pixels cannot be unpacked", e);
        }
    }

    // Neighbours are one byte apart: palette pixels are never wider.
    private static void Unfilter(string path, byte filter, Span<byte> row, ReadOnlySpan<byte> above)
    {
        if (filter > 4)
            throw new DataException($"{path} is damaged: a row has filter {filter}, expected 0 to 4");
        for (var x = 0; x < row.Length; x++)
        {
            int left = x > 0 ? row[x - 1] : 0, up = above[x], corner = x > 0 ? above[x - 1] : 0;
            row[x] += (byte)(filter switch
            {
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                4 => Paeth(left, up, corner),
                _ => 0,
            });
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        int guess = left + up - corner, toLeft = Math.Abs(guess - left), toUp = Math.Abs(guess - up), toCorner = Math.Abs(guess - corner);
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }
}
