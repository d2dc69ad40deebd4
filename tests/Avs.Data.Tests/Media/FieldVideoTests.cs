using System.Buffers.Binary;
using System.Diagnostics;
using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Media;
using Avs.Data.Prepare;
using Avs.Data.Tests.AvsBench;
using OpenCvSharp;

namespace Avs.Data.Tests.Media;

/// <summary>
/// Videos as phones, trail cameras, broadcasts and cut-out clips have them. What is right is what ffmpeg's own program gives.
/// </summary>
public sealed class FieldVideoTests : IDisposable
{
    private static readonly string[] H264 = ["-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p"];

    private readonly Film film = new();

    public void Dispose() => film.Dispose();

    private static Mat First(string video) => new VideoFile(video).Pictures().Select(picture => picture.Bgr.Clone()).First();

    /// <summary>The grey in the middle of each of a clip's frames.</summary>
    private int[] Greys(string id) =>
        [.. Enumerable.Range(1, 5)
        .Select(k => Middle(Path.Combine(film.Target, "Multi-sources", "ms3_data", "visual_frames", id, $"{id}.mp4_{k}.png")))];

    private double[] Sound(string id) =>
        WavReader.Read(Path.Combine(film.Target, "Multi-sources", "ms3_data", "audio_wav", "train", id + ".wav")).Mono;

    private static int Middle(string frame)
    {
        var (rgb, height, width) = FrameReader.Read(frame);
        var middle = rgb.AsSpan((height / 2 * width + width / 2) * 3, 3);
        Assert.InRange(middle[1] - middle[0], -2, 2);
        Assert.InRange(middle[2] - middle[0], -2, 2);
        return middle[0];
    }

    private PrepareReport Prepare(params string[] files)
    {
        var table = "video_id,split,file\n" + string.Concat(files.Select((file, i) => $"clip{i},train,\"{file.Replace("\"", "\"\"")}\"\n"));
        return Preparation.Run(new PrepareOptions(film.Table(table), film.Videos, film.Target) { Threads = 2 });
    }

    private static void AssertNear(int tolerance, IEnumerable<int> expected, IEnumerable<int> actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));

    /// <summary>A video of one grey a second, 30, 60 and so on, and a tone of 0.2 s at the start of each second.</summary>
    private string Steps(string name, double seconds, params string[] coding)
    {
        var path = film.At("videos", name);
        FFmpeg.Run([
            "-f", "lavfi", "-i", $"color=black:size=64x48:rate=10:duration={seconds},format=gray,geq=lum='30+30*floor(T)'",
            "-f", "lavfi", "-i", $"aevalsrc='0.5*sin(2*PI*440*t)*lt(mod(t,1),0.2)':s=48000:d={seconds}",
            .. coding.Length > 0 ? coding : [.. H264, "-c:a", "aac"], path]);
        return path;
    }

    /// <summary>Whether the tone is heard at a second.</summary>
    private static bool Sounds(double[] mono, double second) => mono.AsSpan((int)((second + 0.05) * 16_000), 1600).ToArray().Max() > 0.1;

    // The matrix of an mp4's track header, as phones write it: turned by so many degrees, mirrored first where asked for.
    private static void Turn(string mp4, double degrees, bool mirrored)
    {
        var bytes = File.ReadAllBytes(mp4);
        var matrix = bytes.AsSpan(bytes.AsSpan().IndexOf("tkhd"u8) + 4 + 40);
        var (cos, sin) = (Math.Cos(degrees * Math.PI / 180), Math.Sin(degrees * Math.PI / 180));
        double[] values = mirrored ? [-cos, -sin, 0, -sin, cos] : [cos, sin, 0, -sin, cos];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(matrix[(4 * i)..], (int)Math.Round(values[i] * 65536));
        File.WriteAllBytes(mp4, bytes);
    }

    [Theory]
    [InlineData(0, false, 64, 48)]
    [InlineData(90, false, 48, 64)]
    [InlineData(180, false, 64, 48)]
    [InlineData(270, false, 48, 64)]
    [InlineData(0, true, 64, 48)]
    [InlineData(90, true, 48, 64)]
    [InlineData(180, true, 64, 48)]
    [InlineData(30, false, 64, 48)]
    public void Turned_videos_come_as_ffmpeg_turns_them(double degrees, bool mirrored, int width, int height)
    {
        var video = film.At("videos", "phone.mp4");
        FFmpeg.Run(["-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=0.5", .. H264, video]);
        Turn(video, degrees, mirrored);
        FFmpeg.Run("-i", video, "-frames:v", "1", film.At("right.png"));
        using var right = Cv2.ImRead(film.At("right.png"));
        using var picture = First(video);
        Assert.Equal((width, height), (picture.Cols, picture.Rows));
        Assert.InRange(Cv2.Norm(picture, right, NormTypes.INF), 0, 2);
    }

    [Fact]
    public void A_video_turned_by_90_degrees_has_its_top_on_the_right()
    {
        var video = film.At("videos", "phone.mp4");
        FFmpeg.Run(["-f", "lavfi", "-i", "color=black:size=64x48:rate=10:duration=0.5,format=gray,geq=lum='if(lt(Y,24),200,50)'", .. H264,
            video]);
        Turn(video, 90, mirrored: false);
        using var picture = First(video);
        Assert.InRange(picture.At<Vec3b>(32, 40).Item0, 198, 202);
        Assert.InRange(picture.At<Vec3b>(32, 8).Item0, 48, 52);
    }

    [Theory]
    [InlineData("320x240")]
    [InlineData("1280x720")]
    public void The_format_of_the_pictures_may_change_in_the_middle(string size)
    {
        // As trail cameras do: the first picture of each second is coded otherwise.
        string[] parts = [.. Enumerable.Range(0, 6).SelectMany(second => new[] { ("yuvj422p", 1), ("yuvj420p", 9) }.Select(kind =>
        {
            var part = film.At("parts", $"{second}{kind.Item1}.mjpeg");
            FFmpeg.Run("-f", "lavfi", "-i",
                $"color=0x{string.Concat(Enumerable.Repeat((30 + 30 * second).ToString("x2"), 3))}:size={size}:rate=10",
                "-frames:v", $"{kind.Item2}", "-pix_fmt", kind.Item1, "-f", "mjpeg", part);
            return part;
        }))];
        File.WriteAllBytes(film.At("all.mjpeg"), [.. parts.SelectMany(File.ReadAllBytes)]);
        FFmpeg.Run("-f", "mjpeg", "-framerate", "10", "-i", film.At("all.mjpeg"), "-f", "lavfi", "-t", "6", "-i", "sine=440", "-c:v",
            "copy", "-c:a", "pcm_s16le", film.At("videos", "trail.avi"));
        Assert.Equal(1, Prepare("trail.avi").Prepared);
        AssertNear(2, [30, 60, 90, 120, 150], Greys("clip0"));
    }

    [Fact]
    public void The_size_of_the_pictures_may_change_in_the_middle()
    {
        string[] sizes = ["64x48", "96x64", "32x32"];
        var parts = sizes.Select((size, i) =>
        {
            var part = film.At("parts", $"{i}.ts");
            FFmpeg.Run(["-f", "lavfi", "-i", $"color=black:size={size}:rate=10:duration=2,format=gray,geq=lum='{30 + 60 * i}+30*floor(T)'",
                "-f", "lavfi", "-t", "2", "-i", "sine=440", .. H264, "-c:a", "mp2", "-output_ts_offset", $"{2 * i}", part]);
            return part;
        }).ToArray();
        File.WriteAllBytes(film.At("videos", "res.ts"), [.. parts.SelectMany(File.ReadAllBytes)]);
        Prepare("res.ts");
        AssertNear(2, [30, 60, 90, 120, 150], Greys("clip0"));
        Assert.Equal(new Size(64, 48),
            Assert.Single(new VideoFile(film.At("videos", "res.ts")).Pictures().Select(picture => picture.Bgr.Size()).Distinct()));
    }

    [Theory]
    [InlineData("late.mp4")]
    [InlineData("late.mkv")]
    [InlineData("late.ts")]
    [InlineData("late.mov")]
    public void Pictures_that_begin_late_stay_with_their_sound(string name)
    {
        var whole = Steps("whole.mp4", 6);
        // The pictures of the first two seconds go; the greys and the tones stay where they are.
        FFmpeg.Run("-i", whole, "-i", whole, "-map", "0:v", "-map", "1:a", "-vf", "trim=start=2", "-vsync", "passthrough", "-c:v",
            "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", film.At("videos", name));
        var note = Assert.Single(Prepare(name).Notes).Sentence;
        Assert.Matches(@"the pictures begin (2\.00|1\.9\d|2\.0\d) s late: the first one stands for what lies before", note);
        AssertNear(2, [90, 90, 90, 120, 150], Greys("clip0"));
        var mono = Sound("clip0");
        Assert.All(Enumerable.Range(0, 5), second => Assert.True(Sounds(mono, second)));
    }

    [Fact]
    public void A_sound_that_begins_late_is_noted()
    {
        var whole = Steps("whole.mp4", 6);
        FFmpeg.Run("-i", whole, "-itsoffset", "1.5", "-i", whole, "-map", "0:v", "-map", "1:a", "-c", "copy",
            film.At("videos", "late.mkv"));
        Assert.Matches(@"the sound begins 1\.[45]\d s late: silence stands for what lies before",
            Assert.Single(Prepare("late.mkv").Notes).Sentence);
        AssertNear(2, [30, 60, 90, 120, 150], Greys("clip0"));
        Assert.Equal([false, false, false], new[] { 0, 0.9, 1.2 }.Select(second => Sounds(Sound("clip0"), second)));
        Assert.True(Sounds(Sound("clip0"), 1.5));
    }

    [Theory]
    [InlineData("pictures")]
    [InlineData("sound")]
    public void A_track_that_begins_after_the_clip_is_a_failure(string what)
    {
        var whole = Steps("whole.mp4", 6);
        var (pictures, sound) = what == "pictures" ? ("7", "0") : ("0", "7");
        FFmpeg.Run("-itsoffset", pictures, "-i", whole, "-itsoffset", sound, "-i", whole, "-map", "0:v", "-map", "1:a", "-c", "copy",
            film.At("videos", "late.mkv"));
        var error = Assert.Throws<DataException>(() => Prepare("late.mkv"));
        Assert.Contains($"the {what} of ", error.Message);
        Assert.Contains("where the clip has ended", error.Message);
    }

    // Of Matroska files ffmpeg 5.1 reads on in the second only: a third is a failure for lack of pictures.
    [Theory]
    [InlineData("ts", 2, 2)]
    [InlineData("ts", 2, 1)]
    [InlineData("mpg", 2, 2)]
    [InlineData("mkv", 3, 2)]
    public void Recordings_put_together_keep_pictures_and_sound_together(string kind, int lasts, int soundLasts)
    {
        // Each part begins at 0 again; where its sound ends early, the next part's must not move up to it.
        var part = film.At("part." + kind);
        FFmpeg.Run(["-f", "lavfi", "-i", $"color=black:size=64x48:rate=10:duration={lasts},format=gray,geq=lum='30+30*floor(T)'",
            "-f", "lavfi", "-i", $"aevalsrc='0.5*sin(2*PI*440*t)*lt(mod(t,1),0.2)':s=48000:d={soundLasts}",
            .. kind == "mpg" ? ["-c:v", "mpeg2video", "-r", "25", "-qscale:v", "2"] : H264, "-bf", "0", "-c:a", "mp2", part]);
        var bytes = File.ReadAllBytes(part);
        File.WriteAllBytes(film.At("videos", "spliced." + kind), [.. Enumerable.Repeat(bytes, 6 / lasts).SelectMany(copy => copy)]);
        Assert.False(MediaFile.Read(film.At("videos", "spliced." + kind)).SeeksExactly);
        Assert.Contains("put together from several recordings", Assert.Single(Prepare("spliced." + kind).Notes).Sentence);
        AssertNear(2, Enumerable.Range(0, 5).Select(second => 30 + 30 * (second % lasts)), Greys("clip0"));
        var mono = Sound("clip0");
        Assert.All(Enumerable.Range(0, 5), second => Assert.Equal(second % lasts < soundLasts, Sounds(mono, second)));
    }

    [Theory]
    [InlineData("bt709", "tv")]
    [InlineData("bt709", "pc")]
    [InlineData("smpte170m", "tv")]
    [InlineData("bt470bg", "pc")]
    public void Colours_are_those_that_the_tags_mean(string matrix, string range)
    {
        TinyBench.WriteRgb(film.At("c.png"), 64, 64, (y, x) => (y / 32, x / 16) switch
        {
            (0, 0) => ((byte)230, (byte)20, (byte)30),
            (0, 1) => ((byte)20, (byte)230, (byte)30),
            (0, 2) => ((byte)20, (byte)30, (byte)230),
            (0, _) => ((byte)240, (byte)240, (byte)240),
            (_, 0) => ((byte)16, (byte)16, (byte)16),
            (_, 1) => ((byte)230, (byte)190, (byte)150),
            (_, 2) => ((byte)128, (byte)128, (byte)128),
            _ => ((byte)60, (byte)140, (byte)160),
        });
        FFmpeg.Run("-loop", "1", "-framerate", "10", "-i", film.At("c.png"), "-frames:v", "5",
            "-vf", $"scale=out_color_matrix={(matrix == "bt709" ? "bt709" : "bt601")}:out_range={range}:flags=accurate_rnd,format=yuv420p",
            "-c:v", "libx264", "-qp", "0", "-color_range", range, "-colorspace", matrix, film.At("videos", "c.mp4"));
        using var right = Cv2.ImRead(film.At("c.png"));
        using var picture = First(film.At("videos", "c.mp4"));
        // In the middle of each patch: at their edges colours are coded at half the resolution.
        for (var patch = 0; patch < 8; patch++)
        {
            var (y, x) = (patch / 4 * 32 + 16, patch % 4 * 16 + 8);
            for (var channel = 0; channel < 3; channel++)
                Assert.InRange(picture.At<Vec3b>(y, x)[channel] - right.At<Vec3b>(y, x)[channel], -2, 2);
        }
    }

    [Theory]
    [InlineData("a:b.mp4")]
    [InlineData("http:x.mp4")]
    [InlineData("concat:a.mp4|b.mp4")]
    [InlineData("-i.mp4")]
    [InlineData("take %d %03d.mp4")]
    [InlineData("it's \"so\" \\ & $x.mp4")]
    [InlineData("two\nlines.mp4")]
    [InlineData("[a]*?.mp4")]
    public void Any_name_is_that_of_a_file(string name)
    {
        Steps("plain.mp4", 5);
        File.Move(film.At("videos", "plain.mp4"), film.At("videos", name));
        Assert.Equal(1, Prepare(name).Prepared);
        AssertNear(2, [30, 60, 90, 120, 150], Greys("clip0"));
        // The journal names it, and is read again.
        Assert.Equal(1, Prepare(name).Kept);
    }

    [Theory]
    [InlineData("0", "default", 2)]
    [InlineData("default", "0", 1)]
    [InlineData("0", "0", 1)]
    public void Of_several_sound_tracks_the_one_flagged_default_is_taken(string first, string second, int taken)
    {
        var video = film.At("videos", "two.mkv");
        FFmpeg.Run(["-f", "lavfi", "-i", "color=black:size=64x48:rate=10:duration=5", "-f", "lavfi", "-i", "anullsrc=r=16000:d=5", "-f",
            "lavfi", "-t", "5", "-i", "sine=440:r=16000",
            "-map", "0:v", "-map", "1:a", "-map", "2:a", "-c:v", "ffv1", "-c:a", "pcm_s16le", "-disposition:a:0", first, "-disposition:a:1",
                second, video]);
        Assert.Contains($"it has 2 sound tracks: number {taken} is taken", Assert.Single(Prepare("two.mkv").Notes).Sentence);
        Assert.Equal(taken == 2, Sound("clip0").Max() > 0.05);
    }

    [Fact]
    public void A_cover_picture_is_no_video()
    {
        FFmpeg.Run("-f", "lavfi", "-i", "color=red:size=32x32", "-frames:v", "1", film.At("cover.png"));
        FFmpeg.Run("-f", "lavfi", "-t", "5", "-i", "sine=440", "-i", film.At("cover.png"), "-map", "0:a", "-map", "1:v", "-c:v", "png",
            "-disposition:v", "attached_pic", film.At("videos", "song.mp3"));
        var error = Assert.Throws<DataException>(() => new VideoFile(film.At("videos", "song.mp3")));
        Assert.EndsWith("holds no picture that can be decoded: it has no track of pictures, only a cover picture", error.Message);
    }

    [Fact]
    public void Left_and_right_that_cancel_each_other_out_are_noted()
    {
        FFmpeg.Run("-f", "lavfi", "-i", "color=black:size=64x48:rate=10:duration=5", "-f", "lavfi", "-t", "5", "-i", "sine=440", "-af",
            "pan=stereo|c0=c0|c1=-1*c0", "-c:v", "ffv1", "-c:a", "pcm_s16le", film.At("videos", "phase.mkv"));
        FFmpeg.Run("-f", "lavfi", "-i", "color=black:size=64x48:rate=10:duration=5", "-f", "lavfi", "-t", "5", "-i", "sine=440", "-af",
            "pan=stereo|c0=c0|c1=0.2*c0", "-c:v", "ffv1", "-c:a", "pcm_s16le", film.At("videos", "wide.mkv"));
        var note = Assert.Single(Prepare("phase.mkv", "wide.mkv").Notes);
        Assert.Equal("clip0", note.Clip);
        Assert.Contains("left and right cancel each other out", note.Sentence);
    }

    [Theory]
    [InlineData("x.mp4", "-bf", "3")]
    [InlineData("x.mkv", "-bf", "3")]
    [InlineData("x.ts", "-bf", "3")]
    [InlineData("x.mp4", "-bf", "3", "-x264-params", "open-gop=1", "-output_ts_offset", "3")]
    [InlineData("x.mkv", "-bf", "3", "-live", "1")]
    public void What_is_read_from_a_time_on_is_what_is_read_from_the_start(string name, params string[] coding)
    {
        Steps(name, 20, ["-c:v", "libx264", "-g", "70", "-c:a", "aac", .. coding]);
        var video = new VideoFile(film.At("videos", name));
        (double Seconds, double Grey)[] Of(IEnumerable<TimedPicture> pictures) =>
            [.. pictures.Select(picture => (Math.Round(picture.Seconds, 3), picture.Bgr.Mean().Val0))];
        var from = Of(video.PicturesFrom(11.23));
        Assert.InRange(from[0].Seconds, 11.1, 11.23);
        Assert.Equal(Of(video.Pictures()).Where(picture => picture.Seconds >= from[0].Seconds), from);
    }

    [Theory]
    [InlineData(3, 6)]
    [InlineData(6, 9)]
    public void A_clip_cut_out_of_a_film_of_few_pictures_has_the_one_that_is_shown(int start, int second)
    {
        // Pictures at 0 s, at the given second and at its end only.
        FFmpeg.Run("-f", "lavfi", "-i", $"color=black:size=64x48:rate=1:duration={second + 3},format=gray,geq=lum='40+20*N'",
            "-f", "lavfi", "-t", $"{second + 3}", "-i", "sine=440", "-vf", $"select='not(mod(n,{second}))+eq(n,{second + 2})'", "-vsync",
                "vfr",
            "-c:v", "ffv1", "-pix_fmt", "bgr0", "-c:a", "pcm_s16le", film.At("videos", "slides.mkv"));
        var table = film.Table($"name,start,category,split,file\nx,{start},dog,train,slides.mkv\n");
        Preparation.Run(new PrepareOptions(table, film.Videos, film.Target) { Trim = true });
        var frames = Path.Combine(film.Target, "Single-source", "s4_data", "visual_frames", "train", "dog", "x");
        var later = 40 + 20 * second;
        Assert.Equal([40, 40, 40, later, later], Enumerable.Range(1, 5).Select(k => Middle(Path.Combine(frames, $"x_{k}.png"))));
    }

    [Theory]
    [InlineData("one.mp4", true)]
    [InlineData("one.mkv", true)]
    [InlineData("one.webm", true)]
    [InlineData("one.ts", false)]
    public void Only_kinds_with_a_table_of_times_are_read_from_the_middle(string name, bool seeks)
    {
        string[] webm = ["-c:v", "libvpx", "-c:a", "libopus"], others = ["-c:v", "libx264", "-c:a", "aac"];
        var coding = name.EndsWith("webm", StringComparison.Ordinal) ? webm : others;
        Assert.Equal(seeks, MediaFile.Read(Steps(name, 1, coding)).SeeksExactly);
    }

    [Fact]
    public void A_decoder_that_hangs_is_stopped()
    {
        var pipe = film.At("videos", "endless.mp4");
        using (var mkfifo = Process.Start("mkfifo", [pipe]))
            mkfifo.WaitForExit();
        using var decoder = new DecodedStream(pictures: true, ["-i", "file:" + pipe, "-f", "null", "-"], "the pictures cannot be decoded",
            TimeSpan.FromSeconds(0.5));
        Assert.Equal("the pictures cannot be decoded: the decoder gave nothing for 0.5 s and was stopped",
            Assert.Throws<DataException>(() => decoder.NextTime(out _)).Message);
    }

    [Fact]
    public void A_program_that_crashes_is_one_sentence() =>
        Assert.Equal("it failed: sh was ended by signal 11",
            Assert.Throws<DataException>(() => ExternalProgram.Run("sh", ["-c", "kill -SEGV $$"], film.Folder, "it failed")).Message);
}
