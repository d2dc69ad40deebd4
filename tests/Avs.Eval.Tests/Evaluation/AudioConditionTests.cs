using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;

namespace Avs.Eval.Tests.Evaluation;

public class AudioConditionTests
{
    [Fact]
    public void Muted_clips_hear_what_the_front_end_makes_of_silence()
    {
        var silence = LogMelFrontEnd.Compute(new double[16000], LogMelFrontEnd.SampleRate);
        var played = Play(FakeClips.WithScenes(), AudioCondition.Muted, 1);
        Assert.All(played.LogMel, value => Assert.Equal(silence[0], value));
        Assert.Equal(FakeClips.WithScenes().Load(1).Masks, played.Truth);
    }

    [Fact]
    public void Swapped_clips_hear_each_sound_once_and_never_their_own_category_or_scene()
    {
        var clips = FakeClips.WithScenes();
        var swapped = new ConditionedSound(clips, AudioCondition.Swapped);
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
        var swapped = new ConditionedSound(clips, AudioCondition.Swapped);
        for (var i = 0; i < categories.Length; i++)
        {
            Assert.NotEqual(clips.Clips[i], swapped.SoundFrom(i));
            Assert.Equal(clips.Load(i).Masks, swapped.Play(i, clips.Load(i)).Truth);
            Assert.NotEqual(FakeClips.Sound(i), swapped.Play(i, clips.Load(i)).LogMel[0]);
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
        var played = Play(clips, AudioCondition.Other, 2);
        Assert.Equal(clips.Load(3).Masks, played.Truth);
        Assert.Equal(FakeClips.Sound(3), played.LogMel[0]);
    }

    [Fact]
    public void The_other_object_needs_scenes() =>
        Assert.Contains("stamps.csv", Assert.Throws<UsageException>(() =>
            new ConditionedSound(FakeClips.WithoutScenes("dog", "cat"), AudioCondition.Other)).Message);

    [Fact]
    public void The_other_object_needs_a_second_clip_in_every_scene()
    {
        var clips = new FakeClips([.. FakeClips.WithScenes().Clips.Take(3)]);
        Assert.Contains("'001_a'", Assert.Throws<DataException>(() => new ConditionedSound(clips, AudioCondition.Other)).Message);
    }

    [Fact]
    public void Swapping_needs_two_clips() =>
        Assert.Contains("at least two clips", Assert.Throws<UsageException>(() =>
            new ConditionedSound(FakeClips.WithoutScenes("dog"), AudioCondition.Swapped)).Message);

    [Fact]
    public void Noise_is_as_loud_as_the_clips_own_sound_and_the_same_every_time()
    {
        var clips = FakeClips.WithScenes();
        var played = Play(clips, AudioCondition.Noise, 3);
        Assert.Equal(played.LogMel, Play(clips, AudioCondition.Noise, 3).LogMel);
        Assert.Equal(clips.Load(3).Masks, played.Truth);
        // Other white noise of the same loudness: a sine of amplitude 0.4 has the root mean square 0.4/√2.
        var random = new Random(1);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var other = LogMelFrontEnd.Compute([.. Enumerable.Range(0, 32000).Select(_ => 0.4 / Math.Sqrt(2) * Normal())], 16000);
        static double Magnitude(float[] logMel) => logMel.Average(value => Math.Exp(value) - 0.01);
        Assert.Equal(1, Magnitude(played.LogMel) / Magnitude(other), 0.02);
    }

    [Fact]
    public void Noise_needs_recordings() => Assert.Equal(
        "White noise as loud as each clip needs the clips' recordings (WAV); 'silent' has none of 'a'.",
        Assert.Throws<UsageException>(() => new ConditionedSound(new WithoutRecordings(), AudioCondition.Noise)).Message);

    [Fact]
    public void Off_screen_sound_is_of_another_kind_and_of_nothing_in_the_picture()
    {
        // The second scene shows a violin and a cow; another cow is in the third.
        string[] categories = ["rooster", "violin", "violin", "cow", "cow", "helicopter", "baby_laughter", "drumkit"];
        var clips = new FakeClips([.. categories.Select((category, i) => new ClipInfo($"{i}", category, Split.Test, $"scene{i / 2}"))]);
        var sound = new ConditionedSound(clips, AudioCondition.OffScreen);
        for (var i = 0; i < categories.Length; i++)
        {
            var from = sound.SoundFrom(i);
            Assert.NotEqual(BroadCategories.Find(categories[i]), BroadCategories.Find(from.Category));
            Assert.DoesNotContain(from.Category, categories.Skip(i / 2 * 2).Take(2));
            Assert.Equal(from, new ConditionedSound(clips, AudioCondition.OffScreen).SoundFrom(i));
        }
        Assert.Equal(FakeClips.Sound(int.Parse(sound.SoundFrom(2).Id)), sound.Play(2, clips.Load(2)).LogMel[0]);
    }

    [Theory]
    [InlineData("of the kind animal", "dog", "cow")]
    [InlineData("'unicorn', which 'fake' has, is not known", "dog", "unicorn")]
    [InlineData("'fake' names no category of 'clip0'", "", "")]
    public void Off_screen_sound_needs_known_categories_of_two_kinds(string sentence, params string[] categories) =>
        Assert.Contains(sentence, Assert.Throws<UsageException>(() =>
            new ConditionedSound(FakeClips.WithoutScenes(categories), AudioCondition.OffScreen)).Message);

    [Fact]
    public void All_playable_sounds_are_found_and_the_others_named_with_their_reason()
    {
        var (playable, leftOut) = AudioConditions.FindPlayable(FakeClips.WithoutScenes("dog", "unicorn"));
        Assert.Equal([AudioCondition.Real, AudioCondition.Muted, AudioCondition.Noise, AudioCondition.Swapped], playable);
        Assert.Contains("unicorn", leftOut[AudioCondition.OffScreen]);
        Assert.Contains("stamps.csv", leftOut[AudioCondition.Other]);
    }

    private static PlayedSound Play(FakeClips clips, AudioCondition audio, int index) =>
        new ConditionedSound(clips, audio).Play(index, clips.Load(index));

    private sealed class WithoutRecordings : IClipDataset
    {
        public string Name => "silent";

        public int FramesPerClip => 1;

        public IReadOnlyList<ClipInfo> Clips { get; } = [new ClipInfo("a", "dog", Split.Test, null)];

        public Clip Load(int index) => throw new NotSupportedException();
    }
}
