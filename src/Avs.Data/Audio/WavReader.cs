using Avs.Core;
using NAudio.Wave;

namespace Avs.Data.Audio;

/// <summary>Reads a WAV file of any rate, channel count and sample format as one channel.</summary>
public static class WavReader
{
    /// <summary>Decodes a file; channels are averaged in float64.</summary>
    /// <returns>Samples in [-1, 1] (16-bit values divided by 32 768) and their rate.</returns>
    /// <exception cref="DataException">The file is missing, empty, no WAV file, cut short, or of an unknown sample format.</exception>
    public static (double[] Mono, int SampleRate) Read(string path) => Read(path, out _);

    /// <summary>Decodes a file; channels are averaged in float64.</summary>
    /// <param name="channels">How many channels it has.</param>
    /// <returns>Samples in [-1, 1] (16-bit values divided by 32 768) and their rate.</returns>
    /// <exception cref="DataException">As for <see cref="Read(string)"/>.</exception>
    public static (double[] Mono, int SampleRate) Read(string path, out int channels)
    {
        var file = WholeFile.Read(path);
        var parts = WavChunks.Find(path, file);
        try
        {
            using var format = new BinaryReader(new MemoryStream(file, parts.Format, parts.FormatLength));
            var found = WaveFormat.FromFormatChunk(format, parts.FormatLength);
            using var reader = new RawSourceWaveStream(new MemoryStream(file, parts.Data, parts.DataLength), found);
            channels = found.Channels;
            return (Mono(path, reader.ToSampleProvider(), parts.DataLength / found.BlockAlign), found.SampleRate);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidDataException or NotSupportedException
            or InvalidOperationException or EndOfStreamException)
        {
            throw new DataException($"{path} is a WAV file that cannot be decoded: {e.Message}", e);
        }
    }

    private static double[] Mono(string path, ISampleProvider samples, int length)
    {
        var channels = samples.WaveFormat.Channels;
        var mono = new double[length];
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
        return mono.AsSpan().ContainsAnyExceptInRange(-1e6, 1e6) // NaN is in no range
            ? throw new DataException($"{path} holds samples that are not numbers in a usable range")
            : mono;
    }
}
