using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.AvsBench;
using Avs.Data.Clips;

namespace Avs.Data.Tests.AvsBench;

public sealed class DataCheckTests
{
    [Fact]
    public void A_whole_folder_is_complete()
    {
        using var tiny = TinyBench.S4();
        var report = Assert.Single(DataCheck.Run(tiny.Root));
        Assert.True(report.IsComplete);
        Assert.Equal((Subset.S4, 5), (report.Subset, report.FramesPerClip));
        Assert.Equal([(2, 2), (1, 1), (1, 1)], report.Splits.Select(split => (split.InTable, split.Whole)));
    }

    [Fact]
    public void Sizes_other_than_the_official_are_noted_and_not_wrong()
    {
        using var tiny = TinyBench.MS3();
        var report = Assert.Single(DataCheck.Run(tiny.Root));
        Assert.True(report.IsComplete);
        Assert.Contains("1/1/1 clips for train/val/test; AVSBench's own has 296/64/64", Assert.Single(report.Notes));
    }

    [Fact]
    public void Everything_wrong_is_named_and_not_only_the_first()
    {
        using var tiny = TinyBench.S4();
        File.Delete(tiny.Frame("one", 2));
        File.Delete(tiny.Frame("one", 4));
        File.WriteAllBytes(tiny.Mask("one", 1), []);
        File.WriteAllText(tiny.Sound("three", split: "val"), "no sound");
        var report = Assert.Single(DataCheck.Run(tiny.Root));
        Assert.Equal(["frames", "frames", "masks", "sound"], report.Problems.Select(problem => problem.Group));
        Assert.Equal([1, 0, 1], report.Splits.Select(split => split.Whole));
    }

    [Fact]
    public void A_wrong_table_is_a_problem_of_its_own()
    {
        using var tiny = TinyBench.S4();
        File.WriteAllText(tiny.Table, "name,start,category,split\none,0,dog_barking,trian\n");
        Assert.Equal("table", Assert.Single(Assert.Single(DataCheck.Run(tiny.Root)).Problems).Group);
    }

    [Fact]
    public void A_clip_named_twice_is_wrong()
    {
        using var tiny = TinyBench.S4();
        File.AppendAllText(tiny.Table, "one,0,dog_barking,train\n");
        Assert.Contains("names the clip one 2 times", Assert.Single(Assert.Single(DataCheck.Run(tiny.Root)).Problems).Sentence);
    }

    [Fact]
    public void What_is_there_is_read_where_there_are_no_masks_yet()
    {
        using var tiny = TinyBench.MS3();
        Directory.Delete(Path.Combine(tiny.Root, "ms3_data", "gt_masks"), recursive: true);
        File.WriteAllText(tiny.Sound("one"), "no sound");
        var report = Assert.Single(DataCheck.Run(tiny.Root));
        Assert.Equal(["folders", "sound"], report.Problems.Select(problem => problem.Group));
        Assert.Contains("gt_masks is missing: the folder of the masks", report.Problems[0].Sentence);
        Assert.Equal([(5, 0, 0), (5, 0, 1), (5, 0, 1)], report.Facts.Select(facts => (facts.Frames, facts.Masks, facts.Sounds)));
        Assert.All(report.Splits, split => Assert.Equal(0, split.Whole));
    }

    [Fact]
    public void A_folder_with_neither_subset_is_refused() =>
        Assert.Contains("holds no s4_meta_data.csv", Assert.Throws<DataException>(() => DataCheck.Run(Path.GetTempPath())).Message);

    [Fact]
    public void Progress_counts_every_clip()
    {
        using var tiny = TinyBench.S4();
        var last = 0;
        DataCheck.Run(tiny.Root, threads: 1, (done, all) =>
        {
            Assert.Equal(4, all);
            last = done;
        });
        Assert.Equal(4, last);
    }

    [Fact]
    public void The_facts_say_what_the_files_are_like()
    {
        using var tiny = TinyBench.MS3();
        var train = Assert.Single(DataCheck.Run(tiny.Root)).Facts[0];
        Assert.Equal((Split.Train, 5, 0, 5, 0, 0),
            (train.Split, train.Frames, train.PlainFrames, train.Masks, train.EmptyMasks, train.FullMasks));
        Assert.Equal(3.0 / 8, train.MaskArea, 9); // 1 to 5 eighths
        Assert.Equal(new Dictionary<string, int> { ["grey 0/255"] = 5 }, train.MaskKinds);
        Assert.Equal(new Dictionary<string, int> { ["16000 Hz, 2 channels"] = 1 }, train.SoundKinds);
        Assert.Equal((5.0, 5.0, 5.0), (train.ShortestSeconds, train.MedianSeconds, train.LongestSeconds));
        Assert.InRange(train.LowestLogMel, LogMelFrontEnd.Silence - 0.01, train.HighestLogMel);
    }

    [Fact]
    public void A_clip_of_another_split_with_the_same_frames_or_sound_is_a_leak()
    {
        using var tiny = TinyBench.S4();
        foreach (var k in new[] { 2, 3 })
            File.Copy(tiny.Frame("one", k), tiny.Frame("four", k, split: "test"), overwrite: true);
        File.Copy(tiny.Sound("one"), tiny.Sound("three", split: "val"), overwrite: true);
        var leaks = Assert.Single(DataCheck.Run(tiny.Root)).Problems;
        Assert.Equal(["duplicates", "duplicates"], leaks.Select(leak => leak.Group));
        Assert.StartsWith("one (train) and three (val) share a sound: ", leaks[0].Sentence);
        Assert.StartsWith("one (train) and four (test) share 2 frames: ", leaks[1].Sentence);
    }

    [Fact]
    public void Black_frames_and_silence_are_no_leak_but_are_noted()
    {
        using var tiny = TinyBench.MS3();
        foreach (var (name, split) in new[] { ("one", "train"), ("two", "val") })
        {
            TinyBench.WriteRgb(tiny.Frame(name, 1), 224, 224, (_, _) => (3, 3, 3));
            TinyBench.WriteWave(tiny.Sound(name, split: split), new NAudio.Wave.WaveFormat(16_000, 16, 1), 5, _ => 0);
        }

        var report = Assert.Single(DataCheck.Run(tiny.Root));
        Assert.True(report.IsComplete);
        Assert.Contains("1 of 5 frames of train are of a single colour", report.Notes);
        Assert.Contains("1 of 1 sounds of val are silent", report.Notes);
    }

    [Fact]
    public void Masks_of_other_kinds_and_empty_ones_are_noted()
    {
        using var tiny = TinyBench.S4();
        TinyBench.WriteGrey(tiny.Mask("one", 1), 224, 224, (_, x) => (byte)x);
        TinyBench.WriteGrey(tiny.Mask("two", 1, "male_speech"), 224, 224, (_, _) => 0);
        var notes = Assert.Single(DataCheck.Run(tiny.Root)).Notes;
        Assert.Contains(notes, note => note.StartsWith("1 of 2 masks of train are not grey 0/255", StringComparison.Ordinal));
        Assert.Contains("1 of 2 masks of train are empty, which AVSBench's S4 never is", notes);
    }

    [Fact]
    public void Files_that_no_row_names_are_noted()
    {
        using var tiny = TinyBench.S4();
        File.Copy(tiny.Sound("one"), tiny.Sound("stray"));
        Assert.Contains(Assert.Single(DataCheck.Run(tiny.Root)).Notes,
            note => note.StartsWith("1 sounds belong to no row of the table", StringComparison.Ordinal)
            && note.EndsWith("stray.wav", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pickled_log_mel_beside_the_sound_is_compared_with_it()
    {
        using var tiny = TinyBench.MS3();
        var pickle = tiny.Sound("one").Replace("audio_wav", "audio_log_mel").Replace(".wav", ".pkl");
        Directory.CreateDirectory(Path.GetDirectoryName(pickle)!);
        File.WriteAllBytes(pickle, Avs.Data.Prepare.LogMelPickle.Encode(tiny.Open().Load(0).LogMel));
        Assert.Equal(0, Assert.Single(DataCheck.Run(tiny.Root)).Facts[0].OtherPickles);
        File.WriteAllBytes(pickle, Avs.Data.Prepare.LogMelPickle.Encode(new float[5 * Clip.LogMelSize]));
        var report = Assert.Single(DataCheck.Run(tiny.Root));
        Assert.True(report.IsComplete);
        Assert.Contains("1 of the log-mel files of train differ from what their WAV files give; the WAV files are used", report.Notes);
        File.WriteAllText(pickle, "no pickle");
        Assert.Equal("sound", Assert.Single(Assert.Single(DataCheck.Run(tiny.Root)).Problems).Group);
    }

    [Fact]
    public void AVSS_is_checked_by_its_own_layout()
    {
        var root = Directory.CreateTempSubdirectory("avs-avss-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(root, "metadata.csv"),
                "vid,uid,s_min,s_sec,a_obj,split,label\na,a,0,0,dog,train,v1m\nb,b,0,0,dog,val,v1m\nc,c,0,0,dog,test,v1m\n");
            File.WriteAllText(Path.Combine(root, "label2idx.json"), """{"background": 0, "dog": 1}""");
            foreach (var (id, i) in new[] { ("a", 0), ("b", 1), ("c", 2) })
            {
                string At(params string[] parts) => Path.Combine([root, "v1m", id, .. parts]);
                for (var t = 0; t < 2; t++)
                {
                    TinyBench.WriteRgb(At("frames", $"{t}.png"), 30, 40, (_, x) => ((byte)(4 * x), (byte)(100 * t), (byte)(50 * i)));
                    TinyBench.WriteRgb(At("labels_rgb", $"{t}.png"), 30, 40, (_, x) => x < 10 ? ((byte)128, (byte)0, (byte)0) : default);
                }

                TinyBench.WriteWave(At("audio.wav"), new NAudio.Wave.WaveFormat(16_000, 16, 1), 2,
                    t => 0.3 * Math.Sin((1000 + 200 * i) * t));
            }

            var whole = Assert.Single(DataCheck.Run(root));
            Assert.True(whole.IsComplete);
            Assert.Equal((Subset.AVSS, 2, 0.25), (whole.Subset, whole.FramesPerClip, whole.Facts[0].MaskArea));
            Assert.Contains("AVSBench's own has 8498/1304/1554", whole.Notes[0]);

            File.Delete(Path.Combine(root, "v1m", "a", "frames", "0.png"));
            File.WriteAllText(Path.Combine(root, "v1m", "b", "labels_rgb", "1.png"), "no label");
            File.Copy(Path.Combine(root, "v1m", "a", "audio.wav"), Path.Combine(root, "v1m", "c", "audio.wav"), overwrite: true);
            Assert.Equal(["frames", "masks", "duplicates"], Assert.Single(DataCheck.Run(root)).Problems.Select(problem => problem.Group));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
