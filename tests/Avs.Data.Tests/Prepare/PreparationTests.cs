using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Data.Media;
using Avs.Data.Prepare;
using Avs.Data.Tests.AvsBench;
using Avs.Data.Tests.Media;
using NAudio.Wave;

namespace Avs.Data.Tests.Prepare;

public sealed class PreparationTests : IDisposable
{
    private readonly Film film = new();

    public void Dispose() => film.Dispose();

    private string Root => Path.Combine(film.Target, "Multi-sources");

    private PrepareReport Prepare(string table, Func<PrepareOptions, PrepareOptions>? change = null)
    {
        var options = new PrepareOptions(film.Table(table), film.Videos, film.Target) { Threads = 2 };
        return Preparation.Run(change?.Invoke(options) ?? options);
    }

    private static byte Light(string frame) => FrameReader.Read(frame).Rgb[0];

    [Fact]
    public void A_video_becomes_five_frames_sixteen_kilohertz_sound_and_log_mel()
    {
        film.Add("one.mkv");
        var report = Prepare("video_id,split\none,train\n");

        Assert.Equal((Subset.MS3, 1, 0), (report.Subset, report.Prepared, report.Kept));
        var frames = Enumerable.Range(1, 5).Select(k => Path.Combine(Root, "ms3_data", "visual_frames", "one", $"one.mp4_{k}.png"))
            .ToArray();
        // At 5 pictures a second, numbers 4, 9, 14, 19 and 24.
        Assert.Equal([40 + 8 * 4, 40 + 8 * 9, 40 + 8 * 14, 40 + 8 * 19, 40 + 8 * 24], frames.Select(frame => (int)Light(frame)));
        Assert.Equal((224, 224), (FrameReader.Read(frames[0]).Height, FrameReader.Read(frames[0]).Width));
        using var wave = new WaveFileReader(Path.Combine(Root, "ms3_data", "audio_wav", "train", "one.wav"));
        Assert.Equal((16_000, 1, 16), (wave.WaveFormat.SampleRate, wave.WaveFormat.Channels, wave.WaveFormat.BitsPerSample));
        Assert.InRange(wave.SampleCount, 79_900, 80_000);
        Assert.True(File.Exists(Path.Combine(Root, "ms3_data", "audio_log_mel", "train", "one.pkl")));
        Assert.Equal("video_id,split\none,train\n", File.ReadAllText(Path.Combine(Root, "ms3_meta_data.csv")));
    }

    [Theory]
    [InlineData("one.mp4", "-c:v libx264 -pix_fmt yuv420p -c:a aac")]
    [InlineData("one.webm", "-c:v libvpx -c:a libvorbis")]
    [InlineData("one.avi", "-c:v mpeg4 -qscale:v 2 -c:a ac3 -ac 6")]
    public void The_usual_kinds_of_video_can_be_read(string name, string coding)
    {
        film.Add(name, rate: "25", size: "200x120", coding: coding.Split(' '));
        Assert.Equal(1, Prepare("video_id,split\none,test\n").Prepared);
        // 40 + 8 * 23 in the first second; coded in limited range and lossily.
        Assert.InRange(Light(Path.Combine(Root, "ms3_data", "visual_frames", "one", "one.mp4_1.png")), 205, 250);
        var (mono, _) = WavReader.Read(Path.Combine(Root, "ms3_data", "audio_wav", "test", "one.wav"));
        Assert.InRange(mono.Length, 79_000, 80_000);
        Assert.InRange(mono.Max(), 0.02, 0.2);
    }

    [Fact]
    public void Frames_follow_the_time_stamps_where_the_rate_varies()
    {
        film.Add("steady.mkv", rate: "10");
        // Every second picture of the second half goes: 10 a second, then 5.
        FFmpeg.Run("-i", film.At("videos", "steady.mkv"), "-vf", "select='lt(n,25)+not(mod(n,2))'", "-vsync", "vfr", "-c:v", "ffv1",
            "-pix_fmt", "bgr0", "-c:a", "copy", film.At("videos", "one.mkv"));
        var report = Prepare("video_id,split\none,train\n");
        Assert.Contains("time stamps", Assert.Single(report.Notes).Sentence);
        // Shown at 1.9375 s is number 19 of the steady film, which begins at 1.9 s.
        Assert.Equal(40 + 8 * 19, Light(Path.Combine(Root, "ms3_data", "visual_frames", "one", "one.mp4_2.png")));
    }

    [Fact]
    public void S4_lies_in_split_and_category_and_finds_its_videos_there()
    {
        film.Add(Path.Combine("train", "dog", "a b ü.mkv"));
        Prepare("name,start,category,split\na b ü,7,dog,train\n");
        var home = Path.Combine(film.Target, "Single-source");
        Assert.True(File.Exists(Path.Combine(home, "s4_data", "visual_frames", "train", "dog", "a b ü", "a b ü_5.png")));
        Assert.True(File.Exists(Path.Combine(home, "s4_data", "audio_wav", "train", "dog", "a b ü.wav")));
        Assert.Equal("name,start,category,split\na b ü,7,dog,train\n", File.ReadAllText(Path.Combine(home, "s4_meta_data.csv")));
    }

    [Fact]
    public void A_clip_is_cut_out_at_its_start_second_when_asked_for()
    {
        film.Add("long.mkv", seconds: 6);
        Prepare("name,start,category,split,file\nx,2,dog,train,long.mkv\n", options => options with { Trim = true, Seconds = 3 });
        var frames = Path.Combine(film.Target, "Single-source", "s4_data", "visual_frames", "train", "dog", "x");
        Assert.Equal(40 + 8 * 14, Light(Path.Combine(frames, "x_1.png")));
        Assert.Equal(3, Directory.GetFiles(frames).Length);
    }

    [Fact]
    public void Running_again_keeps_what_is_whole_and_makes_the_rest()
    {
        film.Add("one.mkv");
        film.Add("two.mkv");
        const string table = "video_id,split\none,train\ntwo,val\n";
        Prepare(table);
        var frame = Path.Combine(Root, "ms3_data", "visual_frames", "two", "two.mp4_3.png");
        File.Delete(frame);
        var again = Prepare(table);
        Assert.Equal((1, 1), (again.Prepared, again.Kept));
        Assert.True(File.Exists(frame));
    }

    [Fact]
    public void Only_what_processes_that_are_gone_left_half_done_is_removed()
    {
        film.Add("one.mkv");
        Prepare("video_id,split\none,train\n");
        // More than the system numbers, this process's own, and the first process's.
        string[] leftovers = ["2000000000.partial", $"{Environment.ProcessId}.partial", "1.partial"];
        foreach (var leftover in leftovers)
            Directory.CreateDirectory(Path.Combine(Root, leftover, "0", "frames"));
        Prepare("video_id,split\none,train\n");
        Assert.Equal(["1.partial"], Directory.GetDirectories(Root, "*.partial").Select(Path.GetFileName));
    }

    [Fact]
    public void A_video_that_is_out_of_reach_today_does_not_cost_what_was_made_of_it()
    {
        var video = film.Add("one.mkv");
        film.Add("two.mkv");
        const string table = "video_id,split\none,train\ntwo,val\n";
        Prepare(table);
        File.Move(video, video + ".away");
        Assert.Equal("one", Assert.Single(Prepare(table).Failures).Clip);
        Assert.Equal("video_id,split\ntwo,val\n", File.ReadAllText(Path.Combine(Root, "ms3_meta_data.csv")));
        Assert.True(File.Exists(Path.Combine(Root, "ms3_data", "visual_frames", "one", "one.mp4_1.png")));
    }

    [Fact]
    public void A_changed_mask_is_put_in_again()
    {
        film.Add("one.mkv");
        void Masks(byte light) =>
            Assert.All(Enumerable.Range(1, 5), k => TinyBench.WriteGrey(film.At("masks", $"one_{k}.png"), 224, 224, (_, _) => light));
        PrepareReport Run() => Prepare("video_id,split\none,train\n", options => options with { Masks = film.At("masks") });
        Masks(255);
        Run();
        Masks(0);
        Run();
        Assert.DoesNotContain((byte)1, MaskReader.Read(Path.Combine(Root, "ms3_data", "gt_masks", "train", "one", "one_2.png")).Mask);
    }

    [Fact]
    public void A_changed_video_is_prepared_again()
    {
        var video = film.Add("one.mkv");
        Prepare("video_id,split\none,train\n");
        File.SetLastWriteTimeUtc(video, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal((1, 0), (Prepare("video_id,split\none,train\n") is { } report ? (report.Prepared, report.Kept) : default));
    }

    [Fact]
    public void A_line_that_was_cut_off_in_the_journal_is_forgotten()
    {
        film.Add("one.mkv");
        var report = Prepare("video_id,split\none,train\n");
        File.AppendAllText(report.Journal, "train/one,prep");
        Assert.Equal(1, Prepare("video_id,split\none,train\n").Kept);
    }

    [Fact]
    public void Failures_are_reported_and_left_out_of_the_table()
    {
        film.Add("good.mkv");
        film.Add("silent.mkv", sound: "");
        film.Add("short.mkv", seconds: 3);
        var report = Prepare("video_id,split\ngood,train\nsilent,train\nshort,val\nabsent,test\n");
        Assert.Equal(["silent", "short", "absent"], report.Failures.Select(failure => failure.Clip));
        Assert.EndsWith("has no sound", report.Failures[0].Sentence);
        Assert.EndsWith("has 3.0 s of sound, expected 5 s", report.Failures[1].Sentence);
        Assert.Contains("holds no video of the clip absent", report.Failures[2].Sentence);
        Assert.Equal("video_id,split\ngood,train\n", File.ReadAllText(Path.Combine(Root, "ms3_meta_data.csv")));
        var journal = File.ReadAllLines(report.Journal);
        Assert.Equal(5, journal.Length);
        Assert.StartsWith("train/silent,failed,", journal[2]);
        Assert.Empty(Directory.GetDirectories(Root, "*.partial"));
        Assert.Equal(["good"], Directory.GetDirectories(Path.Combine(Root, "ms3_data", "visual_frames")).Select(Path.GetFileName));
    }

    [Fact]
    public void More_failures_than_may_be_end_the_work_without_a_table()
    {
        film.Add("good.mkv");
        var error = Assert.Throws<DataException>(() =>
            Prepare("video_id,split\ngood,train\nx,train\ny,train\n", options => options with { MaxFailures = 0, Threads = 1 }));
        Assert.Contains("1 clips failed, more than the 0 that may", error.Message);
        Assert.False(File.Exists(Path.Combine(Root, "ms3_meta_data.csv")));
        // What was made stays, and the next run continues.
        Assert.Equal(1, Prepare("video_id,split\ngood,train\n").Kept);
    }

    [Fact]
    public void A_short_clip_is_filled_up_when_asked_for()
    {
        film.Add("one.mkv", seconds: 3);
        var report = Prepare("video_id,split\none,train\n", options => options with { RepeatShort = true });
        Assert.Contains("the picture lasts 3.00 s of 5: its last frame is repeated", Assert.Single(report.Notes).Sentence);
        Assert.Equal(40 + 8 * 14, Light(Path.Combine(Root, "ms3_data", "visual_frames", "one", "one.mp4_5.png")));
    }

    [Fact]
    public void A_sound_that_finds_the_disk_full_is_no_fault_of_the_video()
    {
        var video = film.Add("one.mkv");
        Assert.Contains("No space left on device", Assert.Throws<IOException>(() => SoundTrack.Extract(video, "/dev/full")).Message);
    }

    [Fact]
    public void A_sound_that_begins_late_is_preceded_by_silence()
    {
        film.Add("early.mkv");
        FFmpeg.Run("-i", film.At("videos", "early.mkv"), "-itsoffset", "2", "-i", film.At("videos", "early.mkv"), "-map", "0:v", "-map",
            "1:a", "-c", "copy", film.At("videos", "one.mkv"));
        Prepare("video_id,split\none,train\n");
        var (mono, _) = WavReader.Read(Path.Combine(Root, "ms3_data", "audio_wav", "train", "one.wav"));
        Assert.Equal(0, mono[..31_000].Max());
        Assert.InRange(mono[33_000..].Max(), 0.05, 0.2);
    }

    [Fact]
    public void Masks_of_other_kinds_are_written_as_grey_0_and_255()
    {
        film.Add("one.mkv");
        for (var k = 1; k <= 5; k++)
            TinyBench.WriteRgb(film.At("masks", $"one_{k}.png"), 112, 112, (_, x) => x < 56 ? ((byte)255, (byte)255, (byte)255) : default);
        var report = Prepare("video_id,split\none,train\n", options => options with { Masks = film.At("masks") });
        Assert.True(report.HasMasks);
        var (mask, height, width) = MaskReader.Read(Path.Combine(Root, "ms3_data", "gt_masks", "train", "one", "one_5.png"));
        Assert.Equal((224, 224, 112 * 224), (height, width, mask.Sum(value => value)));
    }

    private PrepareReport WithMasks(string table, params string[] names)
    {
        film.Add("one.mkv");
        // The light of each mask's name: a bar of as many columns as its number.
        foreach (var name in names)
        {
            var bar = int.Parse(Path.GetFileNameWithoutExtension(name).Split('_')[^1], System.Globalization.CultureInfo.InvariantCulture);
            TinyBench.WriteGrey(film.At("masks", name), 224, 224, (_, x) => x < bar ? (byte)255 : (byte)0);
        }

        return Prepare(table, options => options with { Masks = film.At("masks"), MaxFailures = 0 });
    }

    private int[] Bars(string place, int count) =>
        [.. Enumerable.Range(1, count)
            .Select(k => MaskReader.Read(Path.Combine(film.Target, place, $"one_{k}.png")).Mask.Sum(value => value) / 224)];

    [Fact]
    public void Masks_that_are_not_0_and_255_are_noted()
    {
        film.Add("one.mkv");
        for (var k = 1; k <= 5; k++)
            TinyBench.WriteGrey(film.At("masks", $"one_{k}.png"), 224, 224, (_, x) => x < 56 ? (byte)(k < 5 ? 1 : 255) : (byte)0);
        var report = Prepare("video_id,split\none,train\n", options => options with { Masks = film.At("masks") });
        Assert.Contains("masks 1, 2, 3, 4: its values are 0 and 1: 1 is foreground", Assert.Single(report.Notes).Sentence);
        Assert.Equal([56, 56, 56, 56, 56], Bars("Multi-sources/ms3_data/gt_masks/train/one", 5));
    }

    [Fact]
    public void A_mask_that_cannot_be_read_without_doubt_is_a_failure_of_its_clip()
    {
        film.Add("one.mkv");
        film.Add("two.mkv");
        foreach (var (name, dark) in new[] { ("one", (byte)1), ("two", (byte)0) })
            Assert.All(Enumerable.Range(1, 5),
                k => TinyBench.WriteGrey(film.At("masks", $"{name}_{k}.png"), 224, 224, (_, x) => x < 56 ? (byte)2 : dark));
        var report = Prepare("video_id,split\none,train\ntwo,train\n", options => options with { Masks = film.At("masks") });
        Assert.Contains("one_1.png is a mask in which background and foreground cannot be told apart",
            Assert.Single(report.Failures).Sentence);
        Assert.Equal(1, report.Prepared);
    }

    [Theory]
    [InlineData("one_0.png one_1.png one_2.png one_3.png one_4.png")]
    [InlineData("one_00.png one_01.png one_02.png one_03.png one_04.PNG")]
    public void Masks_counted_from_0_are_put_at_the_second_they_belong_to(string names)
    {
        var report = WithMasks("video_id,split\none,train\n", names.Split(' '));
        Assert.Equal([0, 1, 2, 3, 4], Bars("Multi-sources/ms3_data/gt_masks/train/one", 5));
        Assert.Equal("the masks are counted from 0: number 0 is of the first second", Assert.Single(report.Notes).Sentence);
    }

    [Fact]
    public void The_only_mask_that_S4_trains_on_may_have_number_0()
    {
        WithMasks("name,start,category,split\none,0,dog,train\n", "one_0.png", "one_1.png");
        Assert.Equal([0, 1], Bars("Single-source/s4_data/gt_masks/train/dog/one", 2));
    }

    [Fact]
    public void Masks_with_zeros_before_their_number_are_found()
    {
        Assert.Empty(WithMasks("video_id,split\none,train\n", "one_001.png", "one_002.png", "one_003.png", "one_004.png",
            "one_005.png").Notes);
        Assert.Equal([1, 2, 3, 4, 5], Bars("Multi-sources/ms3_data/gt_masks/train/one", 5));
    }

    [Theory]
    [InlineData("one_1.png one_2.png one_4.png one_5.png", "one_3.png is missing: mask 3 of the clip one")]
    [InlineData("one_0.png one_1.png one_3.png one_4.png", "one_2.png is missing: mask 3 of the clip one")]
    [InlineData("one_0.png one_1.png one_2.png one_3.png one_4.png one_5.png", "expected numbers 1 to 5, or 0 to 4")]
    [InlineData("one_1.png one_01.png one_2.png one_3.png one_4.png one_5.png", "are both mask 1 of one clip")]
    public void Masks_whose_second_is_not_clear_are_a_failure(string names, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<DataException>(() => WithMasks("video_id,split\none,train\n", names.Split(' '))).Message);

    [Fact]
    public void Masks_beyond_the_last_second_are_noted() =>
        Assert.Equal("masks from number 6 on are not used",
            Assert.Single(WithMasks("video_id,split\none,train\n",
            [.. Enumerable.Range(1, 9).Select(k => $"one_{k}.png")]).Notes).Sentence);

    [Fact]
    public void A_table_without_a_header_loses_no_clip()
    {
        film.Add("---gf_I2yQ.mkv");
        film.Add("0aBcD.mkv");
        // VGGSound's own form.
        Assert.Equal((Subset.S4, 2), Prepare("---gf_I2yQ,0,\"people marching\",train\n0aBcD,0,dog,test\n") is { } report
            ? (report.Subset, report.Prepared)
            : default);
        Assert.StartsWith("name,start,category,split\n---gf_I2yQ,0,people marching,train\n",
            File.ReadAllText(Path.Combine(film.Target, "Single-source", "s4_meta_data.csv")));
        Assert.Equal((Subset.MS3, 2), Prepare("---gf_I2yQ,train\n0aBcD,val\n") is { } pairs ? (pairs.Subset, pairs.Prepared) : default);
    }

    [Fact]
    public void A_table_with_an_unknown_header_loses_only_that()
    {
        film.Add("one.mkv");
        Assert.Equal((Subset.S4, 1), Prepare("# YouTube ID,start seconds,label,train/test split\none,0,dog,test\n") is { } report
            ? (report.Subset, report.Prepared)
            : default);
    }

    [Theory]
    [InlineData("\"name\";\"start\";\"category\";\"split\"\n\"one\";0;\"dog\";\"train\"\n",
        "line 1: its values are separated by ;, expected commas")]
    [InlineData("one;12,5;dog;train\n", "line 1: its values are separated by ;, expected commas")]
    [InlineData("\r\n\r\nname;start;category;split\r\n", "line 3: its values are separated by ;, expected commas")]
    [InlineData("name\tstart\tcategory\tsplit\none\t0\tdog\ttrain\n", "line 1: its values are separated by tabs, expected commas")]
    [InlineData("video_id|split\none|train\n", "line 1: its values are separated by |, expected commas")]
    [InlineData("video_id split\none train\n", "line 1: its values are separated by spaces, expected commas")]
    public void A_table_that_is_not_separated_by_commas_is_reported(string table, string sentence)
    {
        film.Add("one.mkv");
        Assert.EndsWith(sentence, Assert.Throws<DataException>(() => Prepare(table)).Message);
    }

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-8", true)]
    [InlineData("utf-8", false)]
    public void A_table_of_any_marked_encoding_is_read(string encoding, bool mark)
    {
        film.Add("ü.mkv");
        var text = System.Text.Encoding.GetEncoding(encoding);
        File.WriteAllBytes(film.Table(""), [.. mark ? text.GetPreamble() : [], .. text.GetBytes("video_id,split\rü,train\r")]);
        Assert.Equal(1, Preparation.Run(new PrepareOptions(film.At("clips.csv"), film.Videos, film.Target)).Prepared);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("latin1")]
    public void A_table_of_an_unmarked_encoding_is_reported(string encoding)
    {
        film.Add("ü.mkv");
        File.WriteAllBytes(film.Table(""), System.Text.Encoding.GetEncoding(encoding).GetBytes("video_id,split\nü,train\n"));
        Assert.Contains("clips.csv is not UTF-8 text",
            Assert.Throws<DataException>(() =>
            Preparation.Run(new PrepareOptions(film.At("clips.csv"), film.Videos, film.Target))).Message);
    }

    [Fact]
    public void A_missing_mask_is_a_failure()
    {
        film.Add("one.mkv");
        TinyBench.WriteGrey(film.At("masks", "one_1.png"), 224, 224, (_, _) => 255);
        var error = Assert.Throws<DataException>(() =>
            Prepare("video_id,split\none,train\n", options => options with { Masks = film.At("masks") }));
        Assert.Contains("one_2.png is missing: mask 2 of the clip one", error.Message);
    }

    [Fact]
    public void A_folder_that_was_not_prepared_here_is_left_alone()
    {
        film.Add("one.mkv");
        File.WriteAllText(film.At("out", "Multi-sources", "mine.txt"), "");
        Assert.Contains("was not prepared here", Assert.Throws<UsageException>(() => Prepare("video_id,split\none,train\n")).Message);
    }

    [Fact]
    public void Two_videos_of_one_clip_are_not_chosen_between()
    {
        film.Add("one.mkv");
        film.Add("one.avi");
        Assert.Contains("are both videos of the clip one",
            Assert.Throws<DataException>(() => Prepare("video_id,split\none,train\n")).Message);
    }
}
