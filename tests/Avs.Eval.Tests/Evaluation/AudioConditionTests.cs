using Avs.Core;
using Avs.Data.Audio;
using Avs.Eval.Evaluation;

namespace Avs.Eval.Tests.Evaluation;

public class AudioConditionTests
{
    [Fact]
    public void Muted_clips_hear_what_the_front_end_makes_of_silence()
    {
        var silence = LogMelFrontEnd.Compute(new double[16000], LogMelFrontEnd.SampleRate);
        var clip = new ConditionedDataset(FakeClips.WithScenes(), AudioCondition.Muted).Load(1);
        Assert.All(clip.LogMel, value => Assert.Equal(silence[0], value));
        Assert.Equal(FakeClips.WithScenes().Load(1).Masks, clip.Masks);
    }

    [Fact]
    public void Swapped_clips_hear_each_sound_once_and_never_their_own_category_or_scene()
    {
        var clips = FakeClips.WithScenes();
        var swapped = new ConditionedDataset(clips, AudioCondition.Swapped);
        var heard = Enumerable.Range(0, clips.Clips.Count).Select(swapped.SoundFrom).ToArray();
        Assert.Equal(clips.Clips.Count, heard.Distinct().Count());
        Assert.All(clips.Clips.Zip(heard), pair =>
        {
            Assert.NotEqual(pair.First.Category, pair.Second.Category);
            Assert.NotEqual(pair.First.Scene, pair.Second.Scene);
        });
    }

    [Theory]
    [InlineData("dog", "dog", "cat")]
    [InlineData("", "", "", "")]
    [InlineData("dog", "dog")]
    public void Swapped_clips_never_keep_their_own_sound_even_where_categories_are_few(params string[] categories)
    {
        var clips = FakeClips.WithoutScenes(categories);
        var swapped = new ConditionedDataset(clips, AudioCondition.Swapped);
        for (var i = 0; i < categories.Length; i++)
        {
            Assert.NotEqual(clips.Clips[i], swapped.SoundFrom(i));
            Assert.Equal(clips.Load(i).Masks, swapped.Load(i).Masks);
            Assert.NotEqual(FakeClips.Sound(i), swapped.Load(i).LogMel[0]);
        }
    }

    [Fact]
    public void Swapping_is_the_same_every_time()
    {
        var first = SoundSwap.Partners(FakeClips.WithScenes().Clips, "fake");
        Assert.Equal(first, SoundSwap.Partners(FakeClips.WithScenes().Clips, "fake"));
    }

    [Fact]
    public void The_other_object_brings_its_sound_and_its_masks()
    {
        var clips = FakeClips.WithScenes();
        var clip = new ConditionedDataset(clips, AudioCondition.Other).Load(2);
        Assert.Equal(clips.Clips[2], clip.Info);
        Assert.Equal(clips.Load(3).Masks, clip.Masks);
        Assert.Equal(FakeClips.Sound(3), clip.LogMel[0]);
    }

    [Fact]
    public void The_other_object_needs_scenes() =>
        Assert.Contains("stamps.csv", Assert.Throws<UsageException>(() =>
            new ConditionedDataset(FakeClips.WithoutScenes("dog", "cat"), AudioCondition.Other)).Message);

    [Fact]
    public void The_other_object_needs_a_second_clip_in_every_scene()
    {
        var clips = new FakeClips([.. FakeClips.WithScenes().Clips.Take(3)]);
        Assert.Contains("'001_a'", Assert.Throws<DataException>(() => new ConditionedDataset(clips, AudioCondition.Other)).Message);
    }

    [Fact]
    public void Swapping_needs_two_clips() =>
        Assert.Contains("at least two clips", Assert.Throws<UsageException>(() =>
            new ConditionedDataset(FakeClips.WithoutScenes("dog"), AudioCondition.Swapped)).Message);
}
