using Avs.Core;
using Avs.Data.Prepare;
using Avs.Data.Tests.AvsBench;

namespace Avs.Data.Tests.Media;

/// <summary>Kinds of damaged input to `data prepare`: each becomes one clear sentence, and nothing half-written stays.</summary>
public sealed class DamagedVideoTests : IDisposable
{
    private readonly Film film = new();

    public void Dispose() => film.Dispose();

    public static TheoryData<string, string> Damages => new()
    {
        { "empty", "" },
        { "text", "cannot be read: ffprobe says" },
        { "half of an mp4", "cannot be read: ffprobe says" },
        { "half of an avi", "s of sound, expected 5 s" },
        { "sound only", "holds no picture that can be decoded" },
        { "pictures only", "has no sound" },
        { "a folder", "holds no video of the clip" },
        { "a picture", "has no sound" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_video_is_one_sentence_and_leaves_nothing(string damage, string sentence)
    {
        film.Add("good.mkv");
        Damage(damage, film.At("videos", "bad.mp4"));
        var report = Run("video_id,split\ngood,train\nbad,train\n");
        var failure = Assert.Single(report.Failures);
        Assert.Equal("bad", failure.Clip);
        Assert.Contains(sentence, failure.Sentence);
        Assert.DoesNotContain('\n', failure.Sentence);
        Assert.Empty(Directory.EnumerateFileSystemEntries(film.Target, "*bad*", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFileSystemEntries(film.Target, "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_table_with_byte_order_mark_line_ends_of_Windows_and_quotes_is_read()
    {
        film.Add("one, two.mkv");
        var report = Run("\uFEFFvideo_id,split\r\n\"one, two\",train\r\n");
        Assert.Equal(1, report.Prepared);
        Assert.Equal("video_id,split\n\"one, two\",train\n", File.ReadAllText(Path.Combine(report.Root, "ms3_meta_data.csv")));
    }

    [Theory]
    [InlineData("video_id,split\n", "names no clip")]
    [InlineData("video_id,split\none,train\none,val\n", "line 3: the clip one was named before")]
    [InlineData("name,start,category,split\none,soon,dog,train\n", "line 2: the start is 'soon', expected seconds such as 30 or 12.5")]
    [InlineData("video_id,split\n../one,train\n", "line 2: the clip name is '../one'")]
    [InlineData("video_id,split\none,trian\n", "line 2: the split is 'trian', expected train, val or test")]
    public void A_wrong_table_is_named_with_its_line(string table, string sentence)
    {
        film.Add("one.mkv");
        Assert.Contains(sentence, Assert.Throws<DataException>(() => Run(table)).Message);
        Assert.False(Directory.Exists(film.Target));
    }

    [Fact]
    public void A_missing_folder_of_videos_is_named() =>
        Assert.EndsWith("is missing, expected a folder of videos",
            Assert.Throws<DataException>(() => Run("video_id,split\none,train\n")).Message);

    [Fact]
    public void A_video_named_by_the_table_must_be_there()
    {
        film.Add("one.mkv");
        Assert.Contains("two.mkv is missing: the table names it for the clip one",
            Assert.Throws<DataException>(() => Run("video_id,split,file\none,train,two.mkv\n")).Message);
    }

    [Fact]
    public void A_second_preparation_in_the_same_folder_is_refused()
    {
        film.Add("one.mkv");
        var journal = Run("video_id,split\none,train\n").Journal;
        using var held = new FileStream(journal, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Contains("another preparation", Assert.Throws<DataException>(() => Run("video_id,split\none,train\n")).Message);
    }

    private PrepareReport Run(string table) =>
        Preparation.Run(new PrepareOptions(film.Table(table), film.Videos, film.Target) { Threads = 1 });

    private void Damage(string kind, string path)
    {
        switch (kind)
        {
            case "empty":
                File.WriteAllBytes(path, []);
                break;
            case "text":
                File.WriteAllText(path, new string('x', 5000));
                break;
            case "half of an mp4":
                Halve(film.Add("whole.mp4", coding: ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"]), path);
                break;
            case "half of an avi":
                Halve(film.Add("whole.avi", coding: ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le"]), path);
                break;
            case "sound only":
                FFmpeg.Run("-f", "lavfi", "-i", "sine=300:duration=5", "-c:a", "aac", path);
                break;
            case "pictures only":
                film.Add("bad.mp4", sound: "", coding: ["-c:v", "libx264", "-pix_fmt", "yuv420p"]);
                break;
            case "a folder":
                Directory.CreateDirectory(path);
                break;
            default:
                TinyBench.WriteGrey(Path.ChangeExtension(path, ".png"), 8, 8, (_, _) => 9);
                File.Move(Path.ChangeExtension(path, ".png"), path);
                break;
        }
    }

    private static void Halve(string whole, string path)
    {
        var bytes = File.ReadAllBytes(whole);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
    }
}
