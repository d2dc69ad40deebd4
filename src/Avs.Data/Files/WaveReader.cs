using System.Buffers.Binary;
using NAudio.Wave;

namespace Avs.Data;

/// <summary>Reads a WAV file of any rate, channel count and sample format as one channel.</summary>
public static class WaveReader
{
    /// <summary>Decodes a file; channels are averaged in float64.</summary>
    /// <returns>Samples in [-1, 1] (16-bit values divided by 32 768) and their rate.</returns>
    /// <exception cref="DataException">The file is missing, empty, no WAV file, cut short, or of an unknown sample format.</exception>
    public static (double[] Mono, int SampleRate) Read(string path)
    {
        var file = WholeFile.Read(path);
        CheckChunks(path, file);
        try
        {
            using var reader = new WaveFileReader(new MemoryStream(file));
            var channels = reader.WaveFormat.Channels;
            var samples = reader.ToSampleProvider();
            var mono = new double[reader.SampleCount];
            var block = new float[4096 * channels];
            var count = 0;
            for (int read; count < mono.Length && (read = samples.Read(block)) > 0;)
            {
                for (var i = 0; i + channels <= read && count < mono.Length; i += channels)
                {
                    var sum = 0.0;
                    for (var c = 0; c < channels; c++)
                        sum += block[i + c];
                    mono[count++] = sum / channels;
                }
            }

            if (count < mono.Length)
                throw new DataException($"{path} holds {count} samples, its header promises {mono.Length}");
            if (mono.AsSpan().ContainsAnyExceptInRange(-1e6, 1e6)) // NaN is in no range
                throw new DataException($"{path} holds samples that are not numbers in a usable range");
            return (mono, reader.WaveFormat.SampleRate);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidDataException or NotSupportedException
            or InvalidOperationException or EndOfStreamException)
        {
            throw new DataException($"{path} is a WAV file that cannot be decoded: {e.Message}", e);
        }
    }

    // The container is checked here, not left to the decoder, because readers differ in what they let pass.
    private static void CheckChunks(string path, ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file[..4].SequenceEqual("RIFF"u8) || !file[8..12].SequenceEqual("WAVE"u8))
            throw new DataException($"{path} starts with {WholeFile.Start(file)}, expected a WAV file (RIFF … WAVE)");

        int? blockAlign = null;
        for (var at = 12; at + 8 <= file.Length;)
        {
            var name = file.Slice(at, 4);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            var held = file.Length - at - 8;
            if (name.SequenceEqual("fmt "u8))
                blockAlign = CheckFormat(path, file.Slice(at + 8, (int)Math.Min(length, held)));
            if (name.SequenceEqual("data"u8))
            {
                if (blockAlign is null)
                    throw new DataException($"{path} has its samples before their format, expected a 'fmt ' part first");
                if (length > held)
                    throw new DataException($"{path} promises {length} bytes of samples in its header but holds {held}");
                if (length < blockAlign)
                    throw new DataException($"{path} holds no samples");
                return;
            }

            if (length > held)
                break;
            at += 8 + (int)length + (int)(length & 1); // parts start at even positions
        }

        throw new DataException($"{path} has no samples: a WAV file without a 'data' part");
    }

    private static int CheckFormat(string path, ReadOnlySpan<byte> format)
    {
        if (format.Length < 16)
            throw new DataException($"{path} has a sound format of {format.Length} bytes, expected 16 or more");
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        var rate = BinaryPrimitives.ReadInt32LittleEndian(format[4..]);
        int align = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        if (channels is < 1 or > 64 || rate is < 1_000 or > 768_000 || bits is not (8 or 16 or 24 or 32 or 64) || align != channels * bits / 8)
        {
            throw new DataException(
                $"{path} has an impossible sound format: {channels} channels of {bits} bits at {rate} Hz in blocks of {align} bytes");
        }

        return align;
    }
}
