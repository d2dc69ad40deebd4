using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Media;
using Avs.Data.Tests.AvsBench;
using NAudio.Wave;

namespace Avs.Data.Tests.Media;

public sealed class FileReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("avs-files-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string At(string name) => Path.Combine(folder, name);

    private string Png()
    {
        TinyBench.WriteRgb(At("p.png"), 20, 30, (y, x) => ((byte)x, (byte)y, 200));
        return At("p.png");
    }

    private string Wave(WaveFormat? format = null)
    {
        TinyBench.WriteWave(At("s.wav"), format ?? new WaveFormat(16_000, 16, 2), 1, t => 0.5 * Math.Sin(2 * Math.PI * 440 * t));
        return At("s.wav");
    }

    private static string Sentence(Action read) => Assert.Throws<DataException>(read).Message;

    [Fact]
    public void A_frame_is_read_as_rgb()
    {
        var (rgb, height, width) = FrameReader.Read(Png());
        Assert.Equal((20, 30), (height, width));
        Assert.Equal([7, 3, 200], rgb[((3 * 30 + 7) * 3)..((3 * 30 + 7) * 3 + 3)]);
    }

    [Fact]
    public void A_grey_mask_is_one_from_128_on()
    {
        TinyBench.WriteGrey(At("m.png"), 1, 4, (_, x) => new byte[] { 0, 127, 128, 255 }[x]);
        Assert.Equal([0, 0, 1, 1], MaskReader.Read(At("m.png")).Mask);
    }

    [Fact]
    public void A_palette_mask_is_one_where_the_number_is_not_zero()
    {
        // 4x2 pixels of 2 bits, numbers 0 1 2 3 / 3 0 0 1, second row stored with the "up" filter; colours all black.
        File.WriteAllBytes(At("m.png"), PaletteFile(4, 2, 2, [0, 0b00_01_10_11, 2, unchecked((byte)(0b11_00_00_01 - 0b00_01_10_11))]));
        var (mask, height, width) = MaskReader.Read(At("m.png"));
        Assert.Equal((2, 4), (height, width));
        Assert.Equal([0, 1, 1, 1, 1, 0, 0, 1], mask);
    }

    [Theory]
    [InlineData(0.95)]
    [InlineData(0.5)]
    [InlineData(0.05)]
    public void A_truncated_png_is_refused(double share)
    {
        var bytes = File.ReadAllBytes(Png());
        File.WriteAllBytes(At("cut.png"), bytes[..(int)(bytes.Length * share)]);
        var sentence = Sentence(() => FrameReader.Read(At("cut.png")));
        Assert.Contains("cut.png", sentence);
    }

    [Fact]
    public void A_truncated_jpeg_is_refused()
    {
        TinyBench.WriteRgb(At("p.jpg"), 64, 64, (y, x) => ((byte)(x * 3), (byte)(y * 3), (byte)(x ^ y)));
        var bytes = File.ReadAllBytes(At("p.jpg"));
        File.WriteAllBytes(At("p.jpg"), bytes[..(bytes.Length / 2)]);
        Assert.Contains("is cut short", Sentence(() => FrameReader.Read(At("p.jpg"))));
    }

    [Fact]
    public void A_png_with_a_damaged_middle_is_refused()
    {
        var bytes = File.ReadAllBytes(Png());
        bytes[bytes.Length / 2] ^= 0x55;
        File.WriteAllBytes(At("bad.png"), bytes);
        Assert.Contains("is damaged", Sentence(() => FrameReader.Read(At("bad.png"))));
    }

    [Fact]
    public void An_empty_picture_file_is_refused()
    {
        File.WriteAllBytes(At("none.png"), []);
        Assert.Contains("is empty (0 bytes)", Sentence(() => FrameReader.Read(At("none.png"))));
    }

    [Fact]
    public void A_text_file_is_no_picture()
    {
        File.WriteAllText(At("text.png"), "hello, this is no picture");
        Assert.Contains("expected a PNG or JPEG picture", Sentence(() => FrameReader.Read(At("text.png"))));
    }

    [Fact]
    public void A_folder_is_no_picture()
    {
        Directory.CreateDirectory(At("folder.png"));
        Assert.Contains("is a folder, expected a file", Sentence(() => FrameReader.Read(At("folder.png"))));
    }

    [Theory]
    [InlineData(44_100, 8, 1, 0.01)]
    [InlineData(16_000, 16, 2, 1e-4)]
    [InlineData(48_000, 24, 2, 1e-6)]
    [InlineData(22_050, 32, 1, 1e-6)]
    public void A_wav_of_any_format_is_read(int rate, int bits, int channels, double tolerance)
    {
        var (mono, sampleRate) = WavReader.Read(Wave(new WaveFormat(rate, bits, channels)));
        Assert.Equal((rate, rate), (sampleRate, mono.Length));
        for (var i = 0; i < rate; i++)
            Assert.InRange(mono[i] - 0.5 * Math.Sin(2 * Math.PI * 440 * i / rate), -tolerance, tolerance);
    }

    [Fact]
    public void Channels_are_averaged()
    {
        using (var writer = new WaveFileWriter(At("lr.wav"), new WaveFormat(16_000, 16, 2)))
        {
            for (var i = 0; i < 100; i++)
                writer.WriteSamples([16_384, 8_192], 0, 2);
        }

        Assert.All(WavReader.Read(At("lr.wav")).Mono, value => Assert.Equal(0.375, value));
    }

    [Fact]
    public void An_empty_wav_file_is_refused()
    {
        File.WriteAllBytes(At("none.wav"), []);
        Assert.Contains("is empty (0 bytes)", Sentence(() => WavReader.Read(At("none.wav"))));
    }

    [Fact]
    public void A_wav_header_that_promises_more_than_the_file_holds_is_refused()
    {
        var bytes = File.ReadAllBytes(Wave());
        File.WriteAllBytes(At("s.wav"), bytes[..(bytes.Length / 3)]);
        Assert.Contains("in its header but holds", Sentence(() => WavReader.Read(At("s.wav"))));
    }

    [Fact]
    public void A_wav_header_with_impossible_blocks_is_refused()
    {
        var bytes = File.ReadAllBytes(Wave());
        bytes[32] = 7;
        File.WriteAllBytes(At("s.wav"), bytes);
        Assert.Contains("impossible sound format", Sentence(() => WavReader.Read(At("s.wav"))));
    }

    [Fact]
    public void A_wav_with_numbers_that_are_none_is_refused()
    {
        var path = Wave(WaveFormat.CreateIeeeFloatWaveFormat(16_000, 1));
        var bytes = File.ReadAllBytes(path);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 400), float.NaN);
        File.WriteAllBytes(path, bytes);
        Assert.Contains("not numbers", Sentence(() => WavReader.Read(path)));
    }

    [Fact]
    public void A_picture_is_no_wav() => Assert.Contains("expected a WAV file", Sentence(() => WavReader.Read(Png())));

    // A PNG with one IDAT chunk; checksums are not looked at for palette files, so they stay zero.
    private static byte[] PaletteFile(int width, int height, byte bits, byte[] rows)
    {
        using var file = new MemoryStream();
        void Chunk(string name, byte[] content)
        {
            file.Write([0, 0, 0, (byte)content.Length, .. System.Text.Encoding.ASCII.GetBytes(name), .. content, 0, 0, 0, 0]);
        }

        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk("IHDR", [0, 0, 0, (byte)width, 0, 0, 0, (byte)height, bits, 3, 0, 0, 0]);
        Chunk("PLTE", new byte[12]);
        using var packed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
            zlib.Write(rows);
        Chunk("IDAT", packed.ToArray());
        Chunk("IEND", []);
        return file.ToArray();
    }
}
