namespace Avs.Data.Audio;

/// <summary>
/// Changes the sample rate of a waveform with a Kaiser-windowed sinc, evaluated exactly at every output sample.
/// The filter is the one the published log-mel values were checked against (resampy 0.4 `kaiser_best`): 50 zero crossings,
/// β = 12.9846, roll-off 0.917347 of the lower Nyquist frequency, 120 dB of attenuation.
/// </summary>
public static class Resampler
{
    private const int ZeroCrossings = 50;
    private const double Beta = 12.984585247040012;
    private const double RollOff = 0.9173473935;
    private const int TablePoints = 2048; // per zero crossing; linear interpolation between them is exact to 1e-7

    private static readonly Lazy<double[]> HalfFilter = new(BuildHalfFilter);

    /// <summary>Resamples a waveform; `floor(n * to / from)` samples come back.</summary>
    /// <param name="to">The samples a second wanted.</param>
    public static double[] Resample(ReadOnlySpan<double> samples, int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(from);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(to);
        if (from == to)
            return samples.ToArray();

        var result = new double[(int)((long)samples.Length * to / from)];
        var filter = HalfFilter.Value;
        var scale = Math.Min(1.0, (double)to / from); // a lower rate stretches the filter
        var step = scale * TablePoints;
        for (var n = 0; n < result.Length; n++)
        {
            // The output instant in input samples, split into whole and rest without rounding drift.
            var position = (long)n * from;
            var whole = (int)(position / to);
            var rest = (double)(position % to) / to;

            var sum = 0.0;
            var at = rest * step;
            for (var i = whole; i >= 0 && at < filter.Length - 1; i--, at += step)
                sum += Tap(filter, at) * samples[i];
            at = (1 - rest) * step;
            for (var i = whole + 1; i < samples.Length && at < filter.Length - 1; i++, at += step)
                sum += Tap(filter, at) * samples[i];
            result[n] = sum * scale;
        }

        return result;
    }

    private static double Tap(double[] filter, double at)
    {
        var index = (int)at;
        return filter[index] + (at - index) * (filter[index + 1] - filter[index]);
    }

    private static double[] BuildHalfFilter()
    {
        var length = ZeroCrossings * TablePoints;
        var filter = new double[length + 1];
        for (var i = 0; i <= length; i++)
        {
            var t = (double)i / TablePoints;
            var x = Math.PI * RollOff * t;
            var sinc = i == 0 ? 1 : Math.Sin(x) / x;
            var edge = (double)i / length;
            filter[i] = RollOff * sinc * Bessel0(Beta * Math.Sqrt(1 - edge * edge)) / Bessel0(Beta);
        }

        return filter;
    }

    // The modified Bessel function of the first kind and order zero, by its power series.
    private static double Bessel0(double x)
    {
        double sum = 1, term = 1, quarter = x * x / 4;
        for (var k = 1; term > sum * 1e-17; k++)
        {
            term *= quarter / ((double)k * k);
            sum += term;
        }

        return sum;
    }
}
