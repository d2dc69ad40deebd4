using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Clips;
using NAudio.Wave;

namespace Avs.Data.Tests.AvsBench;

public sealed class AvsBenchTests
{
    private static string Sentence(Action action)
    {
        var message = Assert.Throws<DataException>(action).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Fact]
    public void A_training_clip_of_S4_is_labelled_in_its_first_frame_only()
    {
        using var tiny = TinyBench.S4();
        var clip = tiny.Open().Load(0);
        Assert.Equal([0], clip.LabelledFrames);
        Assert.Equal(224 * 224, clip.Masks.Length);
        Assert.Equal(28 * 224, clip.Masks.Sum(pixel => pixel));
    }

    [Fact]
    public void A_test_clip_of_S4_is_labelled_in_every_frame()
    {
        using var tiny = TinyBench.S4();
        var clip = tiny.Open(Split.Test).Load(0);
        Assert.Equal([0, 1, 2, 3, 4], clip.LabelledFrames);
        Assert.Equal(28 * 5 * 224, clip.Masks[(4 * 224 * 224)..].Sum(pixel => pixel));
    }

    [Fact]
    public void Frame_numbers_start_at_one()
    {
        using var tiny = TinyBench.S4();
        var clip = tiny.Open().Load(0);
        Assert.Equal([40, 80, 120, 160, 200], Enumerable.Range(0, 5).Select(t => (int)clip.Pixels[t * 224 * 224 * 3]));
    }

    [Fact]
    public void A_training_clip_of_MS3_is_labelled_in_every_frame()
    {
        using var tiny = TinyBench.MS3();
        var clip = tiny.Open().Load(0);
        Assert.Equal(5, clip.LabelledFrames.Length);
        Assert.Equal(5 * 6144, clip.LogMel.Length);
    }

    [Fact]
    public void The_parent_of_Single_source_is_found_too()
    {
        using var tiny = TinyBench.S4();
        var parent = Directory.CreateTempSubdirectory("avs-parent-").FullName;
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(parent, "Single-source"), tiny.Root);
            Assert.Equal(2, AvsBenchDataset.Open(parent, Subset.S4, Split.Train).Clips.Count);
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    [Fact]
    public void Rows_keep_the_order_of_the_table()
    {
        using var tiny = TinyBench.S4();
        Assert.Equal([("one", "dog_barking"), ("two", "male_speech")], tiny.Open().Clips.Select(clip => (clip.Id, clip.Category)));
    }

    [Fact]
    public void A_table_with_byte_order_mark_windows_line_ends_and_quotes_is_read()
    {
        using var tiny = TinyBench.S4();
        File.WriteAllText(tiny.Table, "\"split\",category,start,name\r\ntrain,\"dog_barking\",0,one\r\n\r\n",
            new System.Text.UTF8Encoding(true));
        Assert.Equal([new ClipInfo("one", "dog_barking", Split.Train, null)], tiny.Open().Clips);
    }

    [Fact]
    public void A_table_with_unknown_header_texts_is_read_by_position()
    {
        using var tiny = TinyBench.S4();
        File.WriteAllText(tiny.Table, "id,from,class,part\none,0,dog_barking,train\n");
        Assert.Equal("one", Assert.Single(tiny.Open().Clips).Id);
    }

    [Theory]
    [InlineData("name,start,category\none,0,dog_barking\n", "line 1: no column for the split")]
    [InlineData("name,start,split,label\none,0,train,dog\n", "line 1: no column for the category")]
    [InlineData("name,start,category,split\none,0,dog_barking,train\ntwo,0,dog_barking,training\n", "line 3: the split is 'training'")]
    [InlineData("name,start,category,split\none,0\n", "line 2: 2 values")]
    [InlineData("name,start,category,split\n../one,0,dog_barking,train\n", "line 2: the clip name is '../one'")]
    [InlineData("", "is empty (0 bytes)")]
    public void A_wrong_table_is_told_with_its_line(string text, string expected)
    {
        using var tiny = TinyBench.S4();
        File.WriteAllText(tiny.Table, text);
        Assert.Contains(expected, Sentence(() => tiny.Open()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_table_without_a_header_is_read_from_its_first_row(bool single)
    {
        using var tiny = single ? TinyBench.S4() : TinyBench.MS3();
        var rows = File.ReadAllLines(tiny.Table);
        File.WriteAllLines(tiny.Table, rows[1..]);
        Assert.Equal("one", tiny.Open().Clips[0].Id);
        Assert.True(Assert.Single(DataCheck.Run(tiny.Root)).IsComplete);
    }

    [Fact]
    public void A_clip_named_twice_in_a_split_is_refused_and_not_counted_twice()
    {
        using var tiny = TinyBench.S4();
        File.AppendAllText(tiny.Table, "four,0,dog_barking,test\nfour,0,dog_barking,test\n");
        Assert.EndsWith("s4_meta_data.csv names the clip four 3 times in the split test, expected once",
            Sentence(() => tiny.Open(Split.Test)));
        Assert.Equal(2, tiny.Open(Split.Train).Clips.Count);
    }

    [Fact]
    public void Frames_and_masks_counted_from_0_are_refused_and_not_taken_for_their_neighbours()
    {
        using var tiny = TinyBench.S4();
        for (var k = 1; k <= 5; k++)
            File.Move(tiny.Frame("one", k), tiny.Frame("one", k - 1));
        Assert.EndsWith("one_0.png has the number 0, expected frames and masks counted from 1", Sentence(() => tiny.Open().Load(0)));
        File.Copy(tiny.Mask("two", 1, "male_speech"), tiny.Mask("two", 0, "male_speech"));
        Assert.EndsWith("two_0.png has the number 0, expected frames and masks counted from 1", Sentence(() => tiny.Open().Load(1)));
        var problems = Assert.Single(DataCheck.Run(tiny.Root)).Problems.Select(problem => problem.Sentence).ToArray();
        Assert.Contains(problems, sentence => sentence.Contains("one_0.png has the number 0", StringComparison.Ordinal));
        Assert.Contains(problems, sentence => sentence.Contains("two_0.png has the number 0", StringComparison.Ordinal));
    }

    [Fact]
    public void A_mask_of_0_and_1_is_read_as_one_of_0_and_255()
    {
        using var tiny = TinyBench.S4();
        var expected = tiny.Open().Load(0).Masks;
        TinyBench.WriteGrey(tiny.Mask("one", 1), 224, 224, (_, x) => x < 28 ? (byte)1 : (byte)0);
        Assert.Equal(expected, tiny.Open().Load(0).Masks);
    }

    [Fact]
    public void An_empty_split_is_reported()
    {
        using var tiny = TinyBench.S4();
        File.WriteAllText(tiny.Table, "name,start,category,split\none,0,dog_barking,train\n");
        Assert.Contains("no clip in the split val", Sentence(() => tiny.Open(Split.Val)));
    }

    [Theory]
    [InlineData("visual_frames", "the folder of the frames")]
    [InlineData("gt_masks", "the folder of the masks")]
    [InlineData("audio_wav", "the folder of the sounds")]
    public void A_missing_folder_is_reported(string folder, string expected)
    {
        using var tiny = TinyBench.S4();
        Directory.Delete(Path.Combine(tiny.Root, "s4_data", folder), recursive: true);
        Assert.Contains(expected, Sentence(() => tiny.Open()));
    }

    [Fact]
    public void A_folder_without_table_is_reported() =>
        Assert.Contains("holds no ms3_meta_data.csv", Sentence(() => AvsBenchDataset.Open(Path.GetTempPath(), Subset.MS3, Split.Train)));

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_missing_frame_is_reported(int number)
    {
        using var tiny = TinyBench.S4();
        File.Delete(tiny.Frame("one", number));
        Assert.Contains($"one_{number}.png is missing: frame {number} of 5 of the clip one", Sentence(() => tiny.Open().Load(0)));
    }

    [Fact]
    public void A_missing_mask_is_reported()
    {
        using var tiny = TinyBench.MS3();
        File.Delete(tiny.Mask("one", 4));
        Assert.Contains("one_4.png is missing: mask 4 of the clip one", Sentence(() => tiny.Open().Load(0)));
    }

    [Fact]
    public void A_truncated_frame_is_told_with_its_file()
    {
        using var tiny = TinyBench.S4();
        var path = tiny.Frame("one", 2);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..200]);
        Assert.Contains($"{path} is cut short", Sentence(() => tiny.Open().Load(0)));
    }

    [Fact]
    public void An_empty_sound_file_is_reported()
    {
        using var tiny = TinyBench.S4();
        File.WriteAllBytes(tiny.Sound("one"), []);
        Assert.Contains("one.wav is empty (0 bytes)", Sentence(() => tiny.Open().Load(0)));
    }

    private static string Pickle(TinyBench tiny, string name) =>
        tiny.Sound(name).Replace("audio_wav", "audio_log_mel").Replace(".wav", ".pkl");

    private static void WritePickle(TinyBench tiny, string name, float[] logMel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Pickle(tiny, name))!);
        File.WriteAllBytes(Pickle(tiny, name), Avs.Data.Prepare.LogMelPickle.Encode(logMel));
    }

    [Fact]
    public void The_pickled_log_mel_is_read_where_there_is_no_wav()
    {
        using var tiny = TinyBench.S4();
        var values = Enumerable.Range(0, 5 * Clip.LogMelSize).Select(i => i / 7f - 3).ToArray();
        WritePickle(tiny, "one", values);
        File.Delete(tiny.Sound("one"));
        Assert.Equal(values, tiny.Open().Load(0).LogMel);
    }

    [Fact]
    public void A_data_set_without_the_wav_folder_is_opened_by_its_pickles()
    {
        using var tiny = TinyBench.S4();
        WritePickle(tiny, "one", new float[5 * Clip.LogMelSize]);
        Directory.Delete(Path.Combine(tiny.Root, "s4_data", "audio_wav"), recursive: true);
        Assert.All(tiny.Open().Load(0).LogMel, value => Assert.Equal(0, value));
        Assert.Contains("two.wav is missing: the sound of the clip two", Sentence(() => tiny.Open().Load(1)));
    }

    [Fact]
    public void A_pickle_of_fewer_examples_repeats_its_last()
    {
        using var tiny = TinyBench.S4();
        WritePickle(tiny, "one", [.. Enumerable.Repeat(1f, Clip.LogMelSize), .. Enumerable.Repeat(2f, Clip.LogMelSize)]);
        File.Delete(tiny.Sound("one"));
        Assert.Equal([1, 2, 2, 2, 2], Enumerable.Range(0, 5).Select(t => tiny.Open().Load(0).LogMel[t * Clip.LogMelSize]));
    }

    [Fact]
    public void Frames_and_masks_may_be_JPEG_files()
    {
        using var tiny = TinyBench.S4();
        foreach (var (png, grey) in new[] { (tiny.Frame("four", 2, split: "test"), 100), (tiny.Mask("four", 2, split: "test"), 255) })
        {
            File.Delete(png);
            TinyBench.WriteRgb(Path.ChangeExtension(png, ".jpg"), 224, 224, (_, x) => x < 112
                ? ((byte)grey, (byte)grey, (byte)grey)
                : default);
        }

        var clip = tiny.Open(Split.Test).Load(0);
        Assert.InRange(clip.Pixels[224 * 224 * 3], 98, 102);
        Assert.Equal(112 * 224, clip.Masks[(224 * 224)..(2 * 224 * 224)].Sum(pixel => pixel));
    }

    [Fact]
    public void A_sound_too_short_for_one_example_is_reported()
    {
        using var tiny = TinyBench.S4();
        TinyBench.WriteWave(tiny.Sound("one"), new WaveFormat(16_000, 16, 1), 0.5, _ => 0);
        Assert.Contains("is 0.5 s long", Sentence(() => tiny.Open().Load(0)));
    }

    [Fact]
    public void An_8_bit_mono_sound_at_44100_Hz_sounds_the_same()
    {
        using var tiny = TinyBench.S4();
        double Sample(double t) => 0.8 * Math.Sin(2 * Math.PI * 900 * t);
        TinyBench.WriteWave(tiny.Sound("one"), new WaveFormat(16_000, 16, 2), 5, Sample);
        var expected = tiny.Open().Load(0).LogMel;
        TinyBench.WriteWave(tiny.Sound("one"), new WaveFormat(44_100, 8, 1), 5, Sample);
        var actual = tiny.Open().Load(0).LogMel;
        // Compared where the tone is; the rest is the noise of 8 bits.
        foreach (var i in Enumerable.Range(6144, 6144).Where(i => expected[i] > 2))
            Assert.Equal(expected[i], actual[i], 0.02f);
    }

    [Fact]
    public void Pictures_of_another_size_are_resized_with_a_note()
    {
        using var tiny = TinyBench.S4();
        TinyBench.WriteRgb(tiny.Frame("one", 1), 100, 120, (_, _) => (9, 8, 7));
        var bench = tiny.Open();
        Assert.Equal([9, 8, 7], bench.Load(0).Pixels[..3]);
        Assert.Contains("is 120x100 and was resized to 224x224", Assert.Single(bench.Notes));
    }

    [Fact]
    public void The_number_of_frames_is_a_property_of_the_data_set()
    {
        using var tiny = TinyBench.MS3();
        foreach (var k in new[] { 4, 5 })
        {
            foreach (var (name, split) in new[] { ("one", "train"), ("two", "val"), ("three", "test") })
            {
                File.Delete(tiny.Frame(name, k));
                File.Delete(tiny.Mask(name, k, split: split));
            }
        }

        var bench = tiny.Open();
        Assert.Equal(3, bench.FramesPerClip);
        Assert.Equal(3, bench.Load(0).Frames);
    }

    [Fact]
    public void Stamps_name_the_scene_of_each_clip()
    {
        using var tiny = TinyBench.Scenes(1);
        Assert.Equal([("s0", "kind_a", true), ("s0", "kind_b", true)],
            tiny.Open().Clips.Select(clip => (clip.Scene!, clip.SoundingObject!, clip.RecordingSeen!.Value)));
    }

    [Fact]
    public void Clips_of_a_scene_share_their_pictures_key()
    {
        using var tiny = TinyBench.Scenes(2);
        var bench = tiny.Open();
        Assert.Equal(bench.PicturesKey(0), bench.PicturesKey(1));
        Assert.NotEqual(bench.PicturesKey(0), bench.PicturesKey(2));
    }
}
