using NAudio.Wave.SampleProviders;

namespace NAudio.Wave;

/// <summary>Writes a WAV file; the header is completed when the writer is flushed or disposed.</summary>
public class WaveFileWriter : Stream
{
    private readonly Stream outStream;
    private readonly BinaryWriter writer;
    private readonly long factPosition = -1;
    private readonly long dataSizePosition;
    private readonly WaveFormat format;
    private long dataLength;
    private bool disposed;

    public WaveFileWriter(string filename, WaveFormat format)
        : this(new FileStream(filename, FileMode.Create, FileAccess.Write, FileShare.Read), format) => Filename = filename;

    /// <summary>Writes to a stream that can seek; disposing the writer disposes the stream.</summary>
    public WaveFileWriter(Stream outStream, WaveFormat format)
    {
        ArgumentNullException.ThrowIfNull(outStream);
        ArgumentNullException.ThrowIfNull(format);
        this.outStream = outStream;
        this.format = format;
        writer = new BinaryWriter(outStream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write("RIFF"u8);
        writer.Write(0);
        writer.Write("WAVE"u8);
        writer.Write("fmt "u8);
        format.Serialize(writer);
        if (format.Encoding != WaveFormatEncoding.Pcm)
        {
            writer.Write("fact"u8);
            writer.Write(4);
            factPosition = outStream.Position;
            writer.Write(0);
        }
        writer.Write("data"u8);
        dataSizePosition = outStream.Position;
        writer.Write(0);
    }

    public string? Filename { get; }
    public WaveFormat WaveFormat => format;
    public TimeSpan TotalTime => TimeSpan.FromSeconds((double)dataLength / format.AverageBytesPerSecond);

    /// <summary>Bytes of sound written so far.</summary>
    public override long Length => dataLength;
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;

    public override long Position
    {
        get => dataLength;
        set => throw new InvalidOperationException("Repositioning a WaveFileWriter is not supported");
    }

    /// <summary>Writes a whole file of 16-bit PCM.</summary>
    public static void CreateWaveFile16(string filename, ISampleProvider sourceProvider) =>
        CreateWaveFile(filename, new SampleToWaveProvider16(sourceProvider));

    public static void CreateWaveFile(string filename, IWaveProvider sourceProvider)
    {
        ArgumentNullException.ThrowIfNull(sourceProvider);
        using var target = new WaveFileWriter(filename, sourceProvider.WaveFormat);
        target.CopyFrom(sourceProvider);
    }

    /// <summary>Writes a whole file to a stream and leaves the stream open.</summary>
    public static void WriteWavFileToStream(Stream outStream, IWaveProvider sourceProvider)
    {
        ArgumentNullException.ThrowIfNull(sourceProvider);
        using var target = new WaveFileWriter(new NAudio.Utils.IgnoreDisposeStream(outStream), sourceProvider.WaveFormat);
        target.CopyFrom(sourceProvider);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (outStream.Length + count > uint.MaxValue) throw new ArgumentException("WAV file too large", nameof(count));
        outStream.Write(buffer, offset, count);
        dataLength += count;
    }

    /// <summary>Writes one sample in the format of the file; beyond -1..1 it is clipped to what the format holds.</summary>
    public void WriteSample(float sample)
    {
        var at = dataLength;
        switch (format.Encoding, format.BitsPerSample)
        {
            case (WaveFormatEncoding.Pcm, 16):
                writer.Write((short)(short.MaxValue * Math.Clamp(sample, -1f, 1f)));
                dataLength = at + 2;
                break;
            case (WaveFormatEncoding.Pcm, 24):
                var value = (int)(8388607.0 * Math.Clamp(sample, -1f, 1f));
                writer.Write((byte)value);
                writer.Write((byte)(value >> 8));
                writer.Write((byte)(value >> 16));
                dataLength = at + 3;
                break;
            case (WaveFormatEncoding.Pcm or WaveFormatEncoding.Extensible, 32) when SampleDecoder.Plain(format).Encoding == WaveFormatEncoding.Pcm:
                writer.Write((int)(int.MaxValue * (double)Math.Clamp(sample, -1f, 1f)));
                dataLength = at + 4;
                break;
            case (WaveFormatEncoding.IeeeFloat or WaveFormatEncoding.Extensible, 32):
                writer.Write(sample);
                dataLength = at + 4;
                break;
            default:
                throw new InvalidOperationException("Only 16, 24 or 32 bit PCM or IEEE float audio data supported");
        }
    }

    public void WriteSamples(float[] samples, int offset, int count)
    {
        ArgumentNullException.ThrowIfNull(samples);
        for (var i = 0; i < count; i++) WriteSample(samples[offset + i]);
    }

    public void WriteSamples(short[] samples, int offset, int count)
    {
        ArgumentNullException.ThrowIfNull(samples);
        for (var i = 0; i < count; i++)
        {
            if (format is { Encoding: WaveFormatEncoding.Pcm, BitsPerSample: 16 })
            {
                writer.Write(samples[offset + i]);
                dataLength += 2;
            }
            else WriteSample(samples[offset + i] / 32768f);
        }
    }

    /// <summary>Completes the header for what has been written, so that a reader may open the file.</summary>
    public override void Flush()
    {
        var position = outStream.Position;
        CompleteHeader();
        outStream.Position = position;
        outStream.Flush();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Cannot read from a WaveFileWriter");
    public override long Seek(long offset, SeekOrigin origin) => throw new InvalidOperationException("Cannot seek within a WaveFileWriter");
    public override void SetLength(long value) => throw new InvalidOperationException("Cannot set length of a WaveFileWriter");

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            disposed = true;
            try
            {
                if (dataLength % 2 == 1) writer.Write((byte)0);
                CompleteHeader();
            }
            finally
            {
                writer.Dispose();
                outStream.Dispose();
            }
        }
        base.Dispose(disposing);
    }

    private void CopyFrom(IWaveProvider source)
    {
        var buffer = new byte[source.WaveFormat.BlockAlign * 4096];
        for (int read; (read = source.Read(buffer, 0, buffer.Length)) > 0;) Write(buffer, 0, read);
    }

    private void CompleteHeader()
    {
        writer.Flush();
        writer.Seek(4, SeekOrigin.Begin);
        writer.Write((uint)(outStream.Length - 8));
        if (factPosition >= 0)
        {
            writer.Seek((int)factPosition, SeekOrigin.Begin);
            writer.Write((uint)(dataLength / format.BlockAlign));
        }
        writer.Seek((int)dataSizePosition, SeekOrigin.Begin);
        writer.Write((uint)dataLength);
        writer.Flush();
    }
}
