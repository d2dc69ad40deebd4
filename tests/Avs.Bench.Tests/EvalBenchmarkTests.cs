namespace Avs.Bench.Tests;

public sealed class EvalBenchmarkTests
{
    [Fact]
    public void The_histogram_gives_the_curves_of_the_loop()
    {
        var report = EvalBenchmark.Run(new EvalBenchmarkOptions(Frames: 2, Side: 48, Rounds: 1));

        Assert.True(report.EngineMs > 0 && report.LoopMs > report.EngineMs);
        // A probability next to a threshold may fall on its other side in torch's own sigmoid, one pixel of 2304.
        Assert.InRange(report.Difference, 0, 2e-3);
        Assert.Empty(report.Passes);
    }
}
