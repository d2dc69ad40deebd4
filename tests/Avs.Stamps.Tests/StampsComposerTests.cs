using System.Runtime.InteropServices;
using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Clips;
using NAudio.Wave;
using OpenCvSharp;

namespace Avs.Stamps.Tests;

public sealed class StampsComposerTests : IClassFixture<StampsComposerTests.Composed>
{
    private static readonly ComposeOptions Options = new(5, new SceneCounts(6, 2, 3, 2), new SceneCounts(6, 2, 2, 1), Threads: 2);
    private readonly Composed composed;

    public StampsComposerTests(Composed composed) => this.composed = composed;

    [Fact]
    public void The_same_seed_gives_the_same_bytes_whatever_the_threads()
    {
        var other = composed.Parts.Composed("one-thread", Options with { Threads = 1 });
        Assert.Equal(Contents(composed.Folder), Contents(other));
    }

    [Fact]
    public void Another_seed_gives_other_bytes() =>
        Assert.NotEqual(Contents(composed.Folder), Contents(composed.Parts.Composed("other-seed", Options with { Seed = 6 })));

    [Fact]
    public void S4_has_every_file_of_its_table_and_no_other()
    {
        var data = Path.Combine(composed.Folder, "Single-source", "s4_data");
        var expected = new List<string>();
        foreach (var clip in composed.S4)
        {
            var place = Path.Combine(clip.Split, clip.Object, clip.Name);
            expected.Add(Path.Combine("audio_wav", place + ".wav"));
            expected.AddRange(Enumerable.Range(1, 5).Select(k => Path.Combine("visual_frames", place, $"{clip.Name}_{k}.png")));
            expected.AddRange(Enumerable.Range(1, clip.Split == "train" ? 1 : 5)
                .Select(k => Path.Combine("gt_masks", place, $"{clip.Name}_{k}.png")));
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), Files(data));
    }

    [Fact]
    public void MS3_has_every_file_of_its_table_and_no_other()
    {
        var data = Path.Combine(composed.Folder, "Multi-sources", "ms3_data");
        var expected = new List<string>();
        foreach (var clip in composed.MS3)
        {
            expected.Add(Path.Combine("audio_wav", clip.Split, clip.Name + ".wav"));
            expected.AddRange(Enumerable.Range(1, 5).Select(k => Path.Combine("visual_frames", clip.Name, $"{clip.Name}.mp4_{k}.png")));
            expected.AddRange(Enumerable.Range(1, 5).Select(k => Path.Combine("gt_masks", clip.Split, clip.Name, $"{clip.Name}_{k}.png")));
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), Files(data));
    }

    [Fact]
    public void Clips_with_semantic_labels_are_read_back_as_AVSS()
    {
        var folder = composed.Parts.Composed("avss", new ComposeOptions(5, null, null, 2) { AVSS = new SceneCounts(4, 1, 1, 0) });
        var train = AvssDataset.Open(folder, Split.Train);
        Assert.Equal((10, 4), (train.FramesPerClip, train.Clips.Count));
        Assert.Equal(["background", "ball", "box", "disc", "tile"], train.Classes);
        Assert.Equal([5, 5, 10, 10], Enumerable.Range(0, 4).Select(i => train.Load(i).FramesPresent));
        Assert.Equal([1, 5, 10, 10], Enumerable.Range(0, 4).Select(i => train.Load(i).LabelledFrames.Length));

        // Each clip's labels are of the objects that its row names, and no others.
        for (var i = 0; i < 4; i++)
        {
            var found = train.Load(i).Labels!.Distinct().Where(label => label != 0).Select(label => train.Classes[label]).Order();
            Assert.Equal(train.Clips[i].Category.Split('+').Order(), found);
        }
    }

    [Fact]
    public void Semantic_labels_have_the_same_bytes_whatever_the_threads()
    {
        var options = new ComposeOptions(5, null, null, 1) { AVSS = new SceneCounts(3, 1, 1, 0) };
        Assert.Equal(Contents(composed.Parts.Composed("avss-one", options)),
            Contents(composed.Parts.Composed("avss-two", options with { Threads = 2 })));
    }

    [Fact]
    public void All_train_masks_are_there_when_asked_for()
    {
        var folder = composed.Parts.Composed("all-masks",
            new ComposeOptions(5, new SceneCounts(2, 1, 1, 0), null, 2, LabelAllTrainFrames: true));
        Assert.All(Rows(folder, "Single-source"), clip => Assert.True(
            File.Exists(Path.Combine(folder, "Single-source", "s4_data", "gt_masks", clip.Split, clip.Object, clip.Name,
                clip.Name + "_5.png"))));
    }

    [Fact]
    public void The_picture_does_not_tell_which_object_sounds()
    {
        foreach (var scene in composed.S4.GroupBy(c => c.Scene))
        {
            var clips = scene.ToArray();
            Assert.InRange(clips.Length, 2, 3);
            Assert.Equal(clips.Length, clips.Select(c => c.Object).Distinct().Count());
            for (var k = 1; k <= 5; k++)
                Assert.Single(clips.Select(c => Convert.ToHexString(File.ReadAllBytes(S4Frame(c, k)))).Distinct());
        }
    }

    [Fact]
    public void Splits_share_no_background()
    {
        foreach (var clip in composed.S4)
        {
            using var frame = Cv2.ImRead(S4Frame(clip, 1));
            var sums = Cv2.Sum(frame);
            double[] channels = [sums.Val0, sums.Val1, sums.Val2];
            Assert.Equal(SyntheticParts.ChannelOfSplit[clip.Split], Array.IndexOf(channels, channels.Max()));
        }
    }

    [Fact]
    public void Masks_are_black_and_white_and_big_enough_in_every_frame()
    {
        foreach (var clip in composed.S4.Where(c => c.Split == "test"))
        {
            for (var k = 1; k <= 5; k++)
            {
                var mask = Mask(Path.Combine(composed.Folder, "Single-source", "s4_data", "gt_masks", clip.Split, clip.Object, clip.Name,
                    $"{clip.Name}_{k}.png"));
                Assert.All(mask, value => Assert.True(value is 0 or 255));
                Assert.True(mask.Count(v => v == 255) >= SceneRenderer.LeastShown * mask.Length);
            }
        }
    }

    [Fact]
    public void MS3_sounds_in_exactly_the_seconds_that_have_a_mask()
    {
        foreach (var clip in composed.MS3)
        {
            var data = Path.Combine(composed.Folder, "Multi-sources", "ms3_data");
            var sound = ReadStereo(Path.Combine(data, "audio_wav", clip.Split, clip.Name + ".wav"));
            for (var second = 0; second < 5; second++)
            {
                var masked = Mask(Path.Combine(data, "gt_masks", clip.Split, clip.Name, $"{clip.Name}_{second + 1}.png")).Any(v => v != 0);
                Assert.Equal(masked, Loudness(sound, second) > 0.012);
                Assert.Equal(masked, clip.Sounding[second].Length > 0);
            }
        }
    }

    [Fact]
    public void S4_sounds_in_every_second_without_clipping()
    {
        foreach (var clip in composed.S4)
        {
            var sound = ReadStereo(Path.Combine(composed.Folder, "Single-source", "s4_data", "audio_wav", clip.Split, clip.Object,
                clip.Name + ".wav"));
            Assert.Equal(2 * 5 * 16000, sound.Length);
            Assert.All(Enumerable.Range(0, 5), second => Assert.InRange(Loudness(sound, second), 0.012, 0.5));
            Assert.DoesNotContain(short.MaxValue, sound);
            Assert.DoesNotContain(short.MinValue, sound);
        }
    }

    [Fact]
    public void Unheard_recordings_are_in_the_test_split_only()
    {
        Assert.All(composed.S4.Where(c => !c.Seen), clip => Assert.Equal("test", clip.Split));
        Assert.All(composed.S4.Where(c => !c.Seen), clip => Assert.Contains(clip.Object, new[] { "ball", "box" }));
        Assert.Equal(4, composed.S4.Count(c => !c.Seen));
    }

    [Fact]
    public void Credits_name_every_part_with_its_package_and_licence()
    {
        var credits = File.ReadAllText(Path.Combine(composed.Folder, "CREDITS"));
        Assert.Contains("shapes 1.0", credits);
        Assert.Contains("box.png\n    picture of box; MIT; 2020 Ann", credits);
        Assert.Contains("ball.png\n    picture of ball; CC0-1.0; 2021 Bob", credits);
        Assert.Contains("License: CC0-1.0", File.ReadAllText(Path.Combine(composed.Folder, "copyright", "shapes")));
    }

    [Fact]
    public void A_folder_that_is_not_empty_is_left_alone()
    {
        var error = Assert.Throws<UsageException>(() => composed.Parts.Composed("s", Options));
        Assert.Contains("not empty", error.Message);
    }

    [Fact]
    public void A_cancelled_run_leaves_nothing_behind()
    {
        var folder = Path.Combine(composed.Parts.Folder, "cancelled");
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            StampsComposer.Compose(folder, composed.Parts.Parts, Options, _ => cancel.Cancel(), cancel.Token));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(composed.Parts.Folder),
            path => path.Contains("cancelled", StringComparison.Ordinal));
    }

    private string S4Frame(Row clip, int k) =>
        Path.Combine(composed.Folder, "Single-source", "s4_data", "visual_frames", clip.Split, clip.Object, clip.Name,
            $"{clip.Name}_{k}.png");

    private static string[] Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(folder, p))
            .Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Contents(string folder) =>
        Files(folder).Select(p => $"{p} {Convert.ToHexString(File.ReadAllBytes(Path.Combine(folder, p)))}");

    private static byte[] Mask(string path)
    {
        using var image = Cv2.ImRead(path, ImreadModes.Unchanged);
        Assert.Equal(MatType.CV_8UC1, image.Type());
        var bytes = new byte[image.Rows * image.Cols];
        Marshal.Copy(image.Data, bytes, 0, bytes.Length);
        return bytes;
    }

    private static short[] ReadStereo(string path)
    {
        using var reader = new WaveFileReader(path);
        Assert.Equal((16000, 2, 16), (reader.WaveFormat.SampleRate, reader.WaveFormat.Channels, reader.WaveFormat.BitsPerSample));
        var bytes = new byte[reader.Length];
        reader.ReadExactly(bytes);
        return MemoryMarshal.Cast<byte, short>(bytes).ToArray();
    }

    private static double Loudness(short[] stereo, int second) =>
        Math.Sqrt(stereo.Skip(second * 32000).Take(32000).Average(s => s / 32768.0 * (s / 32768.0)));

    private static Row[] Rows(string folder, string subset) =>
        [.. File.ReadLines(Path.Combine(folder, subset, "stamps.csv")).Skip(1).Select(l => l.Split(','))
            .Select(f => new Row(f[0], f[1], f[2], f[3], f[4] == "1", f[5].Split('|')))];

    public sealed record Row(string Name, string Scene, string Split, string Object, bool Seen, string[] Sounding);

    public sealed class Composed : IDisposable
    {
        public Composed()
        {
            Folder = Parts.Composed("s", Options);
            S4 = Rows(Folder, "Single-source");
            MS3 = Rows(Folder, "Multi-sources");
        }

        public SyntheticParts Parts { get; } = new();

        public string Folder { get; }

        public IReadOnlyList<Row> S4 { get; }

        public IReadOnlyList<Row> MS3 { get; }

        public void Dispose() => Parts.Dispose();
    }
}
