using Avs.Data.Audio;
using Avs.Data.Clips;
using NAudio.Wave;

namespace Avs.Eval.RunReports;

/// <summary>A clip's sound as a web page plays it.</summary>
/// <param name="Wav">A WAV file of one channel, 16 bits, at most <see cref="HighestRate"/> samples a second.</param>
/// <param name="Seconds">How long it is.</param>
/// <param name="Loudness">Of each second that begun, the root mean square in decibels of full scale; -∞ in silence.</param>
public sealed record PageSound(byte[] Wav, double Seconds, IReadOnlyList<double> Loudness)
{
    /// <summary>Samples a second: what the models hear.</summary>
    public const int HighestRate = 16_000;

    /// <param name="sound">A recording of at least one sample.</param>
    /// <param name="seconds">Where it is cut: what comes after a clip's last frame no model hears.</param>
    public static PageSound From(Waveform sound, int seconds)
    {
        var cut = sound.Mono.AsSpan(0, Math.Min(sound.Mono.Length, seconds * sound.SampleRate));
        var rate = Math.Min(sound.SampleRate, HighestRate);
        var samples = Resampler.Resample(cut, sound.SampleRate, rate);
        return new PageSound(ToWav(samples, rate), (double)samples.Length / rate, [.. samples.Chunk(rate).Select(Decibels)]);
    }

    private static double Decibels(double[] samples) => 10 * Math.Log10(samples.Average(sample => sample * sample));

    private static byte[] ToWav(double[] samples, int rate)
    {
        using var bytes = new MemoryStream();
        using (var writer = new WaveFileWriter(bytes, new WaveFormat(rate, 16, 1)))
        {
            foreach (var sample in samples)
                writer.WriteSample((float)Math.Clamp(sample, -1, 1));
        }
        return bytes.ToArray();
    }
}
