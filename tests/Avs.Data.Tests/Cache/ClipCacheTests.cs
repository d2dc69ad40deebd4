using Avs.Core;
using Avs.Data.Cache;
using Avs.Data.Clips;
using Avs.Data.Tests.AvsBench;

namespace Avs.Data.Tests.Cache;

public sealed class ClipCacheTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("avs-cache-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Sums of each example, as a network would give them; counts the examples it was asked for.</summary>
    private sealed class Sums(string key)
    {
        public int Examples { get; private set; }

        public SoundEmbedding Embedding => new(() => key, 2, logMel =>
        {
            var count = logMel.Length / Clip.LogMelSize;
            Examples += count;
            return [.. Enumerable.Range(0, count)
                .SelectMany(n => new[] { logMel.Skip(n * Clip.LogMelSize).Take(Clip.LogMelSize).Sum(), n })];
        });
    }

    private CachedClips Build(ICacheSource source, SoundEmbedding? embedding = null, int threads = 2, int bad = 0,
        List<string>? log = null) =>
        new ClipCache(folder)
            .OpenOrBuild(source, new CacheBuild { Embedding = embedding, Threads = threads, MaxBadClips = bad, Log = (log ?? []).Add });

    private static void AssertSame(Clip expected, Clip actual)
    {
        Assert.Equal(expected.Info, actual.Info);
        Assert.True(expected.Pixels.AsSpan().SequenceEqual(actual.Pixels));
        Assert.True(expected.Masks.AsSpan().SequenceEqual(actual.Masks));
        Assert.Equal(expected.LabelledFrames, actual.LabelledFrames);
        Assert.True(expected.LogMel.AsSpan().SequenceEqual(actual.LogMel));
        Assert.Equal((expected.Frames, expected.FramesPresent), (actual.Frames, actual.FramesPresent));
    }

    [Theory]
    [InlineData(Subset.S4)]
    [InlineData(Subset.MS3)]
    public void Every_clip_comes_back_as_it_was(Subset subset)
    {
        using var tiny = subset == Subset.S4 ? TinyBench.S4() : TinyBench.MS3();
        foreach (var split in Enum.GetValues<Split>())
        {
            var bench = tiny.Open(split);
            using var cached = Build(bench);
            Assert.Equal((bench.Name, bench.FramesPerClip), (cached.Name, cached.FramesPerClip));
            Assert.Equal(bench.Clips, cached.Clips);
            for (var i = 0; i < bench.Clips.Count; i++)
                AssertSame(bench.Load(i), cached.Load(i));
        }
    }

    [Fact]
    public void The_file_does_not_depend_on_the_threads()
    {
        using var tiny = TinyBench.Scenes(9);
        var bench = tiny.Open();
        Build(bench, threads: 1).Dispose();
        var one = File.ReadAllBytes(new ClipCache(folder).PathOf(bench));
        File.Delete(new ClipCache(folder).PathOf(bench));
        Build(bench, threads: 3).Dispose();
        Assert.True(one.AsSpan().SequenceEqual(File.ReadAllBytes(new ClipCache(folder).PathOf(bench))));
    }

    [Fact]
    public void Clips_of_a_scene_share_their_pictures_in_the_file()
    {
        using var tiny = TinyBench.Scenes(3); // 7 clips of 3 pictures
        using var cached = Build(tiny.Open());
        Assert.InRange(cached.Length, 3 * 5 * 224 * 224 * 3, 5 * 5 * 224 * 224 * 3);
        Assert.Equal(cached.PicturesKey(0), cached.PicturesKey(1));
        Assert.NotEqual(cached.PicturesKey(1), cached.PicturesKey(2));
        Assert.Same(cached.Load(0) is var first ? first.Pixels : null, cached.Load(1, first).Pixels);
    }

    [Fact]
    public void A_cache_is_made_once()
    {
        using var tiny = TinyBench.S4();
        var log = new List<string>();
        Build(tiny.Open(), log: log).Dispose();
        Build(tiny.Open(), log: log).Dispose();
        Assert.Contains("S4 train: making the cache", Assert.Single(log));
    }

    [Theory]
    [InlineData("frame")]
    [InlineData("mask")]
    [InlineData("sound")]
    [InlineData("table")]
    public void A_change_of_anything_makes_it_again(string what)
    {
        using var tiny = TinyBench.S4();
        Build(tiny.Open()).Dispose();
        switch (what)
        {
            case "frame":
                TinyBench.WriteRgb(tiny.Frame("one", 3), 224, 224, (_, _) => (1, 2, 3));
                break;
            case "mask":
                TinyBench.WriteGrey(tiny.Mask("one", 1), 224, 224, (_, _) => 255);
                break;
            case "sound":
                File.SetLastWriteTimeUtc(tiny.Sound("one"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
                break;
            default:
                File.WriteAllText(tiny.Table, File.ReadAllText(tiny.Table).Replace("two,0,male_speech,train\n", ""));
                break;
        }

        var log = new List<string>();
        using var cached = Build(tiny.Open(), log: log);
        Assert.Contains("the sources have changed", Assert.Single(log));
        AssertSame(tiny.Open().Load(0), cached.Load(0));
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void Sound_embeddings_are_computed_once_and_come_back_with_the_clips()
    {
        using var tiny = TinyBench.S4();
        var sums = new Sums("sums-1");
        using var cached = Build(tiny.Open(), sums.Embedding);
        var clip = cached.Load(1);
        Assert.Equal(clip.LogMel[..Clip.LogMelSize].Sum(), clip.SoundEmbedding![0]);
        Build(tiny.Open(), sums.Embedding).Dispose();
        Assert.Equal(10, sums.Examples);
    }

    [Fact]
    public void Other_weights_renew_the_embeddings_without_decoding_again()
    {
        using var tiny = TinyBench.S4();
        var bench = tiny.Open();
        Build(bench).Dispose();
        var expected = bench.Load(0);
        var log = new List<string>();
        using (var without = Build(bench, new Sums("sums-1").Embedding, log: log))
            Assert.Equal("sums-1", without.EmbeddingKey);
        using var with = Build(bench, new Sums("sums-2").Embedding, log: log);
        Assert.Equal("sums-2", with.EmbeddingKey);
        Assert.All(log, line => Assert.Contains("adding sound embeddings", line));
        AssertSame(expected, with.Load(0));
    }

    [Fact]
    public void A_cache_with_embeddings_serves_who_needs_none()
    {
        using var tiny = TinyBench.S4();
        Build(tiny.Open(), new Sums("sums-1").Embedding).Dispose();
        var log = new List<string>();
        using var cached = Build(tiny.Open(), log: log);
        Assert.Empty(log);
        Assert.NotNull(cached.Load(0).SoundEmbedding);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.0001)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void A_truncated_cache_is_refused(double share)
    {
        using var tiny = TinyBench.S4();
        var path = new ClipCache(folder).PathOf(tiny.Open());
        Build(tiny.Open()).Dispose();
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(int)(bytes.Length * share)]);
        var sentence = Assert.Throws<DataException>(() => Build(tiny.Open())).Message;
        Assert.StartsWith($"{path} is cut short", sentence);
        Assert.EndsWith("delete the file to have it made again", sentence);
    }

    [Theory]
    [InlineData(20, "is damaged")] // the header
    [InlineData(-40, "is damaged")] // the index
    public void A_cache_with_a_flipped_bit_in_its_head_or_index_is_refused(int at, string expected)
    {
        using var tiny = TinyBench.S4();
        var path = new ClipCache(folder).PathOf(tiny.Open());
        Build(tiny.Open()).Dispose();
        Flip(path, at);
        Assert.Contains(expected, Assert.Throws<DataException>(() => Build(tiny.Open())).Message);
    }

    [Fact]
    public void A_flipped_bit_in_a_clip_is_found_when_the_clip_is_read()
    {
        using var tiny = TinyBench.S4();
        var path = new ClipCache(folder).PathOf(tiny.Open());
        Build(tiny.Open()).Dispose();
        Flip(path, 5000);
        using var cached = Build(tiny.Open());
        Assert.Contains("the pictures of the clip one do not fit their checksum",
            Assert.Throws<DataException>(() => cached.Load(0)).Message);
        AssertSame(tiny.Open().Load(1), cached.Load(1));
    }

    [Fact]
    public void A_file_that_is_no_cache_is_refused_and_left_alone()
    {
        using var tiny = TinyBench.S4();
        var path = new ClipCache(folder).PathOf(tiny.Open());
        var text = new string('x', 100);
        File.WriteAllText(path, text);
        Assert.Contains("expected a cache of clips", Assert.Throws<DataException>(() => Build(tiny.Open())).Message);
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void A_bad_clip_ends_the_making_and_leaves_nothing()
    {
        using var tiny = TinyBench.S4();
        File.WriteAllBytes(tiny.Frame("two", 4, "male_speech"), []);
        Assert.Contains("two_4.png is empty", Assert.Throws<DataException>(() => Build(tiny.Open())).Message);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void Bad_clips_that_may_be_are_kept_with_their_reasons()
    {
        using var tiny = TinyBench.S4();
        File.WriteAllBytes(tiny.Frame("two", 4, "male_speech"), []);
        using var cached = Build(tiny.Open(), bad: 1);
        Assert.Contains("two_4.png is empty", Assert.Single(cached.BadClips).Reason);
        Assert.Contains("two_4.png is empty", Assert.Throws<DataException>(() => cached.Load(1)).Message);
        AssertSame(tiny.Open().Load(0), cached.Load(0));
        Assert.Throws<DataException>(() => Build(tiny.Open(), bad: 0));
    }

    [Fact]
    public void A_stopped_making_leaves_nothing()
    {
        using var tiny = TinyBench.S4();
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new ClipCache(folder)
            .OpenOrBuild(tiny.Open(), new CacheBuild { Stop = stop.Token }));
        Assert.Empty(Directory.GetFiles(folder));
    }

    private static void Flip(string path, int at)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[at < 0 ? bytes.Length + at : at] ^= 4;
        File.WriteAllBytes(path, bytes);
    }
}
