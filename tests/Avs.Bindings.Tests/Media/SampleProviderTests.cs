using NAudio.Wave;
using NAudio.Wave.SampleProviders;

namespace Avs.Bindings.Tests.Media;

public class SampleProviderTests
{
    private static float[] ReadAll(ISampleProvider provider, int at_once = 64)
    {
        var all = new List<float>();
        var buffer = new float[at_once];
        for (int read; (read = provider.Read(buffer, 0, buffer.Length)) > 0;) all.AddRange(buffer.AsSpan(0, read).ToArray());
        return [.. all];
    }

    [Fact]
    public void Mono_becomes_stereo_and_stereo_mono()
    {
        Assert.Equal([1f, 1f, 2f, 2f], ReadAll(new MonoToStereoSampleProvider(new ArraySource(1, 8000, 1f, 2f))));
        Assert.Equal([2f, 3f], ReadAll(new ArraySource(2, 8000, 1f, 3f, 2f, 4f).ToMono()));
    }

    [Fact]
    public void A_volume_multiplies() =>
        Assert.Equal([0.5f, -1f], ReadAll(new VolumeSampleProvider(new ArraySource(1, 8000, 1f, -2f)) { Volume = 0.5f }));

    [Fact]
    public void Sources_follow_one_another() =>
        Assert.Equal([1f, 2f, 3f], ReadAll(new ConcatenatingSampleProvider([new ArraySource(1, 8000, 1f), new ArraySource(1, 8000, 2f, 3f)]), 2));

    [Fact]
    public void A_mixture_is_as_long_as_its_longest_input() =>
        Assert.Equal([11f, 22f, 3f], ReadAll(new MixingSampleProvider([new ArraySource(1, 8000, 1f, 2f, 3f), new ArraySource(1, 8000, 10f, 20f)])));

    [Fact]
    public void A_mixture_of_different_rates_is_refused() =>
        Assert.Throws<ArgumentException>(() => new MixingSampleProvider([new ArraySource(1, 8000, 1f), new ArraySource(1, 16000, 1f)]));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void An_offset_delays_skips_takes_and_leads_out(int atOnce) =>
        Assert.Equal([0f, 0f, 3f, 4f, 0f],
            ReadAll(new OffsetSampleProvider(new ArraySource(1, 8000, 1f, 2f, 3f, 4f, 5f)) { DelayBySamples = 2, SkipOverSamples = 2, TakeSamples = 2, LeadOutSamples = 1 }, atOnce));

    [Theory]
    [InlineData(44100, 16000)]
    [InlineData(22050, 16000)]
    [InlineData(16000, 44100)]
    public void Resampling_keeps_a_tone_and_its_length(int from, int to)
    {
        float[] tone = [.. Enumerable.Range(0, from).Select(n => (float)(0.7 * Math.Sin(2 * Math.PI * 1000 * n / from)))];
        var all = ReadAll(new WdlResamplingSampleProvider(new ArraySource(1, from, tone), to), 1000);
        Assert.InRange(all.Length, to - 1, to + 1);
        // Away from the ends, where the filter sees a tone that starts from nothing, it is the same tone.
        for (var n = 500; n < to - 500; n++)
            Assert.InRange(all[n] - 0.7 * Math.Sin(2 * Math.PI * 1000 * n / to), -1e-3, 1e-3);
    }

    [Fact]
    public void Resampling_removes_what_the_lower_rate_cannot_hold()
    {
        float[] high = [.. Enumerable.Range(0, 44100).Select(n => (float)Math.Sin(2 * Math.PI * 12000 * n / 44100))];
        var all = ReadAll(new WdlResamplingSampleProvider(new ArraySource(1, 44100, high), 16000));
        Assert.InRange(all[1000..^1000].Max(Math.Abs), 0, 1e-4f);
    }

    [Fact]
    public void Resampling_keeps_channels_apart()
    {
        float[] stereo = [.. Enumerable.Range(0, 8000).SelectMany(_ => new[] { 0.25f, -0.5f })];
        var all = ReadAll(new WdlResamplingSampleProvider(new ArraySource(2, 8000, stereo), 16000));
        Assert.InRange(all.Length, 31998, 32002);
        Assert.Equal(0.25f, all[16000], 3);
        Assert.Equal(-0.5f, all[16001], 3);
    }

    [Fact]
    public void The_same_rate_passes_through() =>
        Assert.Equal([1f, 2f], ReadAll(new WdlResamplingSampleProvider(new ArraySource(1, 16000, 1f, 2f), 16000)));
}
