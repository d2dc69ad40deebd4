using Avs.Data.Audio;

namespace Avs.Data.Tests.Audio;

public sealed class LogMelFrontEndTests
{
    private static double[] Tone(double hz, int samples, int rate = 16_000) =>
        [.. Enumerable.Range(0, samples).Select(i => 0.4 * Math.Sin(2 * Math.PI * hz * i / rate))];

    [Fact]
    public void The_mel_matrix_has_the_published_weights()
    {
        var matrix = LogMelFrontEnd.MelMatrix();
        Assert.Equal((257, 64), (matrix.GetLength(0), matrix.GetLength(1)));
        Assert.Equal(461, matrix.Cast<double>().Count(weight => weight > 0));
        Assert.Equal(230.9135991608, matrix.Cast<double>().Sum(), 9);
    }

    [Fact]
    public void The_lowest_band_hears_one_bin_and_the_highest_seventeen()
    {
        var matrix = LogMelFrontEnd.MelMatrix();
        Assert.Equal([5], Enumerable.Range(0, 257).Where(bin => matrix[bin, 0] > 0));
        Assert.Equal(Enumerable.Range(223, 17), Enumerable.Range(0, 257).Where(bin => matrix[bin, 63] > 0));
    }

    [Theory]
    [InlineData(77_039, 4)]
    [InlineData(77_040, 5)]
    [InlineData(80_000, 5)]
    [InlineData(92_400, 6)]
    [InlineData(153_840, 10)]
    [InlineData(399, 0)]
    public void Examples_come_from_whole_windows_only(int samples, int examples) =>
        Assert.Equal(examples * 96 * 64, LogMelFrontEnd.Compute(new double[samples], 16_000).Length);

    [Fact]
    public void Silence_is_the_logarithm_of_a_hundredth()
    {
        var silence = LogMelFrontEnd.Compute(new double[80_000], 16_000);
        Assert.All(silence, value => Assert.Equal(-4.605170f, value, 6));
        Assert.Equal(LogMelFrontEnd.Silence, silence[0]);
    }

    [Fact]
    public void A_tone_is_loudest_in_the_band_that_holds_it()
    {
        var row = LogMelFrontEnd.Compute(Tone(1_000, 80_000), 16_000).AsSpan(10 * 64, 64).ToArray();
        // mel(1000 Hz) = 999.99; 66 edges from 185.0 to 2751.1 mel: band (1000 - 185) / 39.5 - 1 = 19.6
        Assert.InRange(Array.IndexOf(row, row.Max()), 19, 20);
    }

    [Fact]
    public void A_short_sound_repeats_its_last_example()
    {
        var examples = LogMelFrontEnd.ComputeExactly(Tone(500, 40_000), 16_000, 5)!;
        Assert.Equal(5 * 6144, examples.Length);
        Assert.Equal(examples[6144..(2 * 6144)], examples[(4 * 6144)..]);
        Assert.Equal(LogMelFrontEnd.Compute(Tone(500, 40_000), 16_000), examples[..(2 * 6144)]);
    }

    [Fact]
    public void A_long_sound_keeps_its_first_examples() =>
        Assert.Equal(LogMelFrontEnd.Compute(Tone(500, 160_000), 16_000)[..(5 * 6144)],
            LogMelFrontEnd.ComputeExactly(Tone(500, 160_000), 16_000, 5));

    [Fact]
    public void A_sound_without_a_whole_example_gives_none() => Assert.Null(LogMelFrontEnd.ComputeExactly(Tone(500, 15_000), 16_000, 5));

    [Theory]
    [InlineData(8_000)]
    [InlineData(22_050)]
    [InlineData(44_100)]
    [InlineData(48_000)]
    public void A_tone_survives_resampling(int rate)
    {
        var resampled = Resampler.Resample(Tone(700, rate * 2, rate), rate, 16_000);
        var expected = Tone(700, 32_000);
        Assert.Equal(32_000, resampled.Length);
        for (var i = 2_000; i < 30_000; i++)
            Assert.Equal(expected[i], resampled[i], 5);
    }

    [Fact]
    public void Resampling_removes_what_the_lower_rate_cannot_carry()
    {
        var resampled = Resampler.Resample(Tone(12_000, 96_000, 48_000), 48_000, 16_000);
        Assert.All(resampled[2_000..30_000], value => Assert.InRange(value, -1e-5, 1e-5));
    }
}
