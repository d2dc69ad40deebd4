namespace NAudio.Wave;

/// <summary>A source of sound in bytes.</summary>
public interface IWaveProvider
{
    WaveFormat WaveFormat { get; }

    /// <summary>Fills up to <paramref name="count"/> bytes; 0 at the end.</summary>
    int Read(byte[] buffer, int offset, int count);
}

/// <summary>A source of sound in floats, -1 to 1, channels interleaved.</summary>
public interface ISampleProvider
{
    WaveFormat WaveFormat { get; }

    /// <summary>Fills up to <paramref name="count"/> samples (all channels counted); fewer only at the end.</summary>
    int Read(float[] buffer, int offset, int count);
}

/// <summary>Sound in bytes that can be sought in.</summary>
public abstract class WaveStream : Stream, IWaveProvider
{
    public abstract WaveFormat WaveFormat { get; }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public virtual int BlockAlign => WaveFormat.BlockAlign;

    public virtual TimeSpan CurrentTime
    {
        get => TimeSpan.FromSeconds((double)Position / WaveFormat.AverageBytesPerSecond);
        set => Position = (long)(value.TotalSeconds * WaveFormat.AverageBytesPerSecond) / BlockAlign * BlockAlign;
    }

    public virtual TimeSpan TotalTime => TimeSpan.FromSeconds((double)Length / WaveFormat.AverageBytesPerSecond);

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => Position + offset, _ => Length + offset };

    public override void SetLength(long value) => throw new NotSupportedException("Can't set length of a WaveFormatString");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Can't write to a WaveFormatString");
}
