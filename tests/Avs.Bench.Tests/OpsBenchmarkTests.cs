namespace Avs.Bench.Tests;

public sealed class OpsBenchmarkTests
{
    private static readonly OpsBenchmarkOptions Quick = new(Threads: 1, Rounds: 1, BatchSeconds: 1e-4);

    [Fact]
    public void Every_operation_has_a_cost()
    {
        var rows = OpsBenchmark.Run(Quick with { ComparePython = false });
        Assert.Contains("add with autograd", rows.Select(row => row.Name));
        Assert.All(rows, row => Assert.True(row.OursUs > 0));
    }

    [Theory]
    [InlineData("/bin/false")]
    [InlineData("no-such-python")]
    public void Without_a_python_that_has_torch_nothing_is_compared(string python)
    {
        var rows = OpsBenchmark.Run(Quick with { Python = python });
        Assert.All(rows, row => Assert.True(row is { PythonUs: null, Ratio: null }));
    }
}
