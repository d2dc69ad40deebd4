using System.Buffers.Binary;

namespace NAudio.Wave;

/// <summary>Bytes of PCM or IEEE float to floats: an n-bit integer is divided by 2^(n-1), 8-bit samples are centred on 128 first.</summary>
internal static class SampleDecoder
{
    public static WaveFormat Plain(WaveFormat format) => format is WaveFormatExtensible extensible ? extensible.ToStandardWaveFormat() : format;

    public static bool Knows(WaveFormat format)
    {
        var plain = Plain(format);
        return (plain.Encoding == WaveFormatEncoding.Pcm && plain.BitsPerSample is 8 or 16 or 24 or 32
                || plain.Encoding == WaveFormatEncoding.IeeeFloat && plain.BitsPerSample is 32 or 64)
            && plain.BlockAlign == plain.Channels * (plain.BitsPerSample / 8);
    }

    public static void Decode(WaveFormat format, ReadOnlySpan<byte> raw, Span<float> samples)
    {
        var plain = Plain(format);
        var size = plain.BitsPerSample / 8;
        for (var i = 0; i < samples.Length; i++)
        {
            var one = raw.Slice(i * size, size);
            samples[i] = (plain.Encoding, size) switch
            {
                (WaveFormatEncoding.Pcm, 1) => one[0] / 128f - 1f,
                (WaveFormatEncoding.Pcm, 2) => BinaryPrimitives.ReadInt16LittleEndian(one) / 32768f,
                (WaveFormatEncoding.Pcm, 3) => ((sbyte)one[2] << 16 | one[1] << 8 | one[0]) / 8388608f,
                (WaveFormatEncoding.Pcm, 4) => BinaryPrimitives.ReadInt32LittleEndian(one) / 2147483648f,
                (WaveFormatEncoding.IeeeFloat, 4) => BinaryPrimitives.ReadSingleLittleEndian(one),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(one),
            };
        }
    }
}
