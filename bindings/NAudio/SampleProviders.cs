namespace NAudio.Wave.SampleProviders;

/// <summary>Floats out of a source of bytes.</summary>
internal sealed class WaveToSamples : ISampleProvider
{
    private readonly IWaveProvider source;
    private byte[] raw = [];

    public WaveToSamples(IWaveProvider source)
    {
        if (!SampleDecoder.Knows(source.WaveFormat)) throw new ArgumentException("Unsupported source encoding");
        this.source = source;
        WaveFormat = WaveFormat.CreateIeeeFloatWaveFormat(source.WaveFormat.SampleRate, source.WaveFormat.Channels);
    }

    public WaveFormat WaveFormat { get; }

    public int Read(float[] buffer, int offset, int count)
    {
        var size = source.WaveFormat.BlockAlign / source.WaveFormat.Channels;
        if (raw.Length < count * size) raw = new byte[count * size];
        var samples = source.Read(raw, 0, count * size) / size;
        SampleDecoder.Decode(source.WaveFormat, raw, buffer.AsSpan(offset, samples));
        return samples;
    }
}

/// <summary>One channel to two.</summary>
public class MonoToStereoSampleProvider : ISampleProvider
{
    private readonly ISampleProvider source;
    private float[] mono = [];

    public MonoToStereoSampleProvider(ISampleProvider source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.WaveFormat.Channels != 1) throw new ArgumentException("Source must be mono");
        this.source = source;
        WaveFormat = WaveFormat.CreateIeeeFloatWaveFormat(source.WaveFormat.SampleRate, 2);
    }

    public WaveFormat WaveFormat { get; }
    public float LeftVolume { get; set; } = 1f;
    public float RightVolume { get; set; } = 1f;

    public int Read(float[] buffer, int offset, int count)
    {
        if (mono.Length < count / 2) mono = new float[count / 2];
        var read = source.Read(mono, 0, count / 2);
        for (var i = 0; i < read; i++)
        {
            buffer[offset + 2 * i] = mono[i] * LeftVolume;
            buffer[offset + 2 * i + 1] = mono[i] * RightVolume;
        }
        return read * 2;
    }
}

/// <summary>Two channels to one: their weighted sum.</summary>
public class StereoToMonoSampleProvider : ISampleProvider
{
    private readonly ISampleProvider source;
    private float[] stereo = [];

    public StereoToMonoSampleProvider(ISampleProvider sourceProvider)
    {
        ArgumentNullException.ThrowIfNull(sourceProvider);
        if (sourceProvider.WaveFormat.Channels != 2) throw new ArgumentException("Source must be stereo");
        source = sourceProvider;
        WaveFormat = WaveFormat.CreateIeeeFloatWaveFormat(source.WaveFormat.SampleRate, 1);
    }

    public WaveFormat WaveFormat { get; }
    public float LeftVolume { get; set; } = 0.5f;
    public float RightVolume { get; set; } = 0.5f;

    public int Read(float[] buffer, int offset, int count)
    {
        if (stereo.Length < count * 2) stereo = new float[count * 2];
        var read = source.Read(stereo, 0, count * 2) / 2;
        for (var i = 0; i < read; i++) buffer[offset + i] = stereo[2 * i] * LeftVolume + stereo[2 * i + 1] * RightVolume;
        return read;
    }
}

/// <summary>Louder or quieter.</summary>
public class VolumeSampleProvider(ISampleProvider source) : ISampleProvider
{
    public WaveFormat WaveFormat => source.WaveFormat;
    public float Volume { get; set; } = 1f;

    public int Read(float[] buffer, int offset, int sampleCount)
    {
        var read = source.Read(buffer, offset, sampleCount);
        if (Volume != 1f)
            for (var i = 0; i < read; i++) buffer[offset + i] *= Volume;
        return read;
    }
}

/// <summary>One source after the other.</summary>
public class ConcatenatingSampleProvider : ISampleProvider
{
    private readonly ISampleProvider[] providers;
    private int current;

    public ConcatenatingSampleProvider(IEnumerable<ISampleProvider> providers)
    {
        ArgumentNullException.ThrowIfNull(providers);
        this.providers = [.. providers];
        if (this.providers.Length == 0) throw new ArgumentException("Must provide at least one input", nameof(providers));
        if (this.providers.Any(p => p.WaveFormat.Channels != WaveFormat.Channels)) throw new ArgumentException("All inputs must have the same channel count", nameof(providers));
        if (this.providers.Any(p => p.WaveFormat.SampleRate != WaveFormat.SampleRate)) throw new ArgumentException("All inputs must have the same sample rate", nameof(providers));
    }

    public WaveFormat WaveFormat => providers[0].WaveFormat;

    public int Read(float[] buffer, int offset, int count)
    {
        var done = 0;
        while (done < count && current < providers.Length)
        {
            var read = providers[current].Read(buffer, offset + done, count - done);
            if (read == 0) current++;
            done += read;
        }
        return done;
    }
}

/// <summary>The sum of its inputs; an input that has ended is dropped.</summary>
public class MixingSampleProvider : ISampleProvider
{
    private readonly List<ISampleProvider> sources = [];
    private WaveFormat? format;
    private float[] one = [];

    public MixingSampleProvider(WaveFormat waveFormat)
    {
        ArgumentNullException.ThrowIfNull(waveFormat);
        if (waveFormat.Encoding != WaveFormatEncoding.IeeeFloat) throw new ArgumentException("Mixer wave format must be IEEE float");
        format = waveFormat;
    }

    public MixingSampleProvider(IEnumerable<ISampleProvider> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        foreach (var source in sources) AddMixerInput(source);
        if (this.sources.Count == 0) throw new ArgumentException("Must provide at least one input in this constructor");
    }

    public WaveFormat WaveFormat => format!;
    public IEnumerable<ISampleProvider> MixerInputs => sources;
    /// <summary>Whether silence follows the last input for ever.</summary>
    public bool ReadFully { get; set; }

    public void AddMixerInput(ISampleProvider mixerInput)
    {
        ArgumentNullException.ThrowIfNull(mixerInput);
        lock (sources)
        {
            format ??= mixerInput.WaveFormat;
            if (format.SampleRate != mixerInput.WaveFormat.SampleRate || format.Channels != mixerInput.WaveFormat.Channels)
                throw new ArgumentException("All mixer inputs must have the same WaveFormat");
            sources.Add(mixerInput);
        }
    }

    public void RemoveMixerInput(ISampleProvider mixerInput)
    {
        lock (sources) sources.Remove(mixerInput);
    }

    public void RemoveAllMixerInputs()
    {
        lock (sources) sources.Clear();
    }

    public int Read(float[] buffer, int offset, int count)
    {
        if (one.Length < count) one = new float[count];
        Array.Clear(buffer, offset, count);
        var longest = 0;
        lock (sources)
        {
            for (var i = sources.Count - 1; i >= 0; i--)
            {
                var read = sources[i].Read(one, 0, count);
                for (var n = 0; n < read; n++) buffer[offset + n] += one[n];
                longest = Math.Max(longest, read);
                if (read < count) sources.RemoveAt(i);
            }
        }
        return ReadFully ? count : longest;
    }
}
