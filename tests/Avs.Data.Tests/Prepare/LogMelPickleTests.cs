using Avs.Data.Audio;
using Avs.Data.Prepare;

namespace Avs.Data.Tests.Prepare;

public sealed class LogMelPickleTests
{
    // The number that every legacy torch.save stream begins with, as a pickle of its own: 0x1950a86a20f9469cfc6c.
    private const string LegacyMagic = "80028A0A6CFC9C46F9206AA850192E";

    [Fact]
    public void The_file_has_the_size_of_those_that_AVSBench_gives_out() =>
        Assert.InRange(LogMelPickle.Encode(new float[5 * 6144]).Length, 122_880 + 200, 123_400);

    [Fact]
    public void It_starts_with_the_rebuilding_of_a_tensor_from_a_legacy_stream()
    {
        var hex = Convert.ToHexString(LogMelPickle.Encode(new float[5 * 6144]));
        Assert.StartsWith("8003" + Hex("ctorch._utils\n_rebuild_tensor_v2\n(ctorch.storage\n_load_from_bytes\n") + "42", hex);
        Assert.Contains(LegacyMagic + "80024DE9032E", hex);
    }

    [Fact]
    public void It_ends_with_offset_size_and_strides()
    {
        var hex = Convert.ToHexString(LogMelPickle.Encode(new float[5 * 6144]));
        Assert.EndsWith("8552" + "4B00" + "284B054B014B604B4074" + "284D00184D00184B404B0174" + "89" + Hex("ccollections\nOrderedDict\n")
            + "295274522E", hex);
    }

    [Fact]
    public void The_values_are_little_endian_floats_behind_their_number()
    {
        var values = new float[6144];
        (values[0], values[^1]) = (1.5f, -2);
        var bytes = LogMelPickle.Encode(values);
        var at = bytes.AsSpan().IndexOf(Convert.FromHexString("0018000000000000" + "0000C03F"));
        Assert.True(at > 0);
        Assert.Equal(-2, BitConverter.ToSingle(bytes, at + 8 + 6143 * 4));
    }

    [Fact]
    public void The_reader_of_the_released_files_reads_it()
    {
        var path = Path.GetTempFileName();
        try
        {
            float[] values = [.. Enumerable.Range(0, 3 * 6144).Select(i => i * 0.25f - 4)];
            File.WriteAllBytes(path, LogMelPickle.Encode(values));
            Assert.Equal(values, LogMelFile.Read(path, 3));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Values_that_are_no_whole_examples_are_refused() =>
        Assert.Throws<ArgumentException>(() => LogMelPickle.Encode(new float[100]));

    private static string Hex(string text) => Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(text));
}
