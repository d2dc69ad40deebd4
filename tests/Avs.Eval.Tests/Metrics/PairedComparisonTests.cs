using Avs.Eval.Metrics;

namespace Avs.Eval.Tests.Metrics;

public class PairedComparisonTests
{
    private const int Pixels = 1000;

    [Fact]
    public void A_run_does_not_differ_from_itself()
    {
        var clips = Clips(30, i => i / 30.0);
        Assert.All(PairedComparison.Run(clips, clips, draws: 200), score =>
        {
            Assert.Equal(score.First, score.Second);
            Assert.Equal(new Interval(0, 0), score.Difference);
            Assert.Equal(1, score.P);
        });
    }

    [Fact]
    public void A_small_gain_of_every_clip_is_sure_although_the_clips_differ_widely()
    {
        var (better, worse) = (Clips(30, i => i / 40.0 + 0.02), Clips(30, i => i / 40.0));
        var score = PairedComparison.Run(better, worse, draws: 2000)[0];
        Assert.Equal(0.02, score.First - score.Second, 1e-9);
        Assert.Equal(0.02, score.Difference.Low, 1e-9);
        Assert.Equal(1.0 / 2001, score.P, 1e-9); // none of 2000 exchanges was as large
    }

    [Fact]
    public void Few_clips_cannot_be_sure()
    {
        // Of the four exchanges of two clips two are as large: p is one half, whatever the difference.
        var score = PairedComparison.Run(Clips(2, _ => 0.9), Clips(2, _ => 0.1), draws: 4000)[0];
        Assert.Equal(0.5, score.P, 0.03);
    }

    [Fact]
    public void P_is_even_where_nothing_differs()
    {
        // Under the null hypothesis one comparison of twenty has p below 0.05.
        var random = new Random(2);
        var small = Enumerable.Range(0, 200).Count(_ => PairedComparison.Run(
            Clips(25, _ => random.NextDouble()), Clips(25, _ => random.NextDouble()), draws: 200)[0].P <= 0.05);
        Assert.InRange(small / 200.0, 0.01, 0.10);
    }

    [Fact]
    public void Other_clips_are_refused() =>
        Assert.Throws<ArgumentException>(() => PairedComparison.Run(Clips(2, _ => 1), Clips(3, _ => 1)));

    private static ComparedClip[] Clips(int count, Func<int, double> iou) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var value = iou(i);
        var both = (long)Math.Round(Pixels * value);
        return new ComparedClip($"{i}", 5, value, value, Pixels, both, both);
    })];
}
