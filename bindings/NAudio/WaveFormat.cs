namespace NAudio.Wave;

public enum WaveFormatEncoding : ushort
{
    Unknown = 0, Pcm = 1, Adpcm = 2, IeeeFloat = 3, ALaw = 6, MuLaw = 7, Gsm610 = 0x31, MpegLayer3 = 0x55, Extensible = 0xFFFE,
}

/// <summary>How sound lies in bytes: the `fmt ` chunk of a WAV file.</summary>
public class WaveFormat
{
    protected WaveFormatEncoding waveFormatTag;
    protected short channels;
    protected int sampleRate;
    protected int averageBytesPerSecond;
    protected short blockAlign;
    protected short bitsPerSample;
    protected short extraSize;

    public WaveFormat() : this(44100, 16, 2) { }

    public WaveFormat(int sampleRate, int channels) : this(sampleRate, 16, channels) { }

    public WaveFormat(int rate, int bits, int channels)
    {
        if (channels < 1) throw new ArgumentOutOfRangeException(nameof(channels), "Channels must be 1 or greater");
        waveFormatTag = WaveFormatEncoding.Pcm;
        this.channels = (short)channels;
        sampleRate = rate;
        bitsPerSample = (short)bits;
        blockAlign = (short)(channels * (bits / 8));
        averageBytesPerSecond = sampleRate * blockAlign;
    }

    public WaveFormatEncoding Encoding => waveFormatTag;
    public int Channels => channels;
    public int SampleRate => sampleRate;
    public int AverageBytesPerSecond => averageBytesPerSecond;
    /// <summary>Bytes of one sample of every channel.</summary>
    public virtual int BlockAlign => blockAlign;
    public int BitsPerSample => bitsPerSample;
    public int ExtraSize => extraSize;

    public static WaveFormat CreateIeeeFloatWaveFormat(int sampleRate, int channels) =>
        CreateCustomFormat(WaveFormatEncoding.IeeeFloat, sampleRate, channels, sampleRate * channels * 4, channels * 4, 32);

    public static WaveFormat CreateCustomFormat(WaveFormatEncoding tag, int sampleRate, int channels, int averageBytesPerSecond, int blockAlign,
        int bitsPerSample) => new()
        {
            waveFormatTag = tag,
            channels = (short)channels,
            sampleRate = sampleRate,
            averageBytesPerSecond = averageBytesPerSecond,
            blockAlign = (short)blockAlign,
            bitsPerSample = (short)bitsPerSample,
            extraSize = 0,
        };

    /// <summary>Reads the body of a `fmt ` chunk.</summary>
    public static WaveFormat FromFormatChunk(BinaryReader br, int formatChunkLength)
    {
        ArgumentNullException.ThrowIfNull(br);
        if (formatChunkLength < 16) throw new InvalidDataException("Invalid WaveFormat Structure");
        var format = CreateCustomFormat((WaveFormatEncoding)br.ReadUInt16(), 0, 1, 0, 0, 0);
        format.channels = br.ReadInt16();
        format.sampleRate = br.ReadInt32();
        format.averageBytesPerSecond = br.ReadInt32();
        format.blockAlign = br.ReadInt16();
        format.bitsPerSample = br.ReadInt16();
        if (formatChunkLength <= 16) return format;

        var extra = br.ReadBytes(formatChunkLength - 16);
        if (extra.Length < formatChunkLength - 16) throw new InvalidDataException("Invalid WaveFormat Structure");
        format.extraSize = extra.Length >= 2 ? BitConverter.ToInt16(extra) : (short)0;
        return format.Encoding == WaveFormatEncoding.Extensible && extra.Length >= 24 ? new WaveFormatExtensible(format, extra) : format;
    }

    public int ConvertLatencyToByteSize(int milliseconds)
    {
        var bytes = (int)(AverageBytesPerSecond / 1000.0 * milliseconds);
        return bytes % BlockAlign == 0 ? bytes : bytes + BlockAlign - bytes % BlockAlign;
    }

    /// <summary>Writes the length and the body of a `fmt ` chunk.</summary>
    public virtual void Serialize(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(18 + extraSize);
        writer.Write((ushort)Encoding);
        writer.Write((short)Channels);
        writer.Write(SampleRate);
        writer.Write(AverageBytesPerSecond);
        writer.Write((short)BlockAlign);
        writer.Write((short)BitsPerSample);
        writer.Write(extraSize);
    }

    public override string ToString() => Encoding switch
    {
        WaveFormatEncoding.Pcm or WaveFormatEncoding.Extensible => $"{BitsPerSample} bit PCM: {SampleRate}Hz {Channels} channels",
        WaveFormatEncoding.IeeeFloat => $"{BitsPerSample} bit IEEFloat: {SampleRate}Hz {Channels} channels",
        _ => Encoding.ToString(),
    };

    public override bool Equals(object? obj) =>
        obj is WaveFormat other && Encoding == other.Encoding && Channels == other.Channels && SampleRate == other.SampleRate
        && AverageBytesPerSecond == other.AverageBytesPerSecond && BlockAlign == other.BlockAlign && BitsPerSample == other.BitsPerSample;

    public override int GetHashCode() => HashCode.Combine(Encoding, Channels, SampleRate, AverageBytesPerSecond, BlockAlign, BitsPerSample);
}

/// <summary>WAVE_FORMAT_EXTENSIBLE: the encoding is a GUID, and the loudspeakers are named.</summary>
public class WaveFormatExtensible : WaveFormat
{
    private static readonly Guid Pcm = new("00000001-0000-0010-8000-00aa00389b71");
    private static readonly Guid IeeeFloat = new("00000003-0000-0010-8000-00aa00389b71");

    private readonly short validBitsPerSample;
    private readonly int channelMask;

    public WaveFormatExtensible(int rate, int bits, int channels) : base(rate, bits, channels)
    {
        waveFormatTag = WaveFormatEncoding.Extensible;
        extraSize = 22;
        validBitsPerSample = (short)bits;
        channelMask = (1 << channels) - 1;
        SubFormat = bits == 32 ? IeeeFloat : Pcm;
    }

    internal WaveFormatExtensible(WaveFormat header, byte[] extra)
    {
        waveFormatTag = WaveFormatEncoding.Extensible;
        channels = (short)header.Channels;
        sampleRate = header.SampleRate;
        averageBytesPerSecond = header.AverageBytesPerSecond;
        blockAlign = (short)header.BlockAlign;
        bitsPerSample = (short)header.BitsPerSample;
        extraSize = 22;
        validBitsPerSample = BitConverter.ToInt16(extra, 2);
        channelMask = BitConverter.ToInt32(extra, 4);
        SubFormat = new Guid(extra.AsSpan(8, 16));
    }

    public Guid SubFormat { get; }

    public WaveFormat ToStandardWaveFormat() =>
        SubFormat == IeeeFloat ? CreateCustomFormat(WaveFormatEncoding.IeeeFloat, sampleRate, channels, averageBytesPerSecond, blockAlign, bitsPerSample)
        : SubFormat == Pcm ? new WaveFormat(sampleRate, bitsPerSample, channels)
        : this;

    public override void Serialize(BinaryWriter writer)
    {
        base.Serialize(writer);
        writer.Write(validBitsPerSample);
        writer.Write(channelMask);
        writer.Write(SubFormat.ToByteArray());
    }
}
