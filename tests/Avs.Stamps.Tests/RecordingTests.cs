using Avs.Core;

namespace Avs.Stamps.Tests;

public sealed class RecordingTests
{
    private const int Rate = Recording.SampleRate;

    [Fact]
    public void Quiet_ends_are_cut_and_long_pauses_shortened()
    {
        float[] sound = [.. Silence(1.0), .. Tone(0.5), .. Silence(2.0), .. Tone(0.5), .. Silence(1.0)];
        var prepared = Recording.Prepare(sound)!;
        Assert.Equal(1.0 + (double)Recording.LongestPause / Rate, (double)prepared.Length / Rate, 0.041);
    }

    [Theory]
    [InlineData(0.01f)]
    [InlineData(0.9f)]
    public void Active_parts_come_to_one_level(float amplitude)
    {
        var prepared = Recording.Prepare([.. Tone(1.0).Select(x => x * amplitude)])!;
        Assert.Equal(Recording.Level, Math.Sqrt(prepared.Average(x => (double)x * x)), 0.003);
    }

    [Fact]
    public void Silence_is_no_recording() => Assert.Null(Recording.Prepare(Silence(1.0)));

    [Fact]
    public void A_missing_recording_is_named() =>
        Assert.Contains("none.wav", Assert.Throws<DataException>(() => Recording.Load("none.wav")).Message);

    private static float[] Silence(double seconds) => new float[(int)(seconds * Rate)];

    private static float[] Tone(double seconds) =>
        [.. Enumerable.Range(0, (int)(seconds * Rate)).Select(i => (float)Math.Sin(2 * Math.PI * 440 * i / Rate))];
}
