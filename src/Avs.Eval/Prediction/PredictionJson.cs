using System.Text.Json;
using System.Text.Json.Serialization;

namespace Avs.Eval.Prediction;

/// <summary>A prediction as `avs predict --json` prints it. Files are relative to the folder.</summary>
public sealed record PredictionJson(
    string Folder, int Width, int Height, double Seconds, double StatedSeconds, bool HasSound, IReadOnlyList<string> Notes, string Overlay,
    string Strip, string Table, IReadOnlyList<MaskJson> Masks,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FoundClass>? Classes = null)
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
        [.. result.Masks.Select(Mask)],
        result.Classes);

    public string ToJson() => JsonSerializer.Serialize(this, PredictionJsonContext.Default.PredictionJson);

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
[JsonSerializable(typeof(PredictionJson))]
internal sealed partial class PredictionJsonContext : JsonSerializerContext;
