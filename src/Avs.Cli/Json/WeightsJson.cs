using Avs.Core.Configuration;
using Avs.Core.Formats;
using Avs.Models.Weights;

namespace Avs.Cli.Json;

/// <summary>What `avs weights show FILE --json` prints.</summary>
internal sealed record WeightsFileJson(
    string File, string Format, long Parameters, long Bytes, IReadOnlyList<WeightsFileJson.Tensor> Tensors,
    IReadOnlyDictionary<string, string> Metadata, int OtherValues, IReadOnlyList<WeightsFileJson.SkippedValue> Skipped)
{
    public static WeightsFileJson From(WeightsFile file) => new(
        file.Path,
        RecordReader.SnakeCase(file.Format.ToString()),
        file.Entries.Sum(entry => entry.Count),
        file.Entries.Sum(entry => entry.Bytes),
        [.. file.Entries.Select(entry => new Tensor(entry.Name, entry.Type.NameOf(), entry.Shape, entry.Count, entry.Bytes))],
        file.Metadata,
        file.OtherValues,
        [.. file.Skipped.Select(item => new SkippedValue(item.Name, item.What, item.Tensors))]);

    internal sealed record Tensor(string Name, string Dtype, IReadOnlyList<long> Shape, long Parameters, long Bytes);

    internal sealed record SkippedValue(string Name, string What, int Tensors);
}

/// <summary>What `avs weights diff A B --json` prints. Differences that are no number are null.</summary>
internal sealed record WeightsDiffJson(
    bool Same, int Equal, IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<WeightsDiffJson.Retyped> Reshaped,
    IReadOnlyList<WeightsDiffJson.Difference> Changed)
{
    public static WeightsDiffJson From(WeightsDiff diff) => new(
        diff.Same,
        diff.Equal,
        diff.Missing,
        diff.Unexpected,
        [.. diff.Reshaped.Select(item => new Retyped(item.Name, item.First, item.Second))],
        [.. diff.Changed.Select(item => new Difference(item.Name, Finite(item.Largest), Finite(item.RelativeL2)))]);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    internal sealed record Retyped(string Name, string First, string Second);

    internal sealed record Difference(string Name, double? Largest, double? RelativeL2);
}
