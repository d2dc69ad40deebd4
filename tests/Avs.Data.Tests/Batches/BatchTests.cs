using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.Audio;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Data.Media;
using static TorchSharp.torch;

namespace Avs.Data.Tests.Batches;

public sealed class BatchTests
{
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];

    /// <summary>A clip of 8x8 pixels: frame t has red 10t + column; its mask is the two left columns; log-mel is t everywhere.</summary>
    internal static Clip SmallClip(string id = "a", int[]? labelled = null, int frames = 5)
    {
        labelled ??= [.. Enumerable.Range(0, frames)];
        var pixels = new byte[frames * 64 * 3];
        for (var i = 0; i < frames * 64; i++)
            pixels[3 * i] = (byte)(10 * (i / 64) + i % 8);
        var masks = new byte[labelled.Length * 64];
        for (var i = 0; i < masks.Length; i++)
            masks[i] = i % 8 < 2 ? (byte)1 : (byte)0;
        var logMel = Enumerable.Range(0, frames).SelectMany(t => Enumerable.Repeat((float)t, Clip.LogMelSize)).ToArray();
        return new Clip(new ClipInfo(id, "", Split.Train, null), 8, 8, pixels, masks, labelled, logMel);
    }

    private static float[] Floats(Tensor tensor) => tensor.data<float>().ToArray();

    private static int[] Red(AvsBatch batch, int row)
    {
        var plane = (int)(batch.Images.shape[2] * batch.Images.shape[3]);
        return [.. Floats(batch.Images).Skip(row * 3 * plane).Take(plane)
            .Select(value => (int)MathF.Round((value * Deviation[0] + Mean[0]) * 255))];
    }

    [Fact]
    public void A_batch_is_clip_major_with_the_stated_shapes()
    {
        using var batch = AvsBatch.From([SmallClip("a"), SmallClip("b", labelled: [0])], new BatchOptions(8));
        Assert.Equal([10, 3, 8, 8], batch.Images.shape);
        Assert.Equal([10, 1, 96, 64], batch.LogMel.shape);
        Assert.Equal([6, 1, 8, 8], batch.Masks.shape);
        Assert.Equal([0L, 1, 2, 3, 4, 5], batch.Labelled.data<long>().ToArray());
        Assert.Equal((5, "b"), (batch.FramesPerClip, batch.Clips[1].Id));
        Assert.Equal(30, Red(batch, 8)[0]);
        Assert.Equal(3f, Floats(batch.LogMel)[8 * Clip.LogMelSize]);
    }

    [Fact]
    public void Images_are_normalised_as_ImageNet_is()
    {
        using var batch = AvsBatch.From([SmallClip()], new BatchOptions(8));
        var values = Floats(batch.Images);
        Assert.Equal((3 / 255f - Mean[0]) / Deviation[0], values[3], 5);
        Assert.Equal((0 - Mean[1]) / Deviation[1], values[64], 5);
        Assert.Equal((0 - Mean[2]) / Deviation[2], values[128], 5);
    }

    [Fact]
    public void Full_masks_keep_the_size_of_the_files()
    {
        using var batch = AvsBatch.From([SmallClip()], new BatchOptions(4, FullMasks: true));
        Assert.Equal([5, 8, 8], batch.FullMasks!.shape);
        Assert.Equal([5, 1, 4, 4], batch.Masks.shape);
        Assert.Equal([1f, 0, 0, 0], Floats(batch.Masks)[..4]);
        Assert.Equal(5 * 16, batch.FullMasks.data<byte>().ToArray().Sum(value => value));
    }

    [Fact]
    public void Drawn_frames_take_their_sound_and_mask_with_them()
    {
        using var batch = AvsBatch.From([SmallClip("a"), SmallClip("b")], new BatchOptions(8, FramesDrawn: 2), new NamedRandom(3, "draw"));
        Assert.Equal((2, 4L), (batch.FramesPerClip, batch.Images.shape[0]));
        for (var row = 0; row < 4; row++)
            Assert.Equal(Red(batch, row)[0] / 10, (int)Floats(batch.LogMel)[row * Clip.LogMelSize]);
        Assert.Equal([0L, 1, 2, 3], batch.Labelled.data<long>().ToArray());
    }

    [Fact]
    public void Frames_with_a_mask_are_drawn_first()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            using var batch = AvsBatch.From([SmallClip(labelled: [3])], new BatchOptions(8, FramesDrawn: 1), new NamedRandom(seed, "draw"));
            Assert.Equal(30, Red(batch, 0)[0]);
            Assert.Equal(1, batch.Masks.shape[0]);
        }
    }

    [Fact]
    public void A_clip_flips_whole()
    {
        var flip = new AugmentOptions { Flip = FlipMode.Clip, FlipProbability = 1 };
        using var batch = AvsBatch.From([SmallClip()], new BatchOptions(8, flip), new NamedRandom(1, "flip"));
        Assert.Equal([7, 6, 5, 4, 3, 2, 1, 0], Red(batch, 0)[..8]);
        Assert.Equal([47, 46], Red(batch, 4)[..2]);
        Assert.Equal([0f, 0, 0, 0, 0, 0, 1, 1], Floats(batch.Masks)[..8]);
    }

    [Fact]
    public void The_reference_flips_only_frames_with_a_mask()
    {
        var flip = new AugmentOptions { Flip = FlipMode.ReferencePerFrame, FlipProbability = 1 };
        using var batch = AvsBatch.From([SmallClip(labelled: [0])], new BatchOptions(8, flip), new NamedRandom(1, "flip"));
        Assert.Equal(7, Red(batch, 0)[0]);
        Assert.Equal(10, Red(batch, 1)[0]);
    }

    [Fact]
    public void A_silent_clip_has_faint_sound_and_an_empty_target()
    {
        var silent = new AugmentOptions { SilentClips = 1 };
        using var batch = AvsBatch.From([SmallClip()], new BatchOptions(8, silent, FullMasks: true), new NamedRandom(1, "silence"));
        Assert.All(Floats(batch.LogMel), value => Assert.InRange(value, -4.7f, -3f));
        Assert.All(Floats(batch.Masks), value => Assert.Equal(0f, value));
        Assert.All(batch.FullMasks!.data<byte>().ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_gain_shifts_loud_values_and_leaves_silence()
    {
        var clip = SmallClip(frames: 1)
            .WithLogMel([.. Enumerable.Range(0, Clip.LogMelSize).Select(i => i % 2 == 0 ? 4f : LogMelFrontEnd.Silence)]);
        using var batch = AvsBatch.From([clip], new BatchOptions(8, new AugmentOptions { SoundGain = 0.5 }), new NamedRandom(1, "gain"));
        var values = Floats(batch.LogMel);
        Assert.InRange(values[0], 3.45f, 4.55f);
        Assert.NotEqual(4f, values[0]);
        Assert.Equal(LogMelFrontEnd.Silence, values[1], 4);
    }

    [Fact]
    public void Noise_has_the_stated_deviation()
    {
        using var batch = AvsBatch.From([SmallClip()], new BatchOptions(8, new AugmentOptions { SoundNoise = 0.2 }),
            new NamedRandom(1, "noise"));
        var noise = Floats(batch.LogMel).Select((value, i) => value - i / Clip.LogMelSize).ToArray();
        Assert.InRange(noise.Average(), -0.01, 0.01);
        Assert.InRange(Math.Sqrt(noise.Average(value => value * value)), 0.19, 0.21);
    }

    [Fact]
    public void A_crop_moves_mask_and_frame_together()
    {
        // The mask is where red is below 2 in each frame's own ramp, so it must be so in the enlarged window too.
        var options = new BatchOptions(8, new AugmentOptions { CropScale = 0.3 });
        for (var seed = 0; seed < 5; seed++)
        {
            using var batch = AvsBatch.From([SmallClip(frames: 1)], options, new NamedRandom(seed, "crop"));
            var (red, mask) = (Red(batch, 0), Floats(batch.Masks));
            for (var i = 0; i < 64; i++)
                Assert.True(mask[i] == 1 ? red[i] <= 2 : red[i] >= 1, $"seed {seed}, pixel {i}: red {red[i]}, mask {mask[i]}");
        }
    }

    [Fact]
    public void Chance_without_a_stream_is_an_error() =>
        Assert.Throws<ArgumentException>(() => AvsBatch.From([SmallClip()], new BatchOptions(8, FramesDrawn: 1)));

    [Fact]
    public void Impossible_augmentation_is_refused_by_name() =>
        Assert.Equal("augment.crop_scale: found '0', expected a number above 0 and at most 1",
            Assert.Throws<UsageException>(() => RecordCheck.Require(new AugmentOptions { CropScale = 0 }, "augment")).Message);

    [Fact]
    public void Shrinking_takes_the_mean_of_the_area()
    {
        Assert.Equal([20, 60], PixelResize.Rgb([10, 10, 10, 30, 30, 30, 50, 50, 50, 70, 70, 70], 1, 4, 1, 2).Where((_, i) => i % 3 == 0)
            .Select(v => (int)v));
        Assert.Equal([1, 0], PixelResize.Mask([1, 0, 0, 0], 1, 4, 1, 2));
    }

    [Fact]
    public void Growing_interpolates_between_pixel_centres() =>
        Assert.Equal([0, 25, 75, 100], PixelResize.Rgb([0, 0, 0, 100, 100, 100], 1, 2, 1, 4).Where((_, i) => i % 3 == 0)
            .Select(v => (int)v));

    [Fact]
    public void Sound_embeddings_are_rows_of_the_batch_and_absent_when_the_sound_is_changed()
    {
        var clip = SmallClip().WithSoundEmbedding([.. Enumerable.Range(0, 10).Select(i => (float)i)]);
        using var plain = AvsBatch.From([clip, clip], new BatchOptions(8));
        Assert.Equal([10, 2], plain.SoundEmbedding!.shape);
        Assert.Equal([6f, 7f], Floats(plain.SoundEmbedding)[6..8]);
        using var loud = AvsBatch.From([clip], new BatchOptions(8, new AugmentOptions { SoundGain = 0.5 }), new NamedRandom(1, "loud"));
        Assert.Null(loud.SoundEmbedding);
        using var mixed = AvsBatch.From([clip, SmallClip()], new BatchOptions(8));
        Assert.Null(mixed.SoundEmbedding);
    }

    [Fact]
    public void Frames_that_do_not_exist_are_in_no_batch()
    {
        var half = SmallClip("a", labelled: [0, 1]).WithFramesPresent(2).WithSoundEmbedding([0, 1, 2, 3, 4]);
        var whole = SmallClip("b").WithSoundEmbedding([10, 11, 12, 13, 14]);
        using var batch = AvsBatch.From([half, whole], new BatchOptions(8, FullMasks: true));
        Assert.Equal([7, 3, 8, 8], batch.Images.shape);
        Assert.Equal([2, 5], batch.Lengths!);
        Assert.Equal(5, batch.FramesPerClip);
        Assert.Equal([0, 10, 0, 10, 20, 30, 40], Enumerable.Range(0, 7).Select(row => Red(batch, row)[0]));
        Assert.Equal([0f, 1, 0, 1, 2, 3, 4], Enumerable.Range(0, 7).Select(row => Floats(batch.LogMel)[row * Clip.LogMelSize]));
        Assert.Equal([0f, 1, 10, 11, 12, 13, 14], Floats(batch.SoundEmbedding!));
        Assert.Equal([0L, 1, 2, 3, 4, 5, 6], batch.Labelled.data<long>().ToArray());
        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 4)], ((long[])[0, 1, 2, 6]).Select(batch.Locate));
    }

    [Fact]
    public void Of_clips_of_different_lengths_no_more_frames_are_drawn_than_there_are()
    {
        using var batch = AvsBatch.From(
            [SmallClip("a", labelled: [0]).WithFramesPresent(2), SmallClip("b")], new BatchOptions(8, FramesDrawn: 3),
            new NamedRandom(1, "drawn"));
        Assert.Equal([2, 3], batch.Lengths!);
        Assert.Equal(3, batch.FramesPerClip);
        using var few = AvsBatch.From(
            [SmallClip("a", labelled: [0]).WithFramesPresent(2), SmallClip("b")], new BatchOptions(8, FramesDrawn: 2),
            new NamedRandom(1, "drawn"));
        Assert.Null(few.Lengths);
    }

    [Fact]
    public void Labels_turn_with_their_frames_and_the_mask_is_what_is_not_background()
    {
        var labels = new byte[5 * 64];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = (byte)(i % 8 == 0 ? 7 : 0);
        var clip = SmallClip().WithLabels(labels);
        using var batch = AvsBatch.From(
            [clip], new BatchOptions(8, new AugmentOptions { Flip = FlipMode.Clip, FlipProbability = 1 }, FullMasks: true),
                new NamedRandom(1, "turned"));
        Assert.Equal([0L, 0, 0, 0, 0, 0, 0, 7], batch.Labels!.data<long>().ToArray()[..8]);
        Assert.Equal([0f, 0, 0, 0, 0, 0, 0, 1], Floats(batch.Masks)[..8]);
        Assert.Equal([7, 0], batch.FullLabels!.data<byte>().ToArray()[..2]);
    }

    [Fact]
    public void Labels_take_the_nearest_pixel_when_they_shrink()
    {
        var labels = new byte[5 * 64];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = (byte)(i % 8);
        using var batch = AvsBatch.From([SmallClip().WithLabels(labels)], new BatchOptions(4));
        Assert.Equal([1L, 3, 5, 7], batch.Labels!.data<long>().ToArray()[..4]);
    }
}
