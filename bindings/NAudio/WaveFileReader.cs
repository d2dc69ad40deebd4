namespace NAudio.Wave;

/// <summary>Reads a WAV file: PCM of 8, 16, 24 or 32 bits, or 32-bit floats.</summary>
public class WaveFileReader : WaveStream
{
    private readonly object gate = new();
    private readonly Stream stream;
    private readonly bool ownsStream;
    private readonly long dataPosition;
    private readonly long dataLength;

    public WaveFileReader(string waveFile) : this(File.OpenRead(waveFile), ownsStream: true) { }

    public WaveFileReader(Stream inputStream) : this(inputStream, ownsStream: false) { }

    private WaveFileReader(Stream inputStream, bool ownsStream)
    {
        ArgumentNullException.ThrowIfNull(inputStream);
        stream = inputStream;
        this.ownsStream = ownsStream;
        try
        {
            (WaveFormat, dataPosition, dataLength) = ReadHeader(inputStream);
            Position = 0;
        }
        catch
        {
            if (ownsStream) inputStream.Dispose();
            throw;
        }
    }

    public override WaveFormat WaveFormat { get; }

    /// <summary>Bytes of sound, as the header says: a file cut short yields fewer.</summary>
    public override long Length => dataLength;

    /// <summary>Samples of each channel.</summary>
    public long SampleCount => WaveFormat.Encoding is WaveFormatEncoding.Pcm or WaveFormatEncoding.Extensible or WaveFormatEncoding.IeeeFloat
        ? dataLength / BlockAlign
        : throw new InvalidOperationException("Sample count can't be calculated for the given WaveFormat");

    public override long Position
    {
        get => stream.Position - dataPosition;
        set
        {
            lock (gate)
            {
                value = Math.Min(value, Length);
                stream.Position = value - value % BlockAlign + dataPosition;
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (count % BlockAlign != 0)
            throw new ArgumentException($"Must read complete blocks: requested {count}, block align is {BlockAlign}");
        lock (gate)
        {
            count = (int)Math.Min(count, Math.Max(0, Length - Position));
            return stream.ReadAtLeast(buffer.AsSpan(offset, count), count, throwOnEndOfStream: false);
        }
    }

    /// <summary>The next sample of every channel, or null at the end.</summary>
    public float[]? ReadNextSampleFrame()
    {
        if (!SampleDecoder.Knows(WaveFormat))
            throw new InvalidOperationException("Only 16, 24 or 32 bit PCM or IEEE float audio data supported");
        var raw = new byte[BlockAlign];
        if (Read(raw, 0, raw.Length) is 0) return null;
        var frame = new float[WaveFormat.Channels];
        SampleDecoder.Decode(WaveFormat, raw, frame);
        return frame;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsStream) stream.Dispose();
        base.Dispose(disposing);
    }

    private static (WaveFormat Format, long Position, long Length) ReadHeader(Stream stream)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.ASCII, leaveOpen: true);
        var riff = reader.ReadUInt32();
        if (riff != Chunk("RIFF")) throw new FormatException("Not a WAVE file - no RIFF header");
        reader.ReadUInt32();
        if (reader.ReadUInt32() != Chunk("WAVE")) throw new FormatException("Not a WAVE file - no WAVE header");

        WaveFormat? format = null;
        long position = -1, length = 0;
        while (stream.Length - stream.Position >= 8)
        {
            var id = reader.ReadUInt32();
            var size = reader.ReadUInt32();
            var start = stream.Position;
            if (id == Chunk("data") && position < 0) (position, length) = (start, size);
            else if (id == Chunk("fmt ") && format is null)
            {
                if (size > int.MaxValue) throw new InvalidDataException("Format chunk length must be between 0 and 2147483647.");
                format = WaveFormat.FromFormatChunk(reader, (int)size);
            }
            // Chunks are padded to an even length.
            stream.Position = Math.Min(start + size + (size & 1), stream.Length);
        }
        if (format is null) throw new FormatException("Invalid WAV file - No fmt chunk found");
        if (position < 0) throw new FormatException("Invalid WAV file - No data chunk found");
        if (format.BlockAlign < 1 || format.Channels < 1 || format.SampleRate < 1)
            throw new FormatException($"Invalid WAV file - {format.Channels} channels of {format.BlockAlign} bytes at {format.SampleRate} Hz");
        return (format, position, length);
    }

    private static uint Chunk(string name) => (uint)(name[0] | (name[1] << 8) | (name[2] << 16) | (name[3] << 24));
}
