namespace Avs.Bench.Tests;

public sealed class VaeBenchmarkTests
{
    private static readonly VaeBenchmarkOptions Quick = new(Threads: 1, Rounds: 1, Seconds: 0.01);

    [Fact]
    public void Every_model_trains_some_images_a_second()
    {
        var rows = VaeBenchmark.Run(Quick with { ComparePython = false });

        Assert.Equal(["ae_conv", "vae_conv", "vae_mlp"], rows.Select(row => row.Name));
        Assert.All(rows, row => Assert.True(row is { Ours: > 0, Python: null, Ratio: null }));
    }

    [Fact]
    public void Without_a_python_that_has_torch_nothing_is_compared() =>
        Assert.All(VaeBenchmark.Run(Quick with { Python = "/bin/false" }), row => Assert.Null(row.Python));
}
