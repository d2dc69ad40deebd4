using NAudio.Wave.SampleProviders;

namespace NAudio.Wave;

/// <summary>Short ways to chain sources of sound.</summary>
public static class WaveExtensionMethods
{
    public static ISampleProvider ToSampleProvider(this IWaveProvider waveProvider)
    {
        ArgumentNullException.ThrowIfNull(waveProvider);
        return new WaveToSamples(waveProvider);
    }

    public static IWaveProvider ToWaveProvider16(this ISampleProvider sampleProvider) => new SampleToWaveProvider16(sampleProvider);

    public static ISampleProvider FollowedBy(this ISampleProvider sampleProvider, ISampleProvider next) =>
        new ConcatenatingSampleProvider([sampleProvider, next]);

    public static ISampleProvider Skip(this ISampleProvider sampleProvider, TimeSpan skipDuration) =>
        new OffsetSampleProvider(sampleProvider) { SkipOver = skipDuration };

    public static ISampleProvider Take(this ISampleProvider sampleProvider, TimeSpan takeDuration) =>
        new OffsetSampleProvider(sampleProvider) { Take = takeDuration };

    public static ISampleProvider ToMono(this ISampleProvider sourceProvider, float leftVol = 0.5f, float rightVol = 0.5f)
    {
        ArgumentNullException.ThrowIfNull(sourceProvider);
        return sourceProvider.WaveFormat.Channels == 1
            ? sourceProvider
            : new StereoToMonoSampleProvider(sourceProvider) { LeftVolume = leftVol, RightVolume = rightVol };
    }

    public static ISampleProvider ToStereo(this ISampleProvider sourceProvider, float leftVol = 1f, float rightVol = 1f)
    {
        ArgumentNullException.ThrowIfNull(sourceProvider);
        return sourceProvider.WaveFormat.Channels == 2
            ? sourceProvider
            : new MonoToStereoSampleProvider(sourceProvider) { LeftVolume = leftVol, RightVolume = rightVol };
    }
}
