using Avs.Data.Batches;
using Avs.Data.Cache;
using Avs.Data.Clips;
using Avs.Models;
using Avs.Models.Segmentation;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Segmentation;

public sealed class FrozenSoundTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-frozen-");

    public void Dispose() => folder.Delete(recursive: true);

    private static SegmentationExperiment Smoke(params string[] changes) =>
        SegmentationExperiment.Load(Repository.At("experiments/smoke.yaml"),
            ["model.freeze_audio=true", .. changes]);

    /// <summary>The clips in memory, as something that a cache is made of.</summary>
    private sealed class Source : ICacheSource
    {
        private readonly Blinking clips = new(3, Split.Train);

        public string Name => clips.Name;

        public int FramesPerClip => clips.FramesPerClip;

        public IReadOnlyList<ClipInfo> Clips => clips.Clips;

        public string CacheName => "blinking";

        public string Root => "/";

        public string Settings => "none";

        public IEnumerable<string> FilesOf(int index) => [];

        public Clip Load(int index) => clips.Load(index);
    }

    private CachedClips Cached(AudioVisualSegmenter model) =>
        new ClipCache(folder.FullName).OpenOrBuild(new Source(), new CacheBuild { Embedding = FrozenSound.Of(model, CPU) });

    private static float[] Logits(AudioVisualSegmenter model, AvsBatch batch, Tensor? embedding, bool deaf = false)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var heard = deaf ? full_like(batch.LogMel, float.NaN) : batch.LogMel;
        var input = new AvsInput(batch.Images, heard, batch.FramesPerClip) { AudioEmbedding = embedding };
        return model.Predict(input, new LatentAtTest(LatentMode.Mean, 1), new ZeroNoise()).Logits.sigmoid().data<float>().ToArray();
    }

    [Fact]
    public void A_batch_from_the_cache_brings_what_the_frozen_network_makes_of_the_sound()
    {
        var config = Smoke();
        using var model = SegmenterFactory.Create(config, CPU);
        model.eval();
        using var cached = Cached(model);
        using var batch = AvsBatch.From([cached.Load(0), cached.Load(3)], new BatchOptions(32));
        using var expected = model.FrozenAudio!.call(batch.LogMel);
        Assert.Equal(expected.shape, batch.SoundEmbedding!.shape);
        Assert.True(expected.allclose(batch.SoundEmbedding, 1e-5, 1e-6));
    }

    [Fact]
    public void With_its_vectors_at_hand_the_frozen_network_does_not_run()
    {
        using var model = SegmenterFactory.Create(Smoke(), CPU);
        model.eval();
        using var cached = Cached(model);
        using var batch = AvsBatch.From([cached.Load(0)], new BatchOptions(32));
        var expected = Logits(model, batch, null);
        var actual = Logits(model, batch, batch.SoundEmbedding, deaf: true);
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-4f);
    }

    [Fact]
    public void A_network_that_learns_has_nothing_to_keep()
    {
        using var model = SegmenterFactory.Create(Smoke("model.freeze_audio=false"), CPU);
        Assert.Null(FrozenSound.Of(model, CPU));
    }

    [Fact]
    public void Other_weights_have_another_key()
    {
        using var model = SegmenterFactory.Create(Smoke(), CPU);
        using var same = SegmenterFactory.Create(Smoke(), CPU);
        using var other = SegmenterFactory.Create(Smoke("seed=99"), CPU);
        Assert.Equal(FrozenSound.Of(model, CPU)!.Key, FrozenSound.Of(same, CPU)!.Key);
        Assert.NotEqual(FrozenSound.Of(model, CPU)!.Key, FrozenSound.Of(other, CPU)!.Key);
    }
}
