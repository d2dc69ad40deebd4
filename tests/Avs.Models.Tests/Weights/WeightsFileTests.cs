using System.IO.Compression;
using System.Text;
using Avs.Core;
using Avs.Core.Formats;
using Avs.Models.Weights;

namespace Avs.Models.Tests.Weights;

public sealed class WeightsFileTests : IDisposable
{
    private readonly WeightsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("12_zip.pth", WeightsFormat.TorchZip, 35)]
    [InlineData("12_legacy.pth", WeightsFormat.TorchLegacy, 35)]
    [InlineData("12_audio_log_mel.pkl", WeightsFormat.Pickle, 1)]
    [InlineData("12_pth_expected.safetensors", WeightsFormat.Safetensors, 35)]
    public void The_format_is_told_by_the_content_and_not_by_the_name(string fixture, WeightsFormat format, int tensors)
    {
        File.Copy(WeightsFolder.Fixture(fixture), folder.At("renamed.bin"));
        using var file = WeightsFile.Open(folder.At("renamed.bin"));
        Assert.Equal(format, file.Format);
        Assert.Equal(tensors, file.Entries.Count);
    }

    [Fact]
    public void A_model_that_was_saved_whole_is_refused_with_what_to_save_instead()
    {
        // What torch.save(model) writes: an object of a class of its own, whose state has a tensor w of two numbers.
        const string pickle = "\u0080\u0002cnets\nModel\n)R}X\u0001\0\0\0wctorch._utils\n_rebuild_tensor_v2\n"
            + "((X\u0007\0\0\0storagectorch\nFloatStorage\n"
            + "X\u0001\0\0\00X\u0003\0\0\0cpuK\u0002tQK\0K\u0002\u0085K\u0001\u0085\u0089ccollections\nOrderedDict\n)RtRsb.";
        using (var zip = ZipFile.Open(folder.At("model.pth"), ZipArchiveMode.Create))
        {
            foreach (var (name, content) in ((string, byte[])[])[("archive/data.pkl", Encoding.Latin1.GetBytes(pickle)),
                ("archive/data/0", new byte[8])])
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }

        Assert.Equal($"{folder.At("model.pth")} holds no tensors but 1 object (nets.Model) with 1 tensor in it, and objects are not read; "
            + "load it in Python and save the names and tensors: torch.save(model.state_dict(), 'weights.pth')",
            Assert.Throws<DataException>(() => WeightsFile.Open(folder.At("model.pth"))).Message);
    }

    [Fact]
    public void Every_format_gives_the_same_tensors()
    {
        using var expected = WeightsFile.Open(WeightsFolder.Fixture("12_pth_expected.safetensors"));
        foreach (var fixture in (string[])["12_zip.pth", "12_legacy.pth"])
        {
            using var file = WeightsFile.Open(WeightsFolder.Fixture(fixture));
            Assert.True(WeightsDiff.Of(file, expected).Same);
        }
    }

    [Theory]
    [InlineData("0123456789", "a text that begins with '0123456789'")]
    [InlineData("<!doctype html><title>Sign in</title>", "an HTML page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer")]
    [InlineData("\u0089PNG\r\n\u001a\n0000", "a file that begins with the bytes C28950")] // written as UTF-8
    [InlineData("\u0001\u0002\u0003456789", "a file that begins with the bytes 0102033435363738")]
    public void Another_file_is_refused_by_its_first_bytes(string content, string told)
    {
        File.WriteAllText(folder.At("notes.pth"), content);
        Assert.Contains($"expected safetensors or PyTorch's .pth, found {told}",
            Assert.Throws<DataException>(() => WeightsFile.Open(folder.At("notes.pth"))).Message);
    }

    [Theory]
    [InlineData("empty.pth", "is empty")]
    [InlineData("empty.safetensors", "too short")]
    public void An_empty_file_is_told(string name, string expected)
    {
        File.WriteAllBytes(folder.At(name), []);
        Assert.Contains(expected, Assert.Throws<DataException>(() => WeightsFile.Open(folder.At(name))).Message);
    }

    [Theory]
    [InlineData("12_zip.pth", "out.safetensors")]
    [InlineData("12_legacy.pth", "out.pth")]
    [InlineData("12_pth_expected.safetensors", "out.pt")]
    public void A_converted_file_is_the_same_bit_for_bit(string fixture, string target)
    {
        var report = WeightsConversion.Convert(WeightsFolder.Fixture(fixture), folder.At(target), new ConversionOptions());
        Assert.Equal(35, report.Tensors);
        using WeightsFile from = WeightsFile.Open(WeightsFolder.Fixture(fixture)), to = WeightsFile.Open(folder.At(target));
        Assert.True(WeightsDiff.Of(from, to).Same);
    }

    [Fact]
    public void A_conversion_takes_one_dictionary_out_of_a_checkpoint()
    {
        var report = WeightsConversion.Convert(
            WeightsFolder.Fixture("12_zip.pth"), folder.At("out.pth"), new ConversionOptions { Only = "state_dict/", StripPrefix = "0." });
        Assert.Equal((9, 26, 21), (report.Tensors, report.LeftOut, report.OtherValues));
        using var file = WeightsFile.Open(folder.At("out.pth"));
        Assert.Equal(["weight", "bias", "1.weight"], file.Entries.Take(3).Select(entry => entry.Name));
    }

    [Fact]
    public void A_conversion_says_which_tensors_hold_numbers_that_are_none()
    {
        var path = folder.Write("nan.pth", ("a", WeightsFolder.Counting(2)),
            ("b", new NumberArray(ElementType.F32, [1], BitConverter.GetBytes(float.NaN))));
        Assert.StartsWith("the tensor 'b' holds 1 of 1 numbers",
            Assert.Single(WeightsConversion.Convert(path, folder.At("out.safetensors"), new ConversionOptions()).NotFinite));
    }

    [Theory]
    [InlineData("\0\0\0 ftypisom\0\0\0\0mp42", "is not a safetensors file: it is a video or sound (MP4 or MOV)")]
    [InlineData("PK\u0003\u0004\0\0\0\0\0\0\0archive/data.pkl", "is not a safetensors file: it is a file of PyTorch or of Python's pickle")]
    [InlineData("seed: 1\n", "is not a safetensors file: it is a text (YAML?) that begins with 'seed: 1'")]
    public void Another_file_in_place_of_a_safetensors_file_is_told_for_what_it_is(string content, string told)
    {
        File.WriteAllText(folder.At("best.safetensors"), content);
        Assert.StartsWith($"{folder.At("best.safetensors")} {told}",
            Assert.Throws<DataException>(() => SafetensorsFile.Open(folder.At("best.safetensors"))).Message);
    }

    [Fact]
    public void A_conversion_does_not_overwrite()
    {
        File.WriteAllText(folder.At("mine.pth"), "mine");
        Assert.Contains("exists already",
            Assert.Throws<UsageException>(() =>
                WeightsConversion.Convert(WeightsFolder.Fixture("12_zip.pth"), folder.At("mine.pth"), new ConversionOptions())).Message);
        Assert.Equal("mine", File.ReadAllText(folder.At("mine.pth")));
    }

    [Fact]
    public void A_conversion_to_an_unknown_format_is_refused() => Assert.Contains("'.bin', expected .safetensors, .pth or .pt",
        Assert.Throws<UsageException>(() =>
            WeightsConversion.Convert(WeightsFolder.Fixture("12_zip.pth"), folder.At("out.bin"), new ConversionOptions())).Message);

    [Fact]
    public void A_conversion_that_would_name_two_tensors_alike_is_refused()
    {
        var path = folder.Write("two.pth", ("a.w", WeightsFolder.Counting(1)), ("w", WeightsFolder.Counting(2)));
        Assert.Contains("the tensors 'a.w' and 'w' would both be named 'w'",
            Assert.Throws<DataException>(() =>
                WeightsConversion.Convert(path, folder.At("out.pth"), new ConversionOptions { StripPrefix = "a." })).Message);
    }

    [Fact]
    public void A_difference_names_what_differs()
    {
        var changed = WeightsFolder.Counting(4);
        var bytes = changed.Bytes.ToArray();
        BitConverter.GetBytes(3.5f).CopyTo(bytes, 12); // 0, 1, 2, 3 -> 0, 1, 2, 3.5
        using var a = WeightsFile.Open(folder.Write("a.pth", ("same", WeightsFolder.Counting(2)), ("changed", changed),
            ("gone", WeightsFolder.Counting(1)), ("shape", WeightsFolder.Counting(4))));
        using var b = WeightsFile.Open(folder.Write("b.safetensors",
            ("same", WeightsFolder.Counting(2)), ("changed", changed with { Bytes = bytes }), ("new", WeightsFolder.Counting(1)),
                ("shape", WeightsFolder.Counting(2, 2))));
        var diff = WeightsDiff.Of(a, b);
        Assert.False(diff.Same);
        Assert.Equal(["gone"], diff.Missing);
        Assert.Equal(["new"], diff.Unexpected);
        Assert.Equal([new Reshaped("shape", "F32 [4]", "F32 [2, 2]")], diff.Reshaped);
        var item = Assert.Single(diff.Changed);
        Assert.Equal(("changed", 0.5), (item.Name, item.Largest));
        Assert.Equal(0.5 / Math.Sqrt(14), item.RelativeL2, 12);
        Assert.Equal(1, diff.Equal);
    }

    [Fact]
    public void A_number_against_none_differs_without_bound()
    {
        using var a = WeightsFile.Open(folder.Write("a.pth",
            ("x", new NumberArray(ElementType.F32, [1], BitConverter.GetBytes(1f)))));
        using var b = WeightsFile.Open(folder.Write("b.pth",
            ("x", new NumberArray(ElementType.F32, [1], BitConverter.GetBytes(float.NaN)))));
        Assert.Equal(double.PositiveInfinity, Assert.Single(WeightsDiff.Of(a, b).Changed).Largest);
    }
}
