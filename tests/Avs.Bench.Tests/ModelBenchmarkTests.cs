using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Bench.Tests;

[Collection(Alone.Name)]
public sealed class ModelBenchmarkTests
{
    [Fact]
    public void A_model_s_cost_is_measured_whole()
    {
        var lines = new List<string>();
        var options = new ModelBenchmarkOptions("ecmvae_small", CPU) { Clips = 2, Frames = 2, Threads = 1, Rounds = 2, Report = lines.Add };
        var report = ModelBenchmark.Run(options);

        Assert.Equal(1_439_210, report.Parameters);
        Assert.Null(report.AudioNetwork); // its audio network learns, so it is part of the other two
        // A training step runs two paths forward, and backward costs twice as much as forward.
        Assert.InRange(report.TrainStep.Gflop!.Value / report.Inference.Gflop!.Value, 3, 8);
        Assert.True(report.TrainStep.Seconds > report.Inference.Seconds);
        Assert.InRange(report.Inference.PeakGigabytes!.Value, 0.05, 20);
        Assert.True(report.RoofGflops > 0);
        Assert.Equal(report.RoofShare,
            Math.Min(report.Inference.GflopPerSecond!.Value, report.TrainStep.GflopPerSecond!.Value) / report.RoofGflops);
        Assert.Contains(lines, line => line.StartsWith("training step: round 2 of 2", StringComparison.Ordinal));
    }

    [Fact]
    public void Bfloat16_is_measured_where_it_is_offered()
    {
        var options = new ModelBenchmarkOptions("tpavi_small", CPU) { Frames = 1, Threads = 1, Rounds = 1, Precision = Precision.Bf16 };
        if (Autocast.SuitsProcessor)
            Assert.True(ModelBenchmark.Run(options).RoofGflops > 0);
        else
            Assert.Contains("--bf16", Assert.Throws<UsageException>(() => ModelBenchmark.Run(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_are_left_as_they_were()
    {
        var before = get_num_threads();
        ModelBenchmark.Run(new ModelBenchmarkOptions("tpavi_small", CPU) { Frames = 1, Threads = before + 1, Rounds = 1 });
        Assert.Equal(before, get_num_threads());
    }

    [Fact]
    public void An_unknown_model_is_refused_with_the_names_of_the_known() =>
        Assert.Contains("ecmvae_resnet50",
            Assert.Throws<UsageException>(() => ModelBenchmark.Run(new ModelBenchmarkOptions("resnet", CPU))).Message);
}
