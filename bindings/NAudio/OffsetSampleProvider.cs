namespace NAudio.Wave.SampleProviders;

/// <summary>Silence before a source, then a part of it, then silence after it. Counts are of samples, all channels counted.</summary>
public class OffsetSampleProvider(ISampleProvider sourceProvider) : ISampleProvider
{
    private int position;
    private int delay;
    private int skip;
    private int take;
    private int leadOut;
    private bool skipped;
    private int sourceEnd = -1;

    public WaveFormat WaveFormat => sourceProvider.WaveFormat;

    public int DelayBySamples { get => delay; set => delay = Checked(value, nameof(DelayBySamples)); }
    public int SkipOverSamples { get => skip; set => skip = Checked(value, nameof(SkipOverSamples)); }
    /// <summary>0 takes everything.</summary>
    public int TakeSamples { get => take; set => take = Checked(value, nameof(TakeSamples)); }
    public int LeadOutSamples { get => leadOut; set => leadOut = Checked(value, nameof(LeadOutSamples)); }

    public TimeSpan DelayBy { get => ToTime(delay); set => DelayBySamples = ToSamples(value); }
    public TimeSpan SkipOver { get => ToTime(skip); set => SkipOverSamples = ToSamples(value); }
    public TimeSpan Take { get => ToTime(take); set => TakeSamples = ToSamples(value); }
    public TimeSpan LeadOut { get => ToTime(leadOut); set => LeadOutSamples = ToSamples(value); }

    public int Read(float[] buffer, int offset, int count)
    {
        SkipOnce(count);
        var done = 0;
        if (position < delay)
        {
            done = Math.Min(count, delay - position);
            Array.Clear(buffer, offset, done);
        }
        while (done < count && sourceEnd < 0)
        {
            var wanted = count - done;
            if (take > 0) wanted = Math.Min(wanted, delay + take - (position + done));
            var read = wanted > 0 ? sourceProvider.Read(buffer, offset + done, wanted) : 0;
            if (read == 0) sourceEnd = position + done;
            done += read;
        }
        if (sourceEnd >= 0 && done < count)
        {
            var silence = Math.Min(count - done, sourceEnd + leadOut - (position + done));
            Array.Clear(buffer, offset + done, silence);
            done += silence;
        }
        position += done;
        return done;
    }

    private void SkipOnce(int count)
    {
        if (skipped) return;
        skipped = true;
        var scratch = new float[Math.Max(count, WaveFormat.Channels)];
        for (var left = skip; left > 0;)
        {
            var read = sourceProvider.Read(scratch, 0, Math.Min(left, scratch.Length));
            if (read == 0) break;
            left -= read;
        }
    }

    private int Checked(int samples, string name) =>
        position > 0 ? throw new InvalidOperationException("Can't set " + name + " after calling Read")
        : samples % WaveFormat.Channels != 0 ? throw new ArgumentException(name + " must be a multiple of WaveFormat.Channels")
        : samples;

    private int ToSamples(TimeSpan time) => (int)(time.TotalSeconds * WaveFormat.SampleRate) * WaveFormat.Channels;

    private TimeSpan ToTime(int samples) => TimeSpan.FromSeconds((double)samples / WaveFormat.Channels / WaveFormat.SampleRate);
}
