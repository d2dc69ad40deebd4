using Avs.Eval.Evaluation;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Evaluation;

public class EvaluatorTests
{
    private static readonly EvaluationOptions Options = new(FakeClips.Side);

    [Fact]
    public void A_perfect_listener_scores_one()
    {
        var result = Evaluator.Run(Listener, FakeClips.WithScenes(), Options);
        Assert.Equal(1, result.Scores.Miou, 1e-6);
        Assert.Equal(1, result.Scores.FScore, 1e-6);
        Assert.Equal(FakeClips.WithScenes().Clips, result.Scores.Clips.Select(clip => clip.Clip));
        Assert.Equal(12, result.Scores.Frames);
        Assert.Null(result.AgainstOriginal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Variances_are_seen_clip_by_clip_at_the_masks_size(bool flip)
    {
        // The second clip's variance is twice the first's, whatever the draws were; a mirror image has it at the other side.
        Segmenter uncertain = input => new MaskPrediction(
            zeros(input.Images.shape[0], 1, 4, 4), full([1, 1, 4, 4], 0.1f) * input.LogMel!.mean([1, 2, 3]).view(-1, 1, 1, 1));
        var seen = new List<float[]>();
        Evaluator.Run(uncertain, FakeClips.WithScenes(),
            Options with { Flip = flip, Observe = prediction => seen.Add(prediction.Variance!) });
        Assert.Equal(6, seen.Count);
        for (var i = 0; i < 6; i++)
            Assert.All(seen[i], value => Assert.Equal(0.1f * FakeClips.Sound(i), value, 1e-5f));
        Assert.Equal(FakeClips.T * FakeClips.Side * FakeClips.Side, seen[0].Length);
    }

    [Fact]
    public void A_perfect_listener_finds_nothing_in_silence() =>
        Assert.Equal(0, Evaluator.Run(Listener, FakeClips.WithScenes(), Options, AudioCondition.Muted).Scores.Miou);

    [Fact]
    public void A_perfect_listener_is_wrong_with_swapped_sound() =>
        Assert.Equal(0, Evaluator.Run(Listener, FakeClips.WithScenes(), Options, AudioCondition.Swapped).Scores.Miou);

    [Fact]
    public void A_perfect_listener_follows_the_other_object_and_leaves_the_first()
    {
        var result = Evaluator.Run(Listener, FakeClips.WithScenes(), Options, AudioCondition.Other);
        Assert.Equal(1, result.Scores.Miou, 1e-6);
        Assert.Equal(0, result.AgainstOriginal!.Miou);
    }

    [Fact]
    public void Recordings_not_heard_in_training_have_a_score_of_their_own()
    {
        var result = Evaluator.Run(Listener, FakeClips.WithScenes(), Options);
        Assert.Equal(["000_b", "001_b", "002_b"], result.UnheardRecordings!.Clips.Select(clip => clip.Clip.Id));
        Assert.Null(Evaluator.Run(Listener, FakeClips.WithoutScenes("dog", "cat"), Options).UnheardRecordings);
    }

    [Fact]
    public void Scores_do_not_depend_on_the_batch()
    {
        var expected = Evaluator.Run(Blurred, FakeClips.WithScenes(), Options with { ClipsPerBatch = 1 }).Scores;
        var found = Evaluator.Run(Blurred, FakeClips.WithScenes(), Options with { ClipsPerBatch = 5 }).Scores;
        Assert.Equal(expected.Miou, found.Miou);
        Assert.Equal(expected.FScore, found.FScore);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Several_sounds_in_one_pass_score_as_each_alone(int clipsPerBatch)
    {
        AudioCondition[] conditions = [.. Enum.GetValues<AudioCondition>().Where(audio => audio != AudioCondition.OffScreen)];
        var options = Options with { ClipsPerBatch = clipsPerBatch, Flip = true };
        var together = Evaluator.Run(Blurred, FakeClips.WithScenes(), options, conditions);
        Assert.Equal(conditions, together.Select(result => result.Audio));
        foreach (var result in together)
        {
            var alone = Evaluator.Run(Blurred, FakeClips.WithScenes(), options, result.Audio);
            Assert.Equal(Counts(alone.Scores), Counts(result.Scores));
            Assert.Equal(Counts(alone.AgainstOwn), Counts(result.AgainstOwn));
            Assert.Equal(alone.Scores.ByProtocol, result.Scores.ByProtocol);
            Assert.Equal(alone.UnheardRecordings?.Miou, result.UnheardRecordings?.Miou);
        }

        static (int, int, int)[] Counts(Scores scores) =>
            [.. scores.AllFrames.Select(frame => (frame.Active, frame.Both, frame.Positive.Sum()))];
    }

    [Fact]
    public void Several_sounds_share_the_pictures_of_their_clip()
    {
        // Every picture is handed over once for each sound, and said to be the same.
        var seen = new List<(int Shared, bool Same)>();
        Segmenter watching = input =>
        {
            using var groups = input.Images.view(-1, input.ClipsPerPicture, FakeClips.T, 3, FakeClips.Side, FakeClips.Side);
            seen.Add((input.ClipsPerPicture, groups.select(1, 0).eq(groups.select(1, 2)).all().item<bool>()));
            return Listener(input);
        };
        Evaluator.Run(watching, FakeClips.WithScenes(), Options, [AudioCondition.Real, AudioCondition.Muted, AudioCondition.Swapped]);
        Assert.All(seen, call => Assert.Equal((3, true), call));
        Assert.Equal(6, seen.Count); // four rows a call leave room for one clip under three sounds
    }

    [Fact]
    public void A_model_that_does_not_listen_has_the_same_score_under_every_sound()
    {
        Segmenter deaf = input => Columns(zeros(input.Images.shape[0]));
        AudioCondition[] conditions = [AudioCondition.Real, AudioCondition.Muted, AudioCondition.Swapped];
        var results = Evaluator.Run(deaf, FakeClips.WithScenes(), Options, conditions);
        var robustness = RobustnessScores.From(results)!;
        var miou = results[0].Scores.Miou;
        Assert.InRange(miou, 0.1, 0.3);
        Assert.All(robustness.Negatives, negative => Assert.Equal(2 * miou * (1 - miou), negative.GMiou, 1e-9));
        Assert.Equal(1.0 / 8, robustness.Negatives[0].FalsePositiveRate, 1e-9);
    }

    [Fact]
    public void A_perfect_listener_is_robust()
    {
        AudioCondition[] conditions = [AudioCondition.Real, AudioCondition.Muted, AudioCondition.Other];
        var robustness = RobustnessScores.From(Evaluator.Run(Listener, FakeClips.WithScenes(), Options, conditions))!;
        Assert.Equal([AudioCondition.Muted, AudioCondition.Other], robustness.Negatives.Select(negative => negative.Audio));
        Assert.Equal(1, robustness.GMiou, 1e-6); // against the clips' own masks, of which the other object has nothing
        Assert.Equal(0, robustness.Negatives[0].FalsePositiveRate);
        Assert.Null(RobustnessScores.From(Evaluator.Run(Listener, FakeClips.WithScenes(), Options, [AudioCondition.Muted])));
    }

    [Fact]
    public void Logits_of_another_size_are_resized_to_the_masks()
    {
        // Left half foreground on a 4 x 4 grid, as on the 8 x 8 masks after bilinear resizing.
        Segmenter half = input => cat([full([input.Images.shape[0], 1, 4, 2], 9f), full([input.Images.shape[0], 1, 4, 2], -9f)], 3);
        var result = Evaluator.Run(half, FakeClips.WithoutScenes("dog"), Options);
        Assert.Equal(1.0 / 4, result.Scores.Miou, 1e-6);
    }

    [Fact]
    public void Flipping_averages_a_picture_and_its_mirror_image()
    {
        // Answers column 0 whatever it sees, so that the mirrored pass answers column 7: both at half probability or below.
        Segmenter first = input => Columns(zeros(input.Images.shape[0]));
        var plain = Evaluator.Run(first, FakeClips.WithoutScenes("dog"), Options);
        ClipPrediction? seen = null;
        Evaluator.Run(first, FakeClips.WithoutScenes("dog"), Options with { Flip = true, Observe = prediction => seen = prediction });
        Assert.Equal(1, plain.Scores.Miou, 1e-6);
        Assert.Equal(seen!.Logits[0], seen.Logits[7], 1e-3f);
        Assert.Equal(0, seen.Logits[0], 1e-3f);
        Assert.True(seen.Logits[3] < -10);
    }

    [Fact]
    public void An_observer_sees_all_frames_and_who_was_heard()
    {
        var seen = new List<ClipPrediction>();
        Evaluator.Run(Listener, FakeClips.WithScenes(), Options with { Observe = seen.Add }, AudioCondition.Other);
        Assert.Equal(6, seen.Count);
        Assert.All(seen, prediction =>
        {
            Assert.Equal(FakeClips.T * 64, prediction.Logits.Length);
            Assert.Equal(prediction.Clip.Scene, prediction.SoundFrom.Scene);
            Assert.NotEqual(prediction.Clip.Id, prediction.SoundFrom.Id);
            Assert.Equal(prediction.Truth, prediction.Logits.Select(logit => (byte)(logit > 0 ? 1 : 0)));
            Assert.Equal([0, 1], prediction.LabelledFrames);
        });
    }

    // Finds the column that the sound tells.
    internal static MaskPrediction Listener(AvsInput input) => Columns(input.LogMel!.mean([1, 2, 3]) - 1);

    // The same, less sure.
    private static MaskPrediction Blurred(AvsInput input) =>
        Columns(input.LogMel!.mean([1, 2, 3]) - 1) * 0.05 + arange(8).to(ScalarType.Float32) * 0.3;

    private static Tensor Columns(Tensor column)
    {
        var hit = (arange(FakeClips.Side).reshape(1, 1, 1, -1).to(ScalarType.Float32) - column.reshape(-1, 1, 1, 1)).abs() < 0.01;
        return (hit.to(ScalarType.Float32) * 40 - 20).expand(column.shape[0], 1, FakeClips.Side, FakeClips.Side).contiguous();
    }
}
