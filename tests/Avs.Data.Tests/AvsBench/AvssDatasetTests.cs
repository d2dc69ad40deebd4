using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Cache;
using Avs.Data.Clips;
using NAudio.Wave;

namespace Avs.Data.Tests.AvsBench;

public sealed class AvssBenchTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("avs-avss-").FullName;

    /// <summary>A clip of each group; class 3 fills the left half of every label, class 1 the right.</summary>
    public AvssBenchTests()
    {
        File.WriteAllText(At("metadata.csv"), """
            vid,uid,s_min,s_sec,a_obj,split,label
            a,a_1,0,0,dog_barking,train,v1s
            b,b_2,0,5,piano_violin,train,v1m
            c,c_3,1,0,piano,train,v2
            d,d_4,0,0,dog_barking,test,v1s
            """);
        File.WriteAllText(At("label2idx.json"), """{"background": 0, "dog": 1, "violin": 2, "piano": 3}""");
        Add("v1s", "a_1", 3, 1);
        Add("v1m", "b_2", 3, 3);
        Add("v2", "c_3", 6, 6);
        Add("v1s", "d_4", 3, 3);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private string At(params string[] parts) => Path.Combine([root, .. parts]);

    private void Add(string group, string id, int frames, int labels)
    {
        for (var t = 0; t < frames; t++)
            TinyBench.WriteRgb(At(group, id, "frames", $"{t}.jpg"), 120, 200, (_, _) => ((byte)(20 * t), 90, 90));
        for (var t = 0; t < labels; t++)
            TinyBench.WriteRgb(At(group, id, "labels_rgb", $"{t}.png"), 120, 200, (_, x) => x < 100
                ? ((byte)128, (byte)128, (byte)0)
                : ((byte)128, (byte)0, (byte)0));
        TinyBench.WriteWave(At(group, id, "audio.wav"), new WaveFormat(16_000, 16, 2), frames, t => 0.3 * Math.Sin(2 * Math.PI * 440 * t));
    }

    private static string Sentence(Action action) => Assert.Throws<DataException>(action).Message;

    [Fact]
    public void The_palette_is_that_of_Pascal_VOC()
    {
        // As the VOC development kit's colour map lists them.
        Assert.Equal((0, 0, 0), AvssPalette.ColourOf(0));
        Assert.Equal((128, 0, 0), AvssPalette.ColourOf(1));
        Assert.Equal((0, 128, 0), AvssPalette.ColourOf(2));
        Assert.Equal((128, 128, 0), AvssPalette.ColourOf(3));
        Assert.Equal((0, 0, 128), AvssPalette.ColourOf(4));
        Assert.Equal((64, 0, 0), AvssPalette.ColourOf(8));
        Assert.Equal((0, 64, 128), AvssPalette.ColourOf(20));
        Assert.Equal((224, 224, 192), AvssPalette.ColourOf(255));
    }

    [Fact]
    public void The_longest_group_gives_the_number_of_frames_and_the_others_are_filled_up()
    {
        var train = AvssDataset.Open(root, Split.Train);
        Assert.Equal((6, 3), (train.FramesPerClip, train.Clips.Count));
        Assert.Equal([(6, 3), (6, 3), (6, 6)], Enumerable.Range(0, 3).Select(train.Load).Select(clip => (clip.Frames, clip.FramesPresent)));
        Assert.All(train.Load(0).LogMel[(3 * Clip.LogMelSize)..], value => Assert.Equal(0, value));
        // Three seconds have three examples, the last of which is whole.
        Assert.NotEqual(0, train.Load(0).LogMel[2 * Clip.LogMelSize]);
    }

    [Fact]
    public void Training_clips_of_one_source_are_labelled_in_their_first_frame()
    {
        var train = AvssDataset.Open(root, Split.Train);
        Assert.Equal([[0], [0, 1, 2], [0, 1, 2, 3, 4, 5]], Enumerable.Range(0, 3).Select(i => train.Load(i).LabelledFrames));
        Assert.Equal([0, 1, 2], AvssDataset.Open(root, Split.Test).Load(0).LabelledFrames);
    }

    [Fact]
    public void Test_pictures_are_squeezed_and_training_pictures_cut_to_their_middle()
    {
        Assert.Equal(["background", "dog", "violin", "piano"], AvssDataset.Open(root, Split.Test).Classes);
        var test = AvssDataset.Open(root, Split.Test).Load(0);
        Assert.Equal((224, 224), (test.Height, test.MaskWidth));
        Assert.Equal([3, 3, 1, 1], new[] { 0, 111, 112, 223 }.Select(x => (int)test.Labels![x]));
        var train = AvssDataset.Open(root, Split.Train).Load(1); // 120x200 -> 224x373, columns 74 to 297; the classes meet at 186.5
        Assert.Equal([3, 3, 1], new[] { 0, 111, 113 }.Select(x => (int)train.Labels![x]));
        Assert.All(test.Masks, value => Assert.Equal(1, value));
    }

    [Fact]
    public void Frames_are_counted_from_zero()
    {
        var clip = AvssDataset.Open(root, Split.Train).Load(2);
        Assert.All(Enumerable.Range(0, 6), t => Assert.InRange(clip.Pixels[t * 224 * 224 * 3], 20 * t - 3, 20 * t + 3));
    }

    [Fact]
    public void A_colour_of_no_class_is_told_with_its_place()
    {
        TinyBench.WriteRgb(At("v1s", "a_1", "labels_rgb", "0.png"), 120, 200, (y, x) => (x, y) == (7, 2)
            ? ((byte)64, (byte)0, (byte)0)
            : default);
        Assert.Contains("0.png: the pixel at column 7, row 2 has the colour #400000, which none of the 4 classes has",
            Sentence(() => AvssDataset.Open(root, Split.Train).Load(0)));
    }

    [Theory]
    [InlineData("metadata.csv", "vid,uid\na,b\n", "line 1: no column 'a_obj'")]
    [InlineData("metadata.csv", "uid,a_obj,split,label\na_1,dog,train,v3\n", "line 2: the label is 'v3', expected v1s, v1m, v2")]
    [InlineData("label2idx.json", "{\"background\": 0, \"dog\": 2}", "'dog' has number 2, expected 1")]
    [InlineData("label2idx.json", "not json", "is not JSON of class names and numbers")]
    public void A_wrong_table_is_reported(string file, string text, string expected)
    {
        File.WriteAllText(At(file), text);
        Assert.Contains(expected, Sentence(() => AvssDataset.Open(root, Split.Train)));
    }

    [Fact]
    public void A_missing_frame_is_reported()
    {
        File.Delete(At("v1m", "b_2", "frames", "1.jpg"));
        Assert.Contains("is missing: frame 2 of 3 of the clip b_2", Sentence(() => AvssDataset.Open(root, Split.Train).Load(1)));
    }

    [Fact]
    public void Labels_come_back_from_a_cache()
    {
        var bench = AvssDataset.Open(root, Split.Train);
        using var cached = new ClipCache(At("cache")).OpenOrBuild(bench, new CacheBuild());
        Assert.Equal(bench.Classes, cached.Classes);
        for (var i = 0; i < 3; i++)
        {
            var (expected, actual) = (bench.Load(i), cached.Load(i));
            Assert.True(expected.Labels.AsSpan().SequenceEqual(actual.Labels));
            Assert.True(expected.Masks.AsSpan().SequenceEqual(actual.Masks));
            Assert.Equal(expected.FramesPresent, actual.FramesPresent);
        }
    }
}
