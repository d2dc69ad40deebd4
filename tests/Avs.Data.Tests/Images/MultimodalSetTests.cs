using Avs.Core;
using Avs.Core.Formats;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Data.Tests.AvsBench;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Data.Tests.Images;

public sealed class MultimodalSetTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("avs-multimodal-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private string At(params string[] parts)
    {
        var path = Path.Combine([root, .. parts]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private MultimodalTensors Open(string name, Split split = Split.Train, Func<ImageSetOptions, ImageSetOptions>? change = null)
    {
        var options = new ImageSetOptions { Root = root };
        return MultimodalSets.Open(name, split, change?.Invoke(options) ?? options);
    }

    private string Sentence(string name, Split split = Split.Train) =>
        Assert.ThrowsAny<AvsException>(() => Open(name, split).Dispose()).Message;

    private const int Examples = 6, ImageSize = 3 * 32 * 32;

    // Value at of modality m of example i is (at + 10 m + i) mod 251.
    private static byte Value(int modality, int example, int at) => (byte)((at + 10 * modality + example) % 251);

    private void WriteFile(Func<ModalityPixels, ModalityPixels>? modality = null, Func<Factor, Factor>? factor = null)
    {
        var pixels = Enumerable.Range(0, 5).Select(m => new ModalityPixels($"m{m}", 3, 32, 32,
            [.. Enumerable.Range(0, Examples * ImageSize).Select(at => Value(m, at / ImageSize, at % ImageSize))]));
        Factor[] factors =
        [
            new("digit", ["0", "1", "2"], [0, 1, 2, 0, 1, 2], null),
            .. Enumerable.Range(0, 5).Select(m => new Factor("quadrant", PolyDigitsSet.Quadrants, [m % 4, 1, 2, 3, 0, 1], m)),
            .. Enumerable.Range(0, 5).Select(m => new Factor("background", ["a", "b"], [0, 1, 0, 1, 0, m % 2], m)),
        ];
        MultimodalFile.Write(At("train.safetensors"), [.. pixels.Select(modality ?? (it => it))], [.. factors.Select(factor ?? (it => it))],
            new Dictionary<string, string>());
    }

    // The file with some of its tensors changed or left out.
    private void Rewrite(Func<SafetensorsValue, SafetensorsValue?> change, Func<string, string?>? classes = null)
    {
        WriteFile();
        SafetensorsValue[] values;
        Dictionary<string, string> metadata;
        using (var file = SafetensorsFile.Open(At("train.safetensors")))
        {
            values = [.. file.Entries.Values.OrderBy(entry => entry.Start)
                .Select(entry => change(new SafetensorsValue(entry.Name, entry.Type, entry.Shape, file.ReadBytes(entry.Name))))
                .OfType<SafetensorsValue>()];
            metadata = file.Metadata.Where(entry => classes?.Invoke(entry.Key) is null or not "").ToDictionary();
        }
        SafetensorsWriter.Write(At("train.safetensors"), values, metadata);
    }

    [Fact]
    public void A_composed_file_gives_batches_between_0_and_1_and_its_factors()
    {
        WriteFile();
        using var set = Open("poly_digits");
        Assert.Equal(("poly_digits train", Examples), (set.Name, set.Count));
        Assert.Equal(["m0", "m1", "m2", "m3", "m4"], set.Modalities.Select(modality => modality.Name));
        Assert.Equal([0, 1, 2, 0, 1, 2], set.Factors[0].Labels);
        Assert.Equal(("quadrant", 3), (set.Factors[4].Name, set.Factors[4].Modality));
        Assert.Equal([3, 1, 2, 3, 0, 1], set.Factors[4].Labels);
        Assert.Equal(["a", "b"], set.Factors[10].Classes);

        using var scope = NewDisposeScope();
        var chosen = set.Batch([5, 1]);
        var ordered = set.Batch(1, 2);
        for (var m = 0; m < 5; m++)
        {
            Assert.Equal((ScalarType.Float32, "2,3,32,32"), (chosen[m].dtype, string.Join(",", chosen[m].shape)));
            var expected = Enumerable.Range(0, ImageSize).Select(at => Value(m, 5, at) / 255f);
            Assert.Equal(expected, chosen[m][0].flatten().data<float>().ToArray());
            Assert.Equal(chosen[m][1].flatten().data<float>().ToArray(), ordered[m][0].flatten().data<float>().ToArray());
        }
    }

    [Fact]
    public void No_tensor_is_left_over()
    {
        WriteFile();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var set = Open("poly_digits"))
        {
            Assert.Equal(before + 5, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            foreach (var batch in set.Batch([1, 2]).Concat(set.Batch(0, 2)))
                batch.Dispose();
            Assert.Equal(before + 5, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Rewrite(value => value.Name == "modality/m4" ? Reshaped(value, [Examples, 3, 64, 16]) : value);
        Sentence("poly_digits");
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static SafetensorsValue Reshaped(SafetensorsValue value, long[] shape) => value with { Shape = shape };

    private static SafetensorsValue First(SafetensorsValue value, int count) => value with
    {
        Shape = [count, .. value.Shape.Skip(1)],
        Bytes = value.Bytes[..(int)(value.Bytes.Length / value.Shape[0] * count)],
    };

    private static SafetensorsValue With(SafetensorsValue value, int at, long label)
    {
        var bytes = value.Bytes.ToArray();
        BitConverter.TryWriteBytes(bytes.AsSpan(8 * at), label);
        return value with { Bytes = bytes };
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "missing modality", "train.safetensors holds no tensor named 'modality/m3'" },
        { "missing factor", "train.safetensors holds no tensor named 'factor/quadrant'" },
        { "fewer images", "train.safetensors: modality/m2 holds 4 images, but modality/m0 6" },
        { "fewer labels", "train.safetensors: factor/digit is [4], expected [6] or [6,5]: a label for each example" },
        { "fewer columns", "train.safetensors: factor/quadrant is [10,3], expected [6] or [6,5]" },
        { "another size", "train.safetensors: the images of m4 are 3x64x16, expected 3x32x32" },
        { "numbers", "train.safetensors: modality/m1 is I8 [6,3,32,32], expected U8 in 4 dimensions" },
        { "high label", "train.safetensors: factor/digit holds the label 3, expected 0 to 2" },
        { "low label", "train.safetensors: factor/quadrant holds the label -1, expected 0 to 3" },
        { "no names", "train.safetensors does not name the values of digit: its metadata lack classes/digit" },
        { "no example", "train.safetensors holds no example" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_file_is_one_sentence(string what, string sentence)
    {
        Rewrite(value => (what, value.Name) switch
        {
            ("missing modality", "modality/m3") or ("missing factor", "factor/quadrant") => null,
            ("fewer images", "modality/m2") or ("fewer labels", "factor/digit") => First(value, 4),
            ("fewer columns", "factor/quadrant") => Reshaped(value, [10, 3]),
            ("another size", "modality/m4") => Reshaped(value, [Examples, 3, 64, 16]),
            ("numbers", "modality/m1") => value with { Type = ElementType.I8 },
            ("high label", "factor/digit") => With(value, 2, 3),
            ("low label", "factor/quadrant") => With(value, 7, -1),
            ("no example", _) => First(value, 0),
            _ => value,
        }, key => what == "no names" && key == "classes/digit" ? "" : null);
        var error = Assert.Throws<DataException>(() => Open("poly_digits"));
        Assert.Contains(sentence, error.Message);
        Assert.Equal(3, error.ExitCode);
    }

    [Fact]
    public void A_damaged_file_is_one_sentence()
    {
        WriteFile();
        var whole = File.ReadAllBytes(At("train.safetensors"));
        File.WriteAllBytes(At("train.safetensors"), whole[..^100]);
        Assert.Contains("the file is cut short", Sentence("poly_digits"));
        File.WriteAllText(At("train.safetensors"), "digits");
        Assert.Contains("train.safetensors is 6 bytes long", Sentence("poly_digits"));
    }

    [Fact]
    public void A_folder_that_was_not_composed_is_told_the_command() =>
        Assert.Equal($"{At("test.safetensors")} is missing; 'avs data compose DIR --kind poly_digits' makes a folder with it",
            Sentence("poly_digits", Split.Test));

    [Fact]
    public void An_unknown_set_is_told_the_known_ones_and_each_asks_for_its_folder()
    {
        Assert.Equal("there is no multimodal set 'cifar', expected one of poly_digits, stamps_frames_sound, polymnist", Sentence("cifar"));
        Assert.All(MultimodalSets.All, set => Assert.Contains("--root DIR",
            Assert.Throws<UsageException>(() => set.Open(Split.Train, new ImageSetOptions())).Message));
    }

    [Fact]
    public void The_frame_and_the_sound_of_each_second_with_a_mask_are_an_example()
    {
        using var bench = TinyBench.S4();
        MultimodalTensors OpenSounds(Split split) =>
            MultimodalSets.Open("stamps_frames_sound", split, new ImageSetOptions { Root = bench.Root, Side = 16 });
        using var train = OpenSounds(Split.Train);
        using var test = OpenSounds(Split.Test);
        Assert.Equal((2, 5), (train.Count, test.Count));
        Assert.Equal(["dog_barking", "male_speech"], test.Factors[0].Classes);
        Assert.Equal([0, 1], train.Factors[0].Labels);
        Assert.Equal(("class", (int?)null), (train.Factors[0].Name, train.Factors[0].Modality));
        // The masks cover the left k eighths over the whole height: their middle is left, and below the middle line or on it.
        Assert.Equal(("quadrant", (int?)0), (test.Factors[1].Name, test.Factors[1].Modality));
        Assert.Equal(["bottom left"], test.Factors[1].Labels.Select(label => test.Factors[1].Classes[label]).Distinct());
        Assert.Equal(["one"], test.Factors[2].Labels.Select(label => test.Factors[2].Classes[label]).Distinct());

        using var scope = NewDisposeScope();
        var batch = test.Batch([0, 3]);
        Assert.Equal([2, 3, 16, 16], batch[0].shape);
        Assert.Equal([2, 1, 96, 64], batch[1].shape);
        Assert.Equal([40 / 255f, 160 / 255f], new[] { 0, 1 }.Select(row => batch[0][row, 0, 5, 5].ToSingle())); // second k is 40 k red
        var clip = bench.Open(Split.Test).Load(0);
        var expected = clip.LogMel.AsSpan(3 * Clip.LogMelSize, Clip.LogMelSize).ToArray()
            .Select(value => (float)Math.Clamp((value - Math.Log(0.01)) / (4.5 - Math.Log(0.01)), 0, 1));
        Assert.Equal(expected, batch[1][1].flatten().data<float>().ToArray());
    }

    [Fact]
    public void Frames_of_a_scene_are_in_the_set_once_with_the_class_of_the_largest_object()
    {
        using var bench = TinyBench.Scenes(3);
        // In scene 2 the object of clip c covers most; elsewhere all cover the same, and the first counts.
        TinyBench.WriteGrey(bench.Mask("s2_c", 1, "kind_c"), 224, 224, (_, x) => x < 100 ? (byte)255 : (byte)0);
        var set = ImageSets.Open("stamps", Split.Train, new ImageSetOptions { Root = bench.Root, Side = 8 });
        Assert.Equal((15, 8, 8, 3), (set.Count, set.Height, set.Width, set.Channels));
        Assert.Equal(["kind_a", "kind_b", "kind_c"], set.Classes);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2], Enumerable.Range(0, 15).Select(set.Label));
        Assert.Equal([true, true, false], set.AttributesOf(4));
        Assert.Equal([true, true, true], set.AttributesOf(14));
        Assert.Equal(40 * 3 + 10, set.Pixels(5 + 2)[0]); // the third second of scene 1
    }

    [Theory]
    [InlineData("stamps_frames_sound")]
    [InlineData("stamps")]
    public void Frames_counted_from_0_are_refused(string name)
    {
        using var bench = TinyBench.S4();
        File.Copy(bench.Frame("one", 1), bench.Frame("one", 0));
        var options = new ImageSetOptions { Root = bench.Root };
        void OpenIt()
        {
            if (name == "stamps")
                ImageSets.Open(name, Split.Train, options);
            else
                MultimodalSets.Open(name, Split.Train, options).Dispose();
        }

        Assert.Contains("one_0.png has the number 0, expected frames and masks counted from 1",
            Assert.Throws<DataException>(OpenIt).Message);
    }

    [Fact]
    public void Sets_of_one_size_are_not_resized() =>
        Assert.Equal("the images of poly_digits have one size already, they cannot be brought to 64",
            Assert.Throws<UsageException>(() => Open("poly_digits", Split.Train, options => options with { Side = 64 })).Message);

    [Fact]
    public void Modalities_and_factors_have_as_many_examples_as_one_another()
    {
        using var images = zeros(3, 1, 2, 2);
        ModalityTensor[] one = [new("a", images)];
        Assert.Throws<ArgumentException>(() => new MultimodalTensors("set", one, [new Factor("digit", ["0"], [0, 0], null)]));
        using var other = zeros(2, 1, 2, 2);
        Assert.Throws<ArgumentException>(() => new MultimodalTensors("set", [.. one, new("b", other)], []));
    }

    private void PolyMnist(string part, int count, Func<int, int, int>? side = null)
    {
        for (var m = 0; m < 3; m++)
        {
            for (var i = 0; i < count; i++)
            {
                var size = side?.Invoke(m, i) ?? 4;
                var (red, blue) = ((byte)(10 * m), (byte)i);
                TinyBench.WriteRgb(At(part, $"m{m}", $"{i}.{i % 10}.png"), size, size, (_, _) => (red, 0, blue));
            }
        }
    }

    [Fact]
    public void PolyMNIST_is_read_as_it_is_handed_out()
    {
        PolyMnist("train", 12);
        PolyMnist("test", 3);
        using var scope = NewDisposeScope();
        using var train = Open("polymnist", Split.Train, options => options with { ValidationImages = 4 });
        using var val = Open("polymnist", Split.Val, options => options with { ValidationImages = 4 });
        using var test = Open("polymnist", Split.Test);
        Assert.Equal((8, 4, 3), (train.Count, val.Count, test.Count));
        Assert.Equal(["m0", "m1", "m2"], train.Modalities.Select(modality => modality.Name));
        float[] Blues(MultimodalTensors set, int modality) =>
            set.Batch(0, set.Count)[modality].select(1, 2).select(1, 0).select(1, 0).mul(255).round().contiguous().data<float>().ToArray();
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (float)i), Blues(train, 0).Concat(Blues(val, 0)).Order());
        Assert.Equal(Blues(train, 0), Blues(train, 2));
        Assert.Equal(Blues(train, 0).Select(i => (int)i % 10), train.Factors[0].Labels);
        Assert.Equal(20 / 255f, test.Batch(0, 1)[2][0, 0, 0, 0].ToSingle());
        Assert.Contains("has no val split of its own", Sentence("polymnist", Split.Val));
    }

    [Fact]
    public void A_wrong_folder_of_PolyMNIST_is_one_sentence()
    {
        Assert.Contains("train is missing, expected folders m0, m1", Sentence("polymnist"));
        PolyMnist("train", 3, (m, i) => m == 1 && i == 2 ? 5 : 4);
        Assert.Contains("2.2.png is 5x5, expected 4x4 as the first picture", Sentence("polymnist"));
        File.Move(At("train", "m1", "2.2.png"), At("train", "m1", "2.7.png"));
        Assert.Contains("m1 holds no 2.2.png, but", Sentence("polymnist"));
        File.Delete(At("train", "m1", "2.7.png"));
        Assert.Contains("m1 holds 2 pictures, but", Sentence("polymnist"));
        File.WriteAllText(At("train", "m0", "seven.png"), "");
        Assert.Contains("seven.png: expected a name as 12.7.png", Sentence("polymnist"));
    }
}
