using Avs.Core;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Data.Tests.AvsBench;
using static TorchSharp.torch;

namespace Avs.Data.Tests.Batches;

[Collection(Alone.Name)]
public sealed class ClipLoaderTests
{
    private static readonly AugmentOptions Lively = new()
    {
        Flip = FlipMode.Clip,
        FlipProbability = 0.5,
        Brightness = 0.2,
        Contrast = 0.2,
        Colour = 0.1,
        CropScale = 0.6,
        SoundGain = 0.3,
        SoundNoise = 0.1,
        SilentClips = 0.2,
    };

    /// <summary>Clips in memory; scene i/2; counts how often each is decoded.</summary>
    private sealed class Clips(int count) : IClipDataset
    {
        public int Loads;
        public int? Broken;
        public int[] AllBroken = [];

        public string Name => "clips";

        public int FramesPerClip => 5;

        IReadOnlyList<ClipInfo> IClipDataset.Clips { get; } =
            [.. Enumerable.Range(0, count).Select(i => new ClipInfo($"c{i}", "", Split.Train, $"s{i / 2}"))];

        public Clip Load(int index)
        {
            Interlocked.Increment(ref Loads);
            if (index == Broken || AllBroken.Contains(index))
                throw new DataException($"clip {index} is broken");
            var small = BatchTests.SmallClip($"c{index}");
            var pixels = small.Pixels.Select(value => (byte)(value + 20 * (index / 2))).ToArray();
            return new Clip(((IClipDataset)this).Clips[index], 8, 8, pixels, small.Masks, small.LabelledFrames, small.LogMel);
        }
    }

    private static LoaderOptions Options(int clips = 4, AugmentOptions? augment = null, int? drawn = null) =>
        new(new BatchOptions(8, augment, drawn), clips, Seed: 5);

    private static List<(string Ids, float[] Images, float[] LogMel, float[] Masks)> Read(ClipLoader loader, int epoch, int firstBatch = 0)
    {
        var result = new List<(string, float[], float[], float[])>();
        foreach (var batch in loader.Epoch(epoch, firstBatch))
        {
            using (batch)
            {
                static float[] Floats(Tensor tensor) => tensor.data<float>().ToArray();
                result.Add((string.Join(' ', batch.Clips.Select(clip => clip.Id)), Floats(batch.Images), Floats(batch.LogMel),
                    Floats(batch.Masks)));
            }
        }

        return result;
    }

    private static void AssertSame(List<(string Ids, float[] Images, float[] LogMel, float[] Masks)> a,
        List<(string Ids, float[] Images, float[] LogMel, float[] Masks)> b)
    {
        Assert.Equal(a.Select(batch => batch.Ids), b.Select(batch => batch.Ids));
        for (var i = 0; i < a.Count; i++)
        {
            Assert.True(a[i].Images.AsSpan().SequenceEqual(b[i].Images));
            Assert.True(a[i].LogMel.AsSpan().SequenceEqual(b[i].LogMel));
            Assert.True(a[i].Masks.AsSpan().SequenceEqual(b[i].Masks));
        }
    }

    [Fact]
    public void The_table_s_order_is_kept_without_shuffling()
    {
        using var loader = new ClipLoader(new Clips(6), Options());
        Assert.Equal(["c0 c1 c2 c3", "c4 c5"], Read(loader, 0).Select(batch => batch.Ids));
        Assert.Equal(2, loader.BatchesPerEpoch);
    }

    [Fact]
    public void Every_clip_comes_once_an_epoch_in_another_order()
    {
        using var loader = new ClipLoader(new Clips(20), Options() with { Shuffle = true });
        var (first, second) = (Read(loader, 0), Read(loader, 1));
        Assert.Equal(20, first.SelectMany(batch => batch.Ids.Split(' ')).Distinct().Count());
        Assert.NotEqual(first.Select(batch => batch.Ids), second.Select(batch => batch.Ids));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(3, 7)]
    public void Batches_do_not_depend_on_the_threads(int threads, int prefetch)
    {
        var options = Options(augment: Lively, drawn: 2) with { Shuffle = true };
        using var one = new ClipLoader(new Clips(18), options);
        using var other = new ClipLoader(new Clips(18), options with { Threads = threads, Prefetch = prefetch, Cache = false });
        AssertSame(Read(one, 3), Read(other, 3));
    }

    [Fact]
    public void An_epoch_can_be_continued_from_any_batch()
    {
        using var loader = new ClipLoader(new Clips(18), Options(augment: Lively) with { Shuffle = true });
        AssertSame(Read(loader, 2)[2..], Read(loader, 2, firstBatch: 2));
    }

    [Fact]
    public void A_last_batch_with_fewer_clips_can_be_left_out()
    {
        using var loader = new ClipLoader(new Clips(6), Options() with { DropLast = true });
        Assert.Single(Read(loader, 0));
    }

    [Fact]
    public void The_cache_decodes_each_clip_once()
    {
        var clips = new Clips(8);
        using var loader = new ClipLoader(clips, Options());
        Read(loader, 0);
        Read(loader, 1);
        Assert.Equal(8, clips.Loads);
    }

    [Fact]
    public void Pairs_show_the_same_picture_with_the_same_changes()
    {
        using var loader = new ClipLoader(new Clips(12),
            Options(augment: Lively with { SilentClips = 0 }, drawn: 1) with { Shuffle = true, PairScenes = true });
        var batches = Read(loader, 0);
        Assert.Equal(12, batches.SelectMany(batch => batch.Ids.Split(' ')).Distinct().Count());
        foreach (var (ids, images, logMel, masks) in batches)
        {
            var names = ids.Split(' ').Select(id => int.Parse(id[1..])).ToArray();
            for (var pair = 0; pair < 2; pair++)
            {
                Assert.Equal(names[2 * pair] / 2, names[2 * pair + 1] / 2);
                var (a, b) = (2 * pair, 2 * pair + 1);
                Assert.Equal(images[(a * 192)..((a + 1) * 192)], images[(b * 192)..((b + 1) * 192)]);
                Assert.Equal(masks[(a * 64)..((a + 1) * 64)], masks[(b * 64)..((b + 1) * 64)]);
                Assert.NotEqual(logMel[(a * 6144)..((a + 1) * 6144)], logMel[(b * 6144)..((b + 1) * 6144)]);
            }
        }
    }

    [Fact]
    public void Pairs_need_an_even_batch() =>
        Assert.Contains("even number",
            Assert.Throws<UsageException>(() => new ClipLoader(new Clips(4), Options(clips: 3) with { PairScenes = true })).Message);

    [Fact]
    public void A_broken_clip_is_told_when_its_batch_is_due()
    {
        using var loader = new ClipLoader(new Clips(12) { Broken = 6 }, Options());
        var seen = 0;
        var error = Assert.Throws<DataException>(() =>
        {
            foreach (var batch in loader.Epoch(0))
            {
                batch.Dispose();
                seen++;
            }
        });
        Assert.Equal((1, "clip 6 is broken"), (seen, error.Message));
    }

    [Fact]
    public void Leaving_an_epoch_early_leaves_no_tensor_behind()
    {
        using var loader = new ClipLoader(new Clips(40), Options());
        var before = Tensor.TotalCount;
        foreach (var batch in loader.Epoch(0))
        {
            batch.Dispose();
            break;
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Siblings_on_disk_decode_their_frames_once()
    {
        using var tiny = TinyBench.Scenes(1);
        var bench = tiny.Open();
        using var loader = new ClipLoader(bench, new LoaderOptions(new BatchOptions(32), 2) { Threads = 1 });
        var first = Read(loader, 0);
        Assert.Equal(first[0].Images[..(5 * 3 * 32 * 32)], first[0].Images[(5 * 3 * 32 * 32)..]);

        var sibling = bench.Load(0);
        for (var k = 1; k <= 5; k++)
            File.Delete(tiny.Frame("s0_b", k, "kind_b"));
        Assert.Equal(sibling.Pixels, bench.Load(1, sibling).Pixels);
    }

    [Theory]
    [InlineData(2, 22)]
    [InlineData(3, 24)]
    [InlineData(4, 8)]
    public void Processes_that_share_an_epoch_see_every_clip_once(int processes, int clips)
    {
        var options = Options(clips: 3) with { Shuffle = true, WorldSize = processes };
        var seen = new List<string>();
        for (var rank = 0; rank < processes; rank++)
        {
            using var loader = new ClipLoader(new Clips(clips), options with { Rank = rank });
            seen.AddRange(Read(loader, 1).SelectMany(batch => batch.Ids.Split(' ')));
        }

        Assert.Equal(Enumerable.Range(0, clips).Select(i => $"c{i}").Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Processes_in_step_have_equally_many_whole_batches()
    {
        var options = Options(clips: 2) with { WorldSize = 3, DropLast = true };
        var counts = Enumerable.Range(0, 3).Select(rank => new ClipLoader(new Clips(17), options with { Rank = rank }))
            .Select(loader => Read(loader, 0)).ToArray();
        Assert.All(counts, batches => Assert.Equal(2, batches.Count));
        Assert.All(counts.SelectMany(batches => batches), batch => Assert.Equal(2, batch.Ids.Split(' ').Length));
    }

    [Fact]
    public void A_last_batch_that_cannot_be_shared_equally_is_everyones()
    {
        var options = Options(clips: 2, augment: Lively) with { Shuffle = true };
        using var alone = new ClipLoader(new Clips(11), options with { ClipsPerBatch = 4 });
        var whole = Read(alone, 0);
        for (var rank = 0; rank < 2; rank++)
        {
            using var loader = new ClipLoader(new Clips(11), options with { WorldSize = 2, Rank = rank });
            var parts = Read(loader, 0);
            Assert.Equal(alone.BatchesPerEpoch, loader.BatchesPerEpoch);
            Assert.Equal(whole[^1].Ids, parts[^1].Ids);
            Assert.Equal(whole[^1].Images, parts[^1].Images);
            Assert.Equal(whole[^1].LogMel, parts[^1].LogMel);
            Assert.Equal([2, 2, 1], loader.Epoch(0).Select(batch =>
            {
                using (batch)
                    return batch.Parts;
            }));
        }
    }

    [Fact]
    public void Two_processes_make_up_the_batch_of_one()
    {
        var options = Options(clips: 4, augment: Lively) with { Shuffle = true };
        using var alone = new ClipLoader(new Clips(16), options);
        var whole = Read(alone, 2);
        for (var rank = 0; rank < 2; rank++)
        {
            using var loader = new ClipLoader(new Clips(16), options with { ClipsPerBatch = 2, WorldSize = 2, Rank = rank });
            var parts = Read(loader, 2);
            Assert.Equal(whole.Select(batch => string.Join(' ', batch.Ids.Split(' ')[(2 * rank)..(2 * rank + 2)])),
                parts.Select(batch => batch.Ids));
            var half = whole[0].Images.Length / 2;
            Assert.Equal(whole[0].Images[(rank * half)..((rank + 1) * half)], parts[0].Images);
        }
    }

    [Fact]
    public void A_saved_position_continues_in_the_middle_of_an_epoch_and_goes_on_into_the_next()
    {
        using var loader = new ClipLoader(new Clips(20), Options(clips: 6, augment: Lively) with { Shuffle = true });
        var all = new List<(string Ids, LoaderPosition After, float First)>();
        foreach (var (batch, after) in loader.From(new(0, 0)).Take(11))
        {
            using (batch)
                all.Add((string.Join(' ', batch.Clips.Select(clip => clip.Id)), after, batch.Images.data<float>()[0]));
        }

        Assert.Equal(new LoaderPosition(1, 2), all[5].After);
        using var resumed = new ClipLoader(new Clips(20), Options(clips: 6, augment: Lively) with { Shuffle = true });
        var rest = new List<(string, LoaderPosition, float)>();
        foreach (var (batch, after) in resumed.From(all[5].After).Take(5))
        {
            using (batch)
                rest.Add((string.Join(' ', batch.Clips.Select(clip => clip.Id)), after, batch.Images.data<float>()[0]));
        }

        Assert.Equal(all[6..], rest);
        Assert.Equal(all[5].After, loader.PositionAfter(6));
    }

    [Fact]
    public void Bad_clips_are_set_aside_and_the_next_takes_the_place()
    {
        using var loader = new ClipLoader(new Clips(8) { AllBroken = [2, 3] }, Options() with { MaxBadClips = 2 });
        Assert.Equal(["c0 c1 c4 c4", "c4 c5 c6 c7"], Read(loader, 0).Select(batch => batch.Ids));
        Assert.Equal([("c2", "clip 2 is broken"), ("c3", "clip 3 is broken")], loader.BadClips.Select(bad => (bad.Clip.Id, bad.Reason)));
    }

    [Fact]
    public void One_bad_clip_more_than_may_be_ends_the_epoch()
    {
        using var loader = new ClipLoader(new Clips(8) { AllBroken = [0, 1, 5] }, Options() with { MaxBadClips = 2, Threads = 1 });
        Assert.Equal("3 clips cannot be read, more than the 2 that may be set aside; the last: clip 5 is broken",
            Assert.Throws<DataException>(() => Read(loader, 0)).Message);
    }

    [Fact]
    public void A_pair_with_a_bad_clip_shows_its_picture_twice()
    {
        using var loader = new ClipLoader(new Clips(8) { AllBroken = [2, 6, 7] }, Options() with { PairScenes = true, MaxBadClips = 3 });
        Assert.Equal(["c0 c1 c3 c3", "c4 c5 c0 c0"], Read(loader, 0).Select(batch => batch.Ids));
    }

    [Fact]
    public void A_rank_outside_the_world_is_refused() =>
        Assert.Contains("rank: found '2', expected 0 to 1",
            Assert.Throws<UsageException>(() => new ClipLoader(new Clips(4), Options() with { WorldSize = 2, Rank = 2 })).Message);

    [Fact]
    public void Clips_that_make_no_whole_batch_are_reported() =>
        Assert.Contains("3 clips make no whole batch of 4",
            Assert.Throws<UsageException>(() => new ClipLoader(new Clips(3), Options() with { DropLast = true })).Message);
}
