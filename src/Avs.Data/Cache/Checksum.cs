using System.Numerics;
using System.Runtime.InteropServices;

namespace Avs.Data.Cache;

/// <summary>CRC-32C, which processors compute in hardware: finds every damage of up to 32 neighbouring bits, others all but one time in four thousand million.</summary>
internal static class Checksum
{
    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (var b in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
