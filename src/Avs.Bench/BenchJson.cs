using System.Text.Json;
using System.Text.Json.Serialization;

namespace Avs.Bench;

/// <summary>What `avs bench ops --json` prints.</summary>
public sealed record OpsBenchmarkJson(IReadOnlyList<OpsBenchmarkJson.Operation> Rows)
{
    public static OpsBenchmarkJson From(IReadOnlyList<OpRow> rows) =>
        new([.. rows.Select(row => new Operation(row.Name, row.OursUs, row.PythonUs, row.Ratio))]);

    public string ToJson() => JsonSerializer.Serialize(this, BenchJsonContext.Default.OpsBenchmarkJson);

    public sealed record Operation(string Name, double OursUs, double? PythonUs, double? Ratio);
}

/// <summary>What `avs bench data --json` prints.</summary>
public sealed record DataBenchmarkJson(
    string Dataset, string Cold, IReadOnlyList<DataBenchmarkJson.Source> Rows, double CacheOverCold, DataBenchmarkJson.LoaderShare? Loader)
{
    public static DataBenchmarkJson From(DataBenchmarkReport report) => new(
        report.Dataset,
        report.Cold,
        [.. report.Rows.Select(row => new Source(row.Name, row.Workers, row.ClipsPerSecond, row.MegabytesPerSecond))],
        report.CacheOverCold,
        report.Loader is { } loader ? new LoaderShare(loader.StepSeconds, loader.WaitSeconds, loader.Share) : null);

    public string ToJson() => JsonSerializer.Serialize(this, BenchJsonContext.Default.DataBenchmarkJson);

    public sealed record Source(string Name, int Workers, double ClipsPerS, double MbPerS);

    public sealed record LoaderShare(double StepS, double WaitS, double Share);
}

/// <summary>What `avs bench model --json` prints. Times and operations are those of the whole batch.</summary>
public sealed record ModelBenchmarkJson(
    string Model, int Clips, int Threads, string Precision, long Parameters, double InferenceS, double TrainStepS, double? AudioNetworkS,
    double? PeakGb, double? InferencePeakGb, double? Gflop, double? TrainGflop, double RoofGflops, double? RoofShare,
    double? InferenceRoofShare, double? TrainRoofShare)
{
    public static ModelBenchmarkJson From(ModelBenchmarkReport report, ModelBenchmarkOptions options) => new(
        report.Model,
        options.Clips,
        options.Threads,
        options.Precision == Avs.Train.Training.Precision.Bf16 ? "bf16" : "fp32",
        report.Parameters,
        report.Inference.Seconds,
        report.TrainStep.Seconds,
        report.AudioNetwork?.Seconds,
        report.TrainStep.PeakGigabytes,
        report.Inference.PeakGigabytes,
        report.Inference.Gflop,
        report.TrainStep.Gflop,
        report.RoofGflops,
        report.RoofShare,
        report.Inference.RoofShare,
        report.TrainStep.RoofShare);

    public string ToJson() => JsonSerializer.Serialize(this, BenchJsonContext.Default.ModelBenchmarkJson);
}

/// <summary>What `avs bench vae --json` prints.</summary>
public sealed record VaeBenchmarkJson(int Threads, int Batch, IReadOnlyList<VaeBenchmarkJson.Model> Rows)
{
    public static VaeBenchmarkJson From(IReadOnlyList<VaeRow> rows, VaeBenchmarkOptions options) => new(
        options.Threads, VaeBenchmark.Batch, [.. rows.Select(row => new Model(row.Name, row.Parameters, row.Ours, row.Python, row.Ratio))]);

    public string ToJson() => JsonSerializer.Serialize(this, BenchJsonContext.Default.VaeBenchmarkJson);

    public sealed record Model(string Name, long Parameters, double ImagesPerS, double? PythonImagesPerS, double? Ratio);
}

/// <summary>What `avs bench eval --json` prints.</summary>
public sealed record EvalBenchmarkJson(
    double EngineMs, double LoopMs, double Ratio, double Difference, IReadOnlyList<EvalBenchmarkJson.Pass> Passes, double? CostOfSeveral)
{
    public static EvalBenchmarkJson From(EvalBenchmarkReport report) => new(
        report.EngineMs, report.LoopMs, report.Ratio, report.Difference,
        [.. report.Passes.Select(pass => new Pass(
            pass.Conditions, pass.Times.All, pass.Times.Network, pass.Times.Waiting, pass.Times.Scoring, pass.NetworkShare))],
        report.CostOfSeveral);

    public string ToJson() => JsonSerializer.Serialize(this, BenchJsonContext.Default.EvalBenchmarkJson);

    public sealed record Pass(int Sounds, double Seconds, double Network, double Waiting, double Scoring, double NetworkShare);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OpsBenchmarkJson))]
[JsonSerializable(typeof(DataBenchmarkJson))]
[JsonSerializable(typeof(EvalBenchmarkJson))]
[JsonSerializable(typeof(ModelBenchmarkJson))]
[JsonSerializable(typeof(VaeBenchmarkJson))]
[JsonSerializable(typeof(IReadOnlyList<ClipFiles>))]
internal sealed partial class BenchJsonContext : JsonSerializerContext;
