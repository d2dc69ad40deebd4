using Avs.Core;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;

namespace Avs.Eval.Tests.Evaluation;

public class BaselineTests
{
    [Theory]
    [InlineData(Baseline.AllBackground, 0.0)]
    [InlineData(Baseline.AllForeground, 1.0 / 8)]
    [InlineData(Baseline.EveryObject, 1.0 / 2)]
    public void Score_is_the_share_of_the_guess_that_is_right(Baseline baseline, double expected)
    {
        var result = Baselines.Run(baseline, FakeClips.WithScenes());
        Assert.Equal(expected, result.Scores.ByProtocol[Protocol.Frame].Miou, 1e-6);
        Assert.Equal(12, result.Scores.Frames);
    }

    [Fact]
    public void A_random_object_is_right_or_wrong_clip_by_clip()
    {
        var result = Baselines.Run(Baseline.RandomObject, FakeClips.WithScenes());
        Assert.All(result.Scores.Clips, clip => Assert.Contains(Math.Round(clip.Iou, 6), new double[] { 0, 1 }));
        Assert.Equal(result.Scores.Miou, Baselines.Run(Baseline.RandomObject, FakeClips.WithScenes()).Scores.Miou);
    }

    [Fact]
    public void Recordings_not_heard_in_training_have_a_score_of_their_own()
    {
        var result = Baselines.Run(Baseline.EveryObject, FakeClips.WithScenes());
        Assert.Equal(["000_b", "001_b", "002_b"], result.UnheardRecordings!.Clips.Select(clip => clip.Clip.Id));
    }

    [Theory]
    [InlineData(Baseline.EveryObject)]
    [InlineData(Baseline.RandomObject)]
    public void Objects_need_scenes(Baseline baseline) =>
        Assert.Contains("stamps.csv",
            Assert.Throws<UsageException>(() => Baselines.Run(baseline, FakeClips.WithoutScenes("dog", "cat"))).Message);
}
