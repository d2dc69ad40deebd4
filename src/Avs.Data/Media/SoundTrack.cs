using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Avs.Core;
using Avs.Data.Audio;

namespace Avs.Data.Media;

/// <summary>The sound of a video or sound file, taken out by the program ffmpeg.</summary>
public static class SoundTrack
{
    private const int Rate = LogMelFrontEnd.SampleRate;

    // A shorter delay is inaudible.
    private const double Delay = 0.1;

    /// <summary>
    /// Writes the sound as a 16-bit WAV file of 16 kHz. A track that begins after the pictures is preceded by silence.
    /// One or two channels stay what they are; more become two.
    /// </summary>
    /// <param name="path">A video or sound file that has sound.</param>
    /// <param name="start">Where to begin, in seconds.</param>
    /// <param name="seconds">The longest duration; null for all.</param>
    /// <returns>Remarks for the user, a sentence each.</returns>
    /// <exception cref="DataException">There is no sound, or it cannot be decoded.</exception>
    public static IReadOnlyList<string> Extract(string path, string wave, double start = 0, double? seconds = null) =>
        Extract(MediaFile.Read(path), wave, start, seconds);

    /// <inheritdoc cref="Extract(string, string, double, double?)"/>
    public static IReadOnlyList<string> Extract(MediaFile media, string wave, double start = 0, double? seconds = null)
    {
        using var file = File.Create(wave);
        file.Write(new byte[44]); // the header, when the length is known
        var channels = 1;
        var notes = Decode(media, start, seconds, (samples, count) =>
        {
            channels = count;
            file.Write(MemoryMarshal.AsBytes(samples));
        });
        var header = Header(channels, file.Length - 44);
        file.Position = 0;
        file.Write(header);
        return notes;
    }

    /// <summary>Decodes the sound, mixed to one channel, as 16 kHz samples in [-1, 1].</summary>
    /// <param name="seconds">The longest duration; null for all.</param>
    /// <inheritdoc cref="Extract(string, string, double, double?)"/>
    public static (double[] Mono, IReadOnlyList<string> Notes) ReadMono(MediaFile media, double? seconds = null)
    {
        var blocks = new List<float[]>();
        var notes = Decode(media, 0, seconds, (samples, channels) =>
        {
            var mono = new float[samples.Length / channels];
            for (var i = 0; i < mono.Length; i++)
                mono[i] = channels == 1 ? samples[i] / 32768f : (samples[2 * i] + samples[2 * i + 1]) / 65536f;
            blocks.Add(mono);
        });
        var all = new double[blocks.Sum(block => block.Length)];
        var at = 0;
        foreach (var block in blocks)
        {
            foreach (var sample in block)
                all[at++] = sample;
        }

        return (all, notes);
    }

    private delegate void SampleReader(ReadOnlySpan<short> interleaved, int channels);

    private static List<string> Decode(MediaFile media, double start, double? seconds, SampleReader take)
    {
        var sound = media.Sound ?? throw new DataException($"{media.Path} has no sound");
        var channels = Math.Min(2, sound.Channels);
        var layout = channels == 1 ? "mono" : "stereo";
        var filter = $"{media.Clock("asetpts")}{DecodedStream.PrintTimes(ofPictures: false)},aresample=async=1:first_pts=0";
        using var decoder = new DecodedStream(pictures: false,
            [.. media.Input(), "-map", string.Create(CultureInfo.InvariantCulture, $"0:{sound.Index}"),
                "-af", $"{filter},aformat=channel_layouts={layout}", "-ar", $"{Rate}",
                "-c:a", "pcm_s16le", "-f", "s16le", "pipe:1", .. MediaFile.Discard(media.Pictures?.Index)],
            $"the sound of {media.Path} cannot be decoded");
        var skip = (long)Math.Round(start * Rate) * channels;
        var left = seconds is { } length ? (long)Math.Round(length * Rate) * channels : long.MaxValue;
        var both = new ChannelPower();
        var buffer = new byte[Rate * channels * sizeof(short)];
        var ended = false;
        while (left > 0 && !ended)
        {
            var count = decoder.Read(buffer);
            ended = count < buffer.Length;
            ReadOnlySpan<short> samples = MemoryMarshal.Cast<byte, short>(buffer.AsSpan(0, count - count % (channels * sizeof(short))));
            var skipped = (int)Math.Min(skip, samples.Length);
            skip -= skipped;
            samples = samples[skipped..];
            samples = samples[..(int)Math.Min(left, samples.Length)];
            left -= samples.Length;
            if (channels == 2)
                both.Add(samples);
            take(samples, channels);
        }

        if (ended)
            decoder.Finish();
        decoder.Dispose();
        return Notes(media, decoder, start, seconds, both);
    }

    private static List<string> Notes(MediaFile media, DecodedStream decoder, double start, double? seconds, ChannelPower both)
    {
        List<string> notes = [.. media.SoundNotes];
        var late = (decoder.FirstTime ?? 0) - start;
        if (late >= seconds)
            throw new DataException(string.Create(CultureInfo.InvariantCulture,
                $"the sound of {media.Path} begins at {late + start:0.00} s, where the clip has ended"));
        if (late > Delay)
            notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"the sound begins {late:0.00} s late: silence stands for what lies before"));
        if (both.Cancel)
            notes.Add("left and right cancel each other out: mixed to one channel, as models get it, there is next to nothing left of the "
                + "sound");
        if (decoder.Messages.Count > 0)
            notes.Add($"ffmpeg says of the sound: {decoder.Messages[0]}");
        return notes;
    }

    private static byte[] Header(int channels, long length)
    {
        var header = new byte[44];
        var size = (uint)Math.Min(length, uint.MaxValue - 36);
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), size + 36);
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(20), 1); // whole numbers
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(22), (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(24), Rate);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), (uint)(Rate * channels * sizeof(short)));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(32), (ushort)(channels * sizeof(short)));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(34), 8 * sizeof(short));
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), size);
        return header;
    }

    /// <summary>How much of the power of two channels is left when they are mixed to one.</summary>
    private sealed class ChannelPower
    {
        // Below -60 dB of full scale the sound is quiet anyway. Wide stereo loses a half of its power; these channels lose 99 %.
        private const double Quiet = 1e-6, Least = 0.01;

        private double apart, mixed, count;

        public bool Cancel => count > 0 && apart / count > Quiet && mixed < Least * apart;

        public void Add(ReadOnlySpan<short> stereo)
        {
            for (var i = 0; i + 1 < stereo.Length; i += 2)
            {
                var (left, right) = (stereo[i] / 32768.0, stereo[i + 1] / 32768.0);
                apart += (left * left + right * right) / 2;
                mixed += (left + right) * (left + right) / 4;
                count++;
            }
        }
    }
}
