using System.Text.Json;
using System.Text.Json.Serialization;
using Avs.Eval.Evaluation;
using Avs.Eval.Prediction;

namespace Avs.Eval.Reports;

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

    public string ToJson() => JsonSerializer.Serialize(this, EvalJsonContext.Default.EvaluationJson);

    private static double? Round(double? value) => value is { } number && double.IsFinite(number) ? Math.Round(number, 6) : null;
}

public sealed record CategoryJson(double? Miou, double? FScore, int Clips);

/// <summary>A prediction as `avs predict --json` prints it. Files are relative to the folder.</summary>
public sealed record PredictionJson(
    string Folder, int Width, int Height, double Seconds, double StatedSeconds, bool HasSound, IReadOnlyList<string> Notes, string Overlay,
    string Strip, string Table, IReadOnlyList<MaskJson> Masks)
{
    public static PredictionJson From(PredictionResult result) => new(
        result.Folder,
        result.Width,
        result.Height,
        Math.Round(result.Seconds, 3),
        Math.Round(result.StatedSeconds, 3),
        result.HasSound,
        result.Notes,
        PredictionResult.OverlayFile,
        PredictionResult.StripFile,
        PredictionResult.TableFile,
        [.. result.Masks.Select(Mask)]);

    public string ToJson() => JsonSerializer.Serialize(this, EvalJsonContext.Default.PredictionJson);

    private static MaskJson Mask(TimedMask mask) => new(
        Math.Round(mask.From, 4), Math.Round(mask.Instant, 4), Math.Round(mask.Area, 6), Math.Round(mask.Probability, 6),
        Math.Round(mask.Decibels, 2), mask.File);
}

/// <param name="From">Where the stretch begins, in seconds.</param>
/// <param name="Frame">When its frame is shown, in seconds.</param>
/// <param name="Area">Share of the picture, 0 to 1.</param>
/// <param name="SoundDb">Decibels below full scale.</param>
public sealed record MaskJson(double From, double Frame, double Area, double MeanProbability, double SoundDb, string File);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EvaluationJson))]
[JsonSerializable(typeof(PredictionJson))]
internal sealed partial class EvalJsonContext : JsonSerializerContext;
