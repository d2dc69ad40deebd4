using Avs.Core;
using NAudio.Wave;

namespace Avs.Stamps;

/// <summary>A recording prepared for mixing: 16 kHz mono, quiet ends cut, pauses shortened, its active parts at one common level.</summary>
internal sealed class Recording
{
    /// <summary>Samples per second of every sound here.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Root mean square of the active frames of a prepared recording.</summary>
    public const double Level = 0.1;

    /// <summary>The longest silence left inside a recording, in samples: a sounding object is then audible in every second.</summary>
    public const int LongestPause = SampleRate * 3 / 10;

    private const int Frame = SampleRate / 50, Fade = SampleRate / 200;

    // Frames this much below the loudest count as quiet (-30 dB).
    private const double QuietRatio = 0.0316;

    private Recording(float[] samples) => Samples = samples;

    /// <summary>The prepared samples.</summary>
    public float[] Samples { get; }

    /// <summary>Reads a 16-bit mono wav of 16 kHz and prepares it.</summary>
    /// <exception cref="DataException">Another format, damaged, shorter than a frame of 20 ms, or silent.</exception>
    public static Recording Load(string path)
    {
        if (!File.Exists(path))
            throw new DataException($"the part {path} is missing");
        byte[] bytes;
        try
        {
            using var reader = new WaveFileReader(path);
            var format = reader.WaveFormat;
            if (format is not { SampleRate: SampleRate, Channels: 1, BitsPerSample: 16 })
                throw new DataException($"{path} is {format.BitsPerSample}-bit, {format.Channels} channels, {format.SampleRate} Hz; 16-bit "
                    + "mono of 16000 Hz is expected");
            bytes = new byte[reader.Length];
            var got = 0;
            for (int n; got < bytes.Length && (n = reader.Read(bytes, got, bytes.Length - got)) > 0;)
                got += n;
            bytes = bytes[..got];
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException or InvalidDataException or ArgumentException)
        {
            throw new DataException($"{path} is not a readable wav file", e);
        }

        var samples = new float[bytes.Length / 2];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = BitConverter.ToInt16(bytes, 2 * i) / 32768f;
        return new Recording(Prepare(samples) ?? throw new DataException($"the recording {path} is silent"));
    }

    /// <summary>Cuts, shortens and levels; null when the recording is silent.</summary>
    internal static float[]? Prepare(float[] samples)
    {
        var loudness = new double[samples.Length / Frame];
        for (var f = 0; f < loudness.Length; f++)
        {
            double sum = 0;
            foreach (var sample in samples.AsSpan(f * Frame, Frame))
                sum += (double)sample * sample;
            loudness[f] = Math.Sqrt(sum / Frame);
        }

        var loudest = loudness.DefaultIfEmpty(0).Max();
        if (loudest < 1e-4)
            return null;
        var active = Array.ConvertAll(loudness, l => l >= QuietRatio * loudest);
        var (first, last) = (Array.IndexOf(active, true), Array.LastIndexOf(active, true));

        var kept = new List<float>(samples.Length);
        var quiet = 0;
        double power = 0;
        var activeFrames = 0;
        for (var f = first; f <= last; f++)
        {
            quiet = active[f] ? 0 : quiet + Frame;
            if (quiet > LongestPause)
                continue;
            kept.AddRange(samples.AsSpan(f * Frame, Frame));
            if (active[f])
            {
                power += loudness[f] * loudness[f];
                activeFrames++;
            }
        }

        var gain = (float)(Level / Math.Sqrt(power / activeFrames));
        var result = kept.ToArray();
        for (var i = 0; i < result.Length; i++)
        {
            var edge = Math.Min(i, result.Length - 1 - i);
            result[i] *= edge < Fade ? gain * edge / Fade : gain;
        }

        return result;
    }
}
