using System.Text.Json;
using System.Text.Json.Serialization;

namespace Avs.Eval.Evaluation;

/// <summary>An evaluation as `avs eval --json` prints it. Scores that there are none of are null.</summary>
public sealed record EvaluationJson(
    string Dataset, string Audio, string Mode, int Clips, int Frames, double? Miou, double? FScore, double? MiouUnheard,
    double? MiouAgainstOriginal, double? Seconds, IReadOnlyDictionary<string, CategoryJson> Categories)
{
    public static EvaluationJson From(EvaluationResult result) => new(
        result.Dataset,
        result.Audio.ToString().ToLowerInvariant(),
        result.Scores.Mode.ToString().ToLowerInvariant(),
        result.Scores.Clips.Count,
        result.Scores.Frames,
        Round(result.Scores.Miou),
        Round(result.Scores.FScore),
        Round(result.UnheardRecordings?.Miou),
        Round(result.AgainstOriginal?.Miou),
        Round(result.Seconds),
        result.Scores.Categories.ToDictionary(
            entry => entry.Key, entry => new CategoryJson(Round(entry.Value.Miou), Round(entry.Value.FScore), entry.Value.Clips)));

    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJsonContext.Default.EvaluationJson);

    private static double? Round(double? value) => value is { } number && double.IsFinite(number) ? Math.Round(number, 6) : null;
}

public sealed record CategoryJson(double? Miou, double? FScore, int Clips);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EvaluationJson))]
internal sealed partial class EvaluationJsonContext : JsonSerializerContext;
