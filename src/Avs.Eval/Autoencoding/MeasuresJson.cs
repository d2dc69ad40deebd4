using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Avs.Eval.Autoencoding;

/// <summary>
/// The results as `avs eval --json` prints them: the records' own properties in snake_case, numbers with 6 digits, null for what there is
/// none of.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(RoundedNumber), typeof(RegionName)])]
[JsonSerializable(typeof(AutoencoderResult))]
[JsonSerializable(typeof(MultimodalResult))]
public sealed partial class MeasuresJson : JsonSerializerContext;

/// <summary>A number with 6 significant digits; null where it is not finite, for which JSON has no number.</summary>
internal sealed class RoundedNumber : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        else
            writer.WriteNullValue();
    }
}

/// <summary>The name of a region in snake_case.</summary>
internal sealed class RegionName() : JsonStringEnumConverter<CodeRegion>(JsonNamingPolicy.SnakeCaseLower);
