using System.Buffers.Binary;
using Avs.Core;

namespace Avs.Data.Audio;

/// <summary>
/// Where a WAV file's sample format and samples lie: RIFF, and RF64 or BW64 (EBU Tech 3306, ITU-R BS.2088), whose lengths stand in a chunk
/// of their own. The container is read here, not by the decoder, because decoders differ in what they accept. The length of the whole is
/// ignored: writers leave it wrong.
/// </summary>
/// <param name="Format">Where the content of `fmt ` begins.</param>
/// <param name="Data">Where the samples begin.</param>
/// <param name="DataLength">Their length, whole blocks.</param>
internal sealed record WavChunks(int Format, int FormatLength, int Data, int DataLength)
{
    /// <summary>The length that means "see the ds64 chunk", or without one "to the end".</summary>
    private const uint Unknown = 0xFFFFFFFF;

    // Programs that write to a pipe do not know the length. They put the largest there is (of 31 or 32 bits, less their header), or
    // nothing.
    private const uint LeastOfStreams = 0x7FFF0000;

    /// <exception cref="DataException">It is no WAV file, cut short, without samples or of an impossible format.</exception>
    public static WavChunks Find(string path, ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("riff"u8) && file.Length >= 16)
            throw new DataException($"{path} is a Wave64 file, expected a WAV file (RIFF … WAVE)");
        var large = file.StartsWith("RF64"u8) || file.StartsWith("BW64"u8);
        if (file.Length < 12 || !(large || file.StartsWith("RIFF"u8)) || !file[8..12].SequenceEqual("WAVE"u8))
            throw new DataException($"{path} starts with {WholeFile.Start(file)}, expected a WAV file (RIFF … WAVE)");

        (int At, int Length, int Align)? format = null;
        var largeData = Unknown + 1UL;
        for (var at = 12; at + 8 <= file.Length;)
        {
            var name = file.Slice(at, 4);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            var held = file.Length - at - 8;
            if (name.SequenceEqual("fmt "u8))
            {
                var formatLength = (int)Math.Min(length, held);
                format = (at + 8, formatLength, CheckFormat(path, file.Slice(at + 8, formatLength)));
            }

            // The length of the whole, then of the samples, each of 64 bits.
            if (large && name.SequenceEqual("ds64"u8) && length >= 24 && held >= 24)
                largeData = BinaryPrimitives.ReadUInt64LittleEndian(file[(at + 16)..]);
            if (name.SequenceEqual("data"u8))
            {
                if (format is not { } known)
                    throw new DataException($"{path} has its samples before their format, expected a 'fmt ' chunk first");
                var promised = length == Unknown && largeData <= long.MaxValue && large ? largeData : length;
                if ((promised > (ulong)held && promised >= LeastOfStreams) || (promised == 0 && held > 0 && !AreChunks(file[(at + 8)..])))
                    promised = (ulong)held;
                if (promised > (ulong)held)
                    throw new DataException($"{path} promises {promised} bytes of samples in its header but holds {held}");
                return promised >= (ulong)known.Align
                    ? new WavChunks(known.At, known.Length, at + 8, (int)promised / known.Align * known.Align)
                    : throw new DataException($"{path} holds no samples");
            }

            if (length > held)
                break;
            at += 8 + (int)length;
            // Chunks start at even positions, but some writers forget that.
            if (length % 2 == 1
                && !(at + 4 <= file.Length && (file.Slice(at, 4).SequenceEqual("data"u8) || file.Slice(at, 4).SequenceEqual("fmt "u8))))
                at++;
        }

        throw new DataException($"{path} has no samples: a WAV file without a 'data' chunk");
    }

    // Whether these bytes are further chunks, so that what precedes them is really empty.
    private static bool AreChunks(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            if (bytes[..4].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
                return false;
            var length = 8L + BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            if (length > bytes.Length)
                return false;
            bytes = bytes[(int)Math.Min(length + length % 2, bytes.Length)..];
        }

        return bytes.IsEmpty;
    }

    private static int CheckFormat(string path, ReadOnlySpan<byte> format)
    {
        if (format.Length < 16)
            throw new DataException($"{path} has a sound format of {format.Length} bytes, expected 16 or more");
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        var rate = BinaryPrimitives.ReadInt32LittleEndian(format[4..]);
        int align = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        if (channels is < 1 or > 64 || rate is < 1_000 or > 768_000 || bits is not (8 or 16 or 24 or 32 or 64)
            || align != channels * bits / 8)
        {
            throw new DataException(
                $"{path} has an impossible sound format: {channels} channels of {bits} bits at {rate} Hz in blocks of {align} bytes");
        }

        return align;
    }
}
