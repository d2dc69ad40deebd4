using System.Buffers.Binary;
using System.Text;
using Avs.Core;
using Avs.Data.Audio;

namespace Avs.Data.Tests.Audio;

/// <summary>WAV files of 100 16-bit mono samples whose containers say what programs are known to write.</summary>
public sealed class WavReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("avs-wave-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static readonly byte[] Samples = [.. Enumerable.Range(0, 100).SelectMany(i => BitConverter.GetBytes((short)(100 * i)))];
    private static readonly byte[] Format = Part("fmt ", [1, 0, 1, 0, 0x80, 0x3E, 0, 0, 0, 0x7D, 0, 0, 2, 0, 16, 0]);

    private static byte[] Part(string name, byte[] content, uint? length = null, bool pad = true) =>
        [.. Encoding.ASCII.GetBytes(name), .. Number(length ?? (uint)content.Length), .. content,
            .. new byte[pad ? content.Length % 2 : 0]];

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Lengths(ulong data) => Part("ds64", [.. new byte[8], .. BitConverter.GetBytes(data), .. new byte[12]]);

    private static byte[] Riff(string name, uint length, params byte[][] parts) =>
        [.. Encoding.ASCII.GetBytes(name), .. Number(length), .. "WAVE"u8, .. parts.SelectMany(part => part)];

    private (double[] Mono, int SampleRate) Read(byte[] file)
    {
        var path = Path.Combine(folder, "s.wav");
        File.WriteAllBytes(path, file);
        return WavReader.Read(path);
    }

    private void IsWhole(byte[] file)
    {
        var (mono, rate) = Read(file);
        Assert.Equal(16_000, rate);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => 100 * i / 32768.0), mono);
    }

    private string Sentence(byte[] file) => Assert.Throws<DataException>(() => Read(file)).Message;

    [Theory]
    [InlineData(0xFFFFFFFF, 0xFFFFFFFF)] // ffmpeg
    [InlineData(0, 0)] // GStreamer
    [InlineData(0x7FFFF024, 0x7FFFF000)] // espeak
    [InlineData(0x80000024, 0x80000000)] // arecord
    [InlineData(0xFFFFFFFF, 0xFFFFFFDB)]
    public void A_length_that_a_program_could_not_know_means_to_the_end(uint whole, uint samples) =>
        IsWhole(Riff("RIFF", whole, Format, Part("LIST", "INFOISFT\u0002\0\0\0x\0"u8.ToArray()), Part("data", Samples, samples)));

    [Theory]
    [InlineData("RF64", 200UL)]
    [InlineData("BW64", 200UL)]
    [InlineData("RF64", 0UL)]
    [InlineData("RF64", ulong.MaxValue)]
    public void RF64_and_BW64_have_their_lengths_in_a_part_of_their_own(string name, ulong samples) =>
        IsWhole(Riff(name, 0xFFFFFFFF, Lengths(samples), Format, Part("data", Samples, 0xFFFFFFFF)));

    [Fact]
    public void Parts_behind_the_samples_of_an_RF64_are_no_samples() =>
        IsWhole(Riff("RF64", 0xFFFFFFFF, Lengths(200), Format, Part("data", Samples, 0xFFFFFFFF), Part("LIST", new byte[40])));

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(99_999)]
    public void The_length_of_the_whole_does_not_matter(uint length) =>
        IsWhole(Riff("RIFF", length, Format, Part("data", Samples), Part("LIST", new byte[40])));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_part_of_odd_length_may_lack_the_byte_that_fills_it_up(bool pad) =>
        IsWhole(Riff("RIFF", 0, Part("junk", new byte[7], pad: pad), Format, Part("data", Samples)));

    [Fact]
    public void Half_a_sample_at_the_end_is_left_out() =>
        IsWhole(Riff("RIFF", 0xFFFFFFFF, Format, Part("data", [.. Samples, 7], 0xFFFFFFFF, pad: false)));

    [Fact]
    public void An_empty_part_before_others_holds_no_samples()
    {
        Assert.EndsWith("holds no samples", Sentence(Riff("RIFF", 0, Format, Part("data", []), Part("LIST", new byte[40]))));
        Assert.EndsWith("holds no samples", Sentence(Riff("RIFF", 0, Format, Part("data", []))));
    }

    [Theory]
    [InlineData(201)]
    [InlineData(2_000_000)]
    public void A_length_that_a_program_knew_is_a_promise(uint length) =>
        Assert.EndsWith($"promises {length} bytes of samples in its header but holds 200",
            Sentence(Riff("RIFF", 0, Format, Part("data", Samples, length))));

    [Fact]
    public void An_RF64_that_was_cut_short_is_refused() =>
        Assert.EndsWith("promises 300 bytes of samples in its header but holds 200",
            Sentence(Riff("RF64", 0xFFFFFFFF, Lengths(300), Format, Part("data", Samples, 0xFFFFFFFF))));

    [Fact]
    public void Wave64_is_told_by_its_name() =>
        Assert.EndsWith("is a Wave64 file, expected a WAV file (RIFF … WAVE)",
            Sentence([.. "riff"u8, 0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 4, 0xC1, 0, 0]));
}
