using Avs.Eval.Evaluation;
using TorchSharp;

namespace Avs.Bench.Tests;

public sealed class BenchJsonTests
{
    [Fact]
    public void Operations_have_their_keys() => Assert.Equal(
        """{"rows":[{"name":"add","ours_us":1.5,"python_us":null,"ratio":null}]}""",
        OpsBenchmarkJson.From([new OpRow("add", 1.5, null, null)]).ToJson());

    [Fact]
    public void Autoencoders_have_their_keys() => Assert.Equal(
        """{"threads":2,"batch":100,"rows":[{"name":"vae_mlp","parameters":7,"images_per_s":30,"python_images_per_s":20,"ratio":1.5}]}""",
        VaeBenchmarkJson.From([new VaeRow("vae_mlp", 7, 30, 20) { Ratio = 1.5 }], new VaeBenchmarkOptions()).ToJson());

    [Fact]
    public void Data_have_their_keys()
    {
        var report = new DataBenchmarkReport("S4 train, 2 clips", "forgotten",
            [new DataRow("files_cold", 1, 10, 2.5), new DataRow("cache", 1, 40, 5)], new LoaderCost(0.5, 0.125));

        Assert.Equal(
            """
            {"dataset":"S4 train, 2 clips","cold":"forgotten","rows":[{"name":"files_cold","workers":1,"clips_per_s":10,"mb_per_s":2.5},
            {"name":"cache","workers":1,"clips_per_s":40,"mb_per_s":5}],"cache_over_cold":4,
            "loader":{"step_s":0.5,"wait_s":0.125,"share":0.25}}
            """.ReplaceLineEndings(""), DataBenchmarkJson.From(report).ToJson());
    }

    [Fact]
    public void An_evaluation_has_its_keys()
    {
        var report = new EvalBenchmarkReport(0.5, 40, 0,
            [new PassCost(1, new EvaluationTimes(8, 4, 1, 2)), new PassCost(5, new EvaluationTimes(16, 12, 1, 2))]);

        Assert.Equal(
            """
            {"engine_ms":0.5,"loop_ms":40,"ratio":80,"difference":0,"passes":[{"sounds":1,"seconds":8,"network":4,"waiting":1,"scoring":2,
            "network_share":0.5},{"sounds":5,"seconds":16,"network":12,"waiting":1,"scoring":2,"network_share":0.75}],"cost_of_several":2}
            """.ReplaceLineEndings(""), EvalBenchmarkJson.From(report).ToJson());
    }

    [Fact]
    public void A_model_has_its_keys()
    {
        var report = new ModelBenchmarkReport("tiny", 7, null, new WorkCost(0.5, 2, 0.25, 1), new WorkCost(1.5, 6, 0.5, 3), 16);

        Assert.Equal(
            """
            {"model":"tiny","clips":1,"threads":2,"precision":"fp32","parameters":7,"inference_s":0.5,"train_step_s":1.5,
            "audio_network_s":null,"peak_gb":3,"inference_peak_gb":1,"gflop":2,"train_gflop":6,"roof_gflops":16,"roof_share":0.25,"inference_roof_share":0.25,
            "train_roof_share":0.5}
            """.ReplaceLineEndings(""), ModelBenchmarkJson.From(report, new ModelBenchmarkOptions("tiny", torch.CPU)).ToJson());
    }
}
