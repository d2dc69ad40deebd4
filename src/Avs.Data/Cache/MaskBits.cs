using System.Buffers.Binary;

namespace Avs.Data.Cache;

/// <summary>Masks as bits, eight pixels a byte, the first in the lowest bit.</summary>
internal static class MaskBits
{
    // For each byte its eight bits as eight bytes of 0 or 1.
    private static readonly ulong[] Pixels = [.. Enumerable.Range(0, 256).Select(bits =>
    {
        var pixels = 0UL;
        for (var i = 0; i < 8; i++)
            pixels |= (ulong)((bits >> i) & 1) << (8 * i);
        return pixels;
    })];

    /// <summary>Bytes that so many pixels take.</summary>
    public static int SizeOf(int pixels) => (pixels + 7) / 8;

    /// <summary>Packs pixels of 0 and 1.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> mask)
    {
        var bits = new byte[SizeOf(mask.Length)];
        for (var i = 0; i < mask.Length; i++)
            bits[i / 8] |= (byte)(mask[i] << (i % 8));
        return bits;
    }

    /// <summary>Unpacks pixels of 0 and 1.</summary>
    public static void Unpack(ReadOnlySpan<byte> bits, Span<byte> mask)
    {
        var whole = mask.Length / 8;
        for (var i = 0; i < whole; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(mask[(8 * i)..], Pixels[bits[i]]);
        for (var i = 8 * whole; i < mask.Length; i++)
            mask[i] = (byte)((bits[i / 8] >> (i % 8)) & 1);
    }
}
