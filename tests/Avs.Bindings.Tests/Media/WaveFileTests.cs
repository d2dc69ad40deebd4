using NAudio.Wave;
using NAudio.Wave.SampleProviders;

namespace Avs.Bindings.Tests.Media;

public class WaveFileTests : TempFolder
{
    private static readonly float[] Samples = [0f, 0.5f, -0.5f, 0.25f, -1f, 0.125f];

    private static float[] ReadAll(ISampleProvider provider)
    {
        var all = new List<float>();
        var buffer = new float[64 * provider.WaveFormat.Channels];
        for (int read; (read = provider.Read(buffer, 0, buffer.Length)) > 0;) all.AddRange(buffer.AsSpan(0, read).ToArray());
        return [.. all];
    }

    private string Write(WaveFormat format, params float[] samples)
    {
        var file = PathTo("sound.wav");
        using var writer = new WaveFileWriter(file, format);
        writer.WriteSamples(samples, 0, samples.Length);
        return file;
    }

    private static WaveFormat Format(string name) => name switch
    {
        "pcm16" => new WaveFormat(16000, 16, 2),
        "pcm24" => new WaveFormat(16000, 24, 2),
        "pcm32" => new WaveFormat(16000, 32, 2),
        _ => WaveFormat.CreateIeeeFloatWaveFormat(16000, 2),
    };

    [Theory]
    [InlineData("pcm16", 1 / 32000.0)]
    [InlineData("pcm24", 1 / 8e6)]
    [InlineData("pcm32", 1e-7)]
    [InlineData("float", 0)]
    public void Samples_written_are_read_back(string format, double tolerance)
    {
        using var reader = new WaveFileReader(Write(Format(format), Samples));
        Assert.Equal(Format(format), reader.WaveFormat);
        Assert.Equal(3, reader.SampleCount);
        var back = ReadAll(reader.ToSampleProvider());
        Assert.Equal(Samples.Length, back.Length);
        for (var i = 0; i < back.Length; i++) Assert.InRange(Math.Abs(back[i] - Samples[i]), 0, tolerance + 1e-9);
    }

    [Fact]
    public void Eight_bit_sound_is_centred_on_128()
    {
        var file = PathTo("eight.wav");
        using (var writer = new WaveFileWriter(file, new WaveFormat(44100, 8, 1))) writer.Write([0, 128, 192, 255, 64], 0, 5);
        using var reader = new WaveFileReader(file);
        Assert.Equal([-1f, 0f, 0.5f, 127 / 128f, -0.5f], ReadAll(reader.ToSampleProvider()));
        Assert.Equal(0, new FileInfo(file).Length % 2);
    }

    [Theory]
    [InlineData(1, 8, false)]
    [InlineData(1, 16, false)]
    [InlineData(1, 16, true)]
    [InlineData(1, 24, true)]
    [InlineData(1, 32, true)]
    [InlineData(3, 32, false)]
    [InlineData(3, 32, true)]
    [InlineData(3, 64, true)]
    public void Every_encoding_is_read_byte_for_byte(int tag, int bits, bool extensible)
    {
        // Laid out by hand, with a chunk of odd length before the sound, as ffmpeg's LIST chunk is.
        var file = PathTo("by_hand.wav");
        using (var w = new BinaryWriter(File.Create(file)))
        {
            w.Write([.. "RIFF"u8, 0, 0, 0, 0, .. "WAVEfmt "u8]);
            w.Write(extensible ? 40 : 16);
            w.Write((ushort)(extensible ? 0xFFFE : tag));
            w.Write((short)2);
            w.Write(16000);
            w.Write(16000 * 2 * bits / 8);
            w.Write((short)(2 * bits / 8));
            w.Write((short)bits);
            if (extensible)
            {
                w.Write([22, 0, (byte)bits, 0, 3, 0, 0, 0, (byte)tag, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
            }
            w.Write([.. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0, .. "data"u8]);
            w.Write(4 * bits / 8);
            foreach (var sample in new[] { 0.0, 0.5, -0.5, -1.0 })
            {
                byte[] raw = (tag, bits) switch
                {
                    (1, 8) => [(byte)(128 + 128 * sample)],
                    (1, _) => BitConverter.GetBytes((long)(sample * Math.Pow(2, bits - 1)))[..(bits / 8)],
                    (_, 32) => BitConverter.GetBytes((float)sample),
                    _ => BitConverter.GetBytes(sample),
                };
                w.Write(raw);
            }
        }
        using var reader = new WaveFileReader(file);
        Assert.Equal((2L, 2, 16000, bits), (reader.SampleCount, reader.WaveFormat.Channels, reader.WaveFormat.SampleRate, reader.WaveFormat.BitsPerSample));
        Assert.Equal(2 / 16000.0, reader.TotalTime.TotalSeconds, 6);
        Assert.Equal([0f, 0.5f, -0.5f, -1f], ReadAll(reader.ToSampleProvider()));
    }

    [Fact]
    public void Frames_come_one_at_a_time_until_null()
    {
        using var reader = new WaveFileReader(Write(Format("float"), Samples));
        Assert.Equal([0f, 0.5f], reader.ReadNextSampleFrame()!);
        Assert.Equal([-0.5f, 0.25f], reader.ReadNextSampleFrame()!);
        Assert.Equal([-1f, 0.125f], reader.ReadNextSampleFrame()!);
        Assert.Null(reader.ReadNextSampleFrame());
    }

    [Fact]
    public void Reading_starts_where_the_position_was_set()
    {
        using var reader = new WaveFileReader(Write(Format("pcm16"), Samples)) { Position = 4 };
        Assert.Equal(-0.5f, reader.ReadNextSampleFrame()![0], 3);
    }

    [Fact]
    public void A_file_that_is_no_wave_file_is_a_format_exception()
    {
        File.WriteAllText(PathTo("garbage.wav"), "this is not a sound, however long it may go on being one");
        var e = Assert.Throws<FormatException>(() => new WaveFileReader(PathTo("garbage.wav")));
        Assert.Equal("Not a WAVE file - no RIFF header", e.Message);
    }

    [Fact]
    public void A_file_without_sound_is_a_format_exception()
    {
        File.WriteAllBytes(PathTo("headless.wav"), [.. "RIFF"u8, 4, 0, 0, 0, .. "WAVE"u8]);
        Assert.Throws<FormatException>(() => new WaveFileReader(PathTo("headless.wav")));
    }

    [Fact]
    public void A_file_of_no_bytes_is_an_end_of_stream()
    {
        File.WriteAllBytes(PathTo("empty.wav"), []);
        Assert.Throws<EndOfStreamException>(() => new WaveFileReader(PathTo("empty.wav")));
    }

    [Fact]
    public void A_file_cut_short_yields_fewer_bytes_than_its_length()
    {
        var file = Write(Format("pcm16"), Samples);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^4]);
        using var reader = new WaveFileReader(file);
        Assert.Equal(12, reader.Length);
        Assert.Equal(8, reader.Read(new byte[12], 0, 12));
    }

    [Fact]
    public void Sixteen_bit_files_are_made_from_any_source_and_clip()
    {
        var file = PathTo("clipped.wav");
        WaveFileWriter.CreateWaveFile16(file, new ArraySource(1, 16000, 2f, -2f, 0.5f));
        using var reader = new WaveFileReader(file);
        Assert.Equal(new WaveFormat(16000, 16, 1), reader.WaveFormat);
        var raw = new byte[6];
        Assert.Equal(6, reader.Read(raw, 0, 6));
        Assert.Equal([32767, -32767, 16383], new[] { 0, 2, 4 }.Select(i => (int)BitConverter.ToInt16(raw, i)));
    }

    [Fact]
    public void A_stream_can_be_written_and_stays_open()
    {
        using var stream = new MemoryStream();
        WaveFileWriter.WriteWavFileToStream(stream, new ArraySource(2, 8000, 0.5f, -0.5f).ToWaveProvider16());
        stream.Position = 0;
        using var reader = new WaveFileReader(stream);
        Assert.Equal((1L, 8000), (reader.SampleCount, reader.WaveFormat.SampleRate));
    }
}

/// <summary>Samples out of an array.</summary>
internal sealed class ArraySource(int channels, int rate, params float[] samples) : ISampleProvider
{
    private int at;

    public WaveFormat WaveFormat { get; } = WaveFormat.CreateIeeeFloatWaveFormat(rate, channels);

    public int Read(float[] buffer, int offset, int count)
    {
        count = Math.Min(count, samples.Length - at);
        Array.Copy(samples, at, buffer, offset, count);
        at += count;
        return count;
    }
}
