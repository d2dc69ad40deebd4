using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Avs.Core;
using Avs.Eval.Autoencoding;

namespace Avs.Eval.EcmvaeCodes;

/// <summary>`factors.json`: what the codes of a split are like.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Checkpoint">The file that the model came from.</param>
public sealed record FactorsFile(string Run, string Checkpoint, FactorMeasures Measures, EcmvaeProbeResult Probes);

/// <summary>`effects.json`: what each code does to the masks.</summary>
public sealed record EffectsFile(string Run, string Checkpoint, EffectResult Effects);

/// <summary>`uncertainty.json`: whether draws of the codes know where they are wrong.</summary>
public sealed record UncertaintyFile(string Run, string Checkpoint, UncertaintyResult Uncertainty);

/// <summary>
/// The files' keys are the records' own properties in snake_case; numbers have 6 digits, null where there is none.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(RoundedNumber)])]
[JsonSerializable(typeof(FactorsFile))]
[JsonSerializable(typeof(EffectsFile))]
[JsonSerializable(typeof(UncertaintyFile))]
[JsonSerializable(typeof(EcmvaeProbeResult))]
[JsonSerializable(typeof(string[]))]
public sealed partial class EcmvaeCodesJson : JsonSerializerContext
{
    private static readonly JsonSerializerOptions Lines = new() { WriteIndented = true };

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="folder">Made when missing.</param>
    /// <returns>Its path.</returns>
    public static string Write<T>(string folder, string file, T content, JsonTypeInfo<T> type)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, file);
        AtomicFile.WriteAllText(path, JsonSerializer.SerializeToNode(content, type)!.ToJsonString(Lines) + "\n");
        return path;
    }
}
