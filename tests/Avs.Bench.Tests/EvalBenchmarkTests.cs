namespace Avs.Bench.Tests;

public sealed class EvalBenchmarkTests
{
    [Fact]
    public void The_histogram_gives_the_curves_of_the_loop()
    {
        var report = EvalBenchmark.Run(new EvalBenchmarkOptions(Frames: 2, Side: 48, Rounds: 1));

        Assert.True(report is { EngineMs: > 0, LoopMs: > 0 });
        // A probability next to a threshold may fall on its other side in torch's own sigmoid: a pixel more or less of few that reach it.
        Assert.InRange(report.Difference, 0, 0.05);
        Assert.Empty(report.Passes);
    }
}
