using Avs.Eval.Metrics;

namespace Avs.Eval.Tests.Metrics;

public class ProtocolTests
{
    private const int Pixels = 2000, Target = 1000;

    [Fact]
    public void AvsBench_averages_calls_and_frame_averages_frames()
    {
        // Five clips: a full call of four and one of one.
        ClipTotals[] clips = [.. new[] { 0.2, 0.4, 0.6, 0.8, 1.0 }.Select(iou => ClipTotals.From([WithIou(iou)]))];
        var scores = Protocols.Compute(clips);
        Assert.Equal((0.5 + 1.0) / 2, scores[Protocol.AvsBench].Miou, 1e-9);
        Assert.Equal(0.6, scores[Protocol.Frame].Miou, 1e-9);
    }

    [Fact]
    public void The_maximum_is_taken_of_the_mean_curve_and_not_of_each_frame()
    {
        // Two frames whose best thresholds differ.
        var clip = ClipTotals.From([WithCurve(i => i < 100), WithCurve(i => i >= 100)]);
        Assert.Equal(0.5, clip.MaximumF, 1e-6);
        Assert.Equal(0.5, Protocols.Compute([clip])[Protocol.Frame].FScore, 1e-6);
    }

    [Fact]
    public void The_fscore_of_avsbench_depends_on_the_clips_of_a_call_and_that_of_the_others_does_not()
    {
        ClipTotals[] clips = [ClipTotals.From([WithCurve(i => i < 100)]), ClipTotals.From([WithCurve(i => i >= 100)])];
        var (alone, together) = (Protocols.Compute(clips, clipsPerCall: 1), Protocols.Compute(clips, clipsPerCall: 2));
        Assert.Equal((1, 0.5), (Math.Round(alone[Protocol.AvsBench].FScore, 6), Math.Round(together[Protocol.AvsBench].FScore, 6)));
        foreach (var protocol in new[] { Protocol.Frame, Protocol.Dataset, Protocol.Cavp })
            Assert.Equal(alone[protocol], together[protocol]);
    }

    [Fact]
    public void The_order_of_the_clips_matters_to_avsbench_only()
    {
        ClipTotals low = ClipTotals.From([WithCurve(i => i < 100)]), high = ClipTotals.From([WithCurve(i => i >= 100)]);
        ClipTotals[] clips = [low, low, high];
        ClipTotals[] other = [high, low, low];
        var (one, two) = (Protocols.Compute(clips, 2), Protocols.Compute(other, 2));
        Assert.NotEqual(one[Protocol.AvsBench].FScore, two[Protocol.AvsBench].FScore, 1e-3);
        foreach (var protocol in new[] { Protocol.Frame, Protocol.Dataset, Protocol.Cavp })
        {
            Assert.Equal(one[protocol].Miou, two[protocol].Miou, 1e-12);
            Assert.Equal(one[protocol].FScore, two[protocol].FScore, 1e-12);
        }
    }

    [Fact]
    public void A_call_without_any_target_counts_as_zero_in_the_fscore_of_avsbench_only()
    {
        var empty = new FrameScorer().Score([-9f, -9f], [0, 0]);
        var scores = Protocols.Compute([ClipTotals.From([WithCurve(_ => true), empty]), ClipTotals.From([empty])], clipsPerCall: 1);
        Assert.Equal(0.5, scores[Protocol.AvsBench].FScore, 1e-6);
        Assert.Equal(1, scores[Protocol.Frame].FScore, 1e-6);
    }

    [Fact]
    public void Dataset_sums_pixels_before_it_divides()
    {
        // By hand: 1 of 2 pixels of either mask, and 3 of 4; 6 pixels of background in the first frame, 4 in the second.
        var scorer = new FrameScorer();
        var one = scorer.Score([9, 9, -9, -9, -9, -9, -9, -9], [1, 0, 0, 0, 0, 0, 0, 0]);
        var two = scorer.Score([9, 9, 9, -9, -9, -9, -9, -9], [1, 1, 1, 1, 0, 0, 0, 0]);
        var scores = Protocols.Compute([ClipTotals.From([one]), ClipTotals.From([two])]);
        Assert.Equal((1.0 / 2 + 3.0 / 4) / 2, scores[Protocol.Frame].Miou, 1e-6);
        Assert.Equal(4.0 / 6, scores[Protocol.Dataset].Miou, 1e-12);
        // 4 right, 1 only predicted, 1 only true; of the background 10 right, 1 and 1.
        double f = 1.3 * 4 / (1.3 * 4 + 0.3 * 1 + 1), background = 1.3 * 10 / (1.3 * 10 + 0.3 * 1 + 1);
        Assert.Equal(f, scores[Protocol.Dataset].FScore, 1e-12);
        Assert.Equal((4.0 / 6 + 10.0 / 12) / 2, scores[Protocol.Cavp].Miou, 1e-12);
        Assert.Equal((f + background) / 2, scores[Protocol.Cavp].FScore, 1e-12);
    }

    [Theory]
    [InlineData(9f, -9f, 1, 1)] // perfect
    [InlineData(-9f, 9f, 0, 0.25 * 1.3 / (0.3 * 0.25 + 1))] // inverted: the lowest threshold takes the whole picture
    [InlineData(-9f, -9f, 0, 0.25 * 1.3 / (0.3 * 0.25 + 1))] // empty
    public void Perfect_inverted_and_empty_predictions_score_as_by_hand(float inside, float outside, double miou, double f)
    {
        // A quarter of the picture is the object.
        var frame = new FrameScorer().Score([inside, outside, outside, outside], [1, 0, 0, 0]);
        var scores = Protocols.Compute([ClipTotals.From([frame])]);
        Assert.Equal(miou, scores[Protocol.AvsBench].Miou, 1e-6);
        Assert.Equal(f, scores[Protocol.AvsBench].FScore, 1e-6);
        Assert.Equal(miou, scores[Protocol.Dataset].Miou, 1e-12);
        Assert.Equal(miou == 1 ? 1 : 0, scores[Protocol.Dataset].FScore, 1e-12);
    }

    [Fact]
    public void Where_nothing_is_to_be_found_and_nothing_was_found_a_data_set_is_perfect()
    {
        var scores = Protocols.Compute([ClipTotals.From([new FrameScorer().Score([-9f, -9f], [0, 0])])]);
        Assert.Equal(new ProtocolScore(1, 1), scores[Protocol.Dataset]);
        Assert.Equal(new ProtocolScore(1, 1), scores[Protocol.Cavp]);
    }

    [Fact]
    public void Nothing_scored_is_not_a_number() =>
        Assert.All(Protocols.Compute([]).Values, score => Assert.True(double.IsNaN(score.Miou) && double.IsNaN(score.FScore)));

    private static FrameScore WithIou(double iou)
    {
        var both = (int)Math.Round(Target * iou);
        return new FrameScore(Pixels, Target, both, both, new int[FScoreThresholds.Count], new int[FScoreThresholds.Count]);
    }

    // All of the target where the condition holds, else nothing.
    private static FrameScore WithCurve(Func<int, bool> reached)
    {
        int[] counts = [.. Enumerable.Range(0, FScoreThresholds.Count).Select(i => reached(i) ? Target : 0)];
        return new FrameScore(Pixels, Target, Target, Target, counts, counts);
    }
}
