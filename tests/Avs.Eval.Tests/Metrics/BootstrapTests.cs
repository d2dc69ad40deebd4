using Avs.Eval.Metrics;

namespace Avs.Eval.Tests.Metrics;

public class BootstrapTests
{
    private const int Pixels = 1000;

    [Fact]
    public void Nineteen_of_twenty_intervals_hold_the_true_mean()
    {
        // Splits of 60 clips whose IoU is drawn evenly from 0 to 1, so that the true mean is 0.5. The share that holds it has a standard
        // error of 1.3 %, and the percentile interval of so few clips is a little too narrow.
        var random = new Random(5);
        const int experiments = 300;
        var holding = 0;
        for (var i = 0; i < experiments; i++)
        {
            ClipTotals[] clips = [.. Enumerable.Range(0, 60).Select(_ => Clip(random.NextDouble()))];
            var interval = Bootstrap.Intervals(clips, 4, draws: 200, seed: i)[Protocol.Frame].Miou;
            if (interval.Low <= 0.5 && interval.High >= 0.5)
                holding++;
        }
        Assert.InRange((double)holding / experiments, 0.90, 0.985);
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval_and_another_seed_another()
    {
        ClipTotals[] clips = [.. Enumerable.Range(0, 20).Select(i => Clip(i / 20.0))];
        var first = Bootstrap.Intervals(clips, 4, draws: 50, seed: 3)[Protocol.Frame];
        Assert.Equal(first, Bootstrap.Intervals(clips, 4, draws: 50, seed: 3)[Protocol.Frame]);
        Assert.NotEqual(first, Bootstrap.Intervals(clips, 4, draws: 50, seed: 4)[Protocol.Frame]);
    }

    [Fact]
    public void Clips_that_are_alike_have_an_interval_without_width()
    {
        var interval = Bootstrap.Intervals([Clip(0.7), Clip(0.7), Clip(0.7)], 4, draws: 20)[Protocol.AvsBench].Miou;
        Assert.Equal(0.7, interval.Low, 1e-9);
        Assert.Equal(0.7, interval.High, 1e-9);
    }

    [Fact]
    public void The_middle_of_values_leaves_out_a_fortieth_at_each_end()
    {
        var interval = Bootstrap.Middle([.. Enumerable.Range(0, 1001).Select(i => (double)(1000 - i))]);
        Assert.Equal(25, interval.Low, 1e-9);
        Assert.Equal(975, interval.High, 1e-9);
    }

    // One frame whose IoU is a multiple of 1/1000.
    private static ClipTotals Clip(double iou)
    {
        var both = (int)Math.Round(Pixels * iou);
        var none = new int[FScoreThresholds.Count];
        return ClipTotals.From([new FrameScore(Pixels, Pixels, both, both, none, none)]);
    }
}
