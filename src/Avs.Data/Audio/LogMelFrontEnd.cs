using System.Numerics;
using System.Runtime.Intrinsics;

namespace Avs.Data.Audio;

/// <summary>
/// The VGGish front end: a waveform becomes examples of 96 frames (10 ms apart) by 64 mel bands, `ln(mel magnitude + 0.01)`.
/// All arithmetic is in float64; the result is rounded to float32 once.
/// </summary>
public static class LogMelFrontEnd
{
    /// <summary>Samples a second that the front end works at.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Mel bands of an example.</summary>
    public const int Bands = 64;

    /// <summary>Frames of an example (0.96 s; examples do not overlap).</summary>
    public const int ExampleFrames = 96;

    /// <summary>Values of an example.</summary>
    public const int ExampleSize = ExampleFrames * Bands;

    /// <summary>The value of every cell when there is no sound: ln 0.01.</summary>
    public static readonly float Silence = (float)Math.Log(LogOffset);

    private const int Window = 400;
    private const int Hop = 160;
    private const int Lanes = 4;
    private const int FftSize = 512;
    private const int Bins = FftSize / 2 + 1;
    private const double LowestHz = 125;
    private const double HighestHz = 7_500;
    private const double LogOffset = 0.01;

    private static readonly double[] Hann = PeriodicHann();
    private static readonly MelBand[] Filters = MelFilters();

    /// <summary>Computes every whole example of a waveform.</summary>
    /// <param name="mono">Samples in [-1, 1].</param>
    /// <param name="sampleRate">Samples a second; anything but 16 000 is resampled first.</param>
    /// <returns>`[n, 1, 96, 64]` flattened; empty when the sound is shorter than 0.975 s.</returns>
    public static float[] Compute(ReadOnlySpan<double> mono, int sampleRate)
    {
        if (sampleRate != SampleRate)
            mono = Resampler.Resample(mono, sampleRate, SampleRate);
        var frames = mono.Length < Window ? 0 : 1 + (mono.Length - Window) / Hop;
        var examples = frames / ExampleFrames;
        var result = new float[examples * ExampleFrames * Bands];

        // Four frames at a time, one in each lane of a vector; 96 frames an example leave no rest.
        var fft = new RealFft(FftSize);
        var windowed = new Vector256<double>[FftSize]; // the tail beyond the window stays zero
        var magnitude = new Vector256<double>[Bins];
        for (var frame = 0; frame < examples * ExampleFrames; frame += Lanes)
        {
            var samples = mono.Slice(frame * Hop, Window + (Lanes - 1) * Hop);
            for (var i = 0; i < Window; i++)
                windowed[i] = Vector256.Create(samples[i], samples[i + Hop], samples[i + 2 * Hop], samples[i + 3 * Hop]) * Hann[i];
            fft.Magnitude(windowed, magnitude);

            var rows = result.AsSpan(frame * Bands, Lanes * Bands);
            for (var band = 0; band < Bands; band++)
            {
                var filter = Filters[band];
                var energy = Vector256<double>.Zero;
                for (var i = 0; i < filter.Weights.Length; i++)
                    energy += filter.Weights[i] * magnitude[filter.FirstBin + i];
                for (var lane = 0; lane < Lanes; lane++)
                    rows[lane * Bands + band] = (float)Math.Log(energy[lane] + LogOffset);
            }
        }

        return result;
    }

    /// <summary>
    /// Computes exactly <paramref name="count"/> examples: the last is repeated when the sound is short, the first are kept when it is
    /// long.
    /// </summary>
    /// <param name="mono">Samples in [-1, 1].</param>
    /// <param name="count">The number of examples, T.</param>
    /// <returns>`[count, 1, 96, 64]` flattened, or null when the sound is too short for one example.</returns>
    public static float[]? ComputeExactly(ReadOnlySpan<double> mono, int sampleRate, int count)
    {
        var examples = Compute(mono, sampleRate);
        if (examples.Length == count * ExampleSize)
            return examples;
        if (examples.Length == 0)
            return null;

        var result = new float[count * ExampleSize];
        var have = Math.Min(count, examples.Length / ExampleSize);
        examples.AsSpan(0, have * ExampleSize).CopyTo(result);
        for (var k = have; k < count; k++)
            examples.AsSpan((have - 1) * ExampleSize, ExampleSize).CopyTo(result.AsSpan(k * ExampleSize));
        return result;
    }

    /// <summary>The mel matrix, `[257, 64]`: the weight of each frequency bin in each band.</summary>
    public static double[,] MelMatrix()
    {
        var matrix = new double[Bins, Bands];
        for (var band = 0; band < Bands; band++)
        {
            for (var i = 0; i < Filters[band].Weights.Length; i++)
                matrix[Filters[band].FirstBin + i, band] = Filters[band].Weights[i];
        }

        return matrix;
    }

    private static double[] PeriodicHann()
    {
        var window = new double[Window];
        for (var n = 0; n < Window; n++)
            window[n] = 0.5 - 0.5 * Math.Cos(2 * Math.PI * n / Window);
        return window;
    }

    // Triangles that are linear in mel (HTK formula), 66 edges equally spaced in mel, no area normalisation.
    private static MelBand[] MelFilters()
    {
        static double Mel(double hz) => 1127 * Math.Log(1 + hz / 700);

        double low = Mel(LowestHz), high = Mel(HighestHz);
        double Edge(int i) => low + (high - low) * i / (Bands + 1);

        var filters = new MelBand[Bands];
        for (var band = 0; band < Bands; band++)
        {
            double left = Edge(band), centre = Edge(band + 1), right = Edge(band + 2);
            var weights = new double[Bins];
            for (var bin = 1; bin < Bins; bin++) // bin 0 (the mean) never counts
            {
                var mel = Mel(bin * (double)SampleRate / FftSize);
                weights[bin] = Math.Max(0, Math.Min((mel - left) / (centre - left), (right - mel) / (right - centre)));
            }

            var first = Array.FindIndex(weights, w => w > 0);
            var last = Array.FindLastIndex(weights, w => w > 0);
            filters[band] = new MelBand(first, weights[first..(last + 1)]);
        }

        return filters;
    }

    private readonly record struct MelBand(int FirstBin, double[] Weights);

    // Real FFTs of even size n, one in each lane, as a complex one of size n/2 (even samples real, odd samples imaginary), radix 2.
    private sealed class RealFft
    {
        private readonly int half;
        private readonly Vector256<double>[] re, im;
        private readonly int[] reversed;
        private readonly double[] cos, sin;

        public RealFft(int size)
        {
            half = size / 2;
            re = new Vector256<double>[half];
            im = new Vector256<double>[half];
            cos = new double[half + 1];
            sin = new double[half + 1];
            for (var k = 0; k <= half; k++)
                (sin[k], cos[k]) = Math.SinCos(-2 * Math.PI * k / size);

            var bits = BitOperations.Log2((uint)half);
            reversed = new int[half];
            for (var i = 1; i < half; i++)
                reversed[i] = (reversed[i >> 1] >> 1) | ((i & 1) << (bits - 1));
        }

        // |X[k]| for k = 0 .. size/2
        public void Magnitude(Vector256<double>[] samples, Vector256<double>[] magnitude)
        {
            for (var i = 0; i < half; i++)
            {
                re[reversed[i]] = samples[2 * i];
                im[reversed[i]] = samples[2 * i + 1];
            }

            for (var length = 1; length < half; length *= 2)
            {
                var step = half / length; // of the table, which holds size = 2*half points a turn
                for (var start = 0; start < half; start += 2 * length)
                {
                    for (var k = 0; k < length; k++)
                    {
                        double c = cos[k * step], s = sin[k * step];
                        int a = start + k, b = a + length;
                        var r = re[b] * c - im[b] * s;
                        var i = re[b] * s + im[b] * c;
                        (re[b], im[b]) = (re[a] - r, im[a] - i);
                        (re[a], im[a]) = (re[a] + r, im[a] + i);
                    }
                }
            }

            for (var k = 0; k <= half; k++)
            {
                int p = k % half, q = (half - k) % half;
                // even part E = (Z[p] + conj Z[q]) / 2, odd part O = (Z[p] - conj Z[q]) / 2i, X = E + w O
                Vector256<double> er = (re[p] + re[q]) / 2, ei = (im[p] - im[q]) / 2;
                Vector256<double> or = (im[p] + im[q]) / 2, oi = (re[q] - re[p]) / 2;
                var xr = er + or * cos[k] - oi * sin[k];
                var xi = ei + or * sin[k] + oi * cos[k];
                magnitude[k] = Vector256.Sqrt(xr * xr + xi * xi);
            }
        }
    }
}
