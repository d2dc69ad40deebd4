using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Avs.Cli.Json;

namespace Avs.Cli;

/// <summary>What verbs print with --json: each a record of its own, whose property names in snake_case are the keys.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ComparisonJson))]
[JsonSerializable(typeof(ConfigJson))]
[JsonSerializable(typeof(DataCacheJson))]
[JsonSerializable(typeof(DataCheckJson))]
[JsonSerializable(typeof(DataPrepareJson))]
[JsonSerializable(typeof(EmbeddingJson))]
[JsonSerializable(typeof(ImageSetJson))]
[JsonSerializable(typeof(ModelsJson))]
[JsonSerializable(typeof(MultimodalSetJson))]
[JsonSerializable(typeof(ParityJson))]
[JsonSerializable(typeof(WeightsDiffJson))]
[JsonSerializable(typeof(WeightsFileJson))]
internal sealed partial class JsonOutput : JsonSerializerContext
{
    public static void Write<T>(Terminal terminal, T value, JsonTypeInfo<T> type) =>
        terminal.Out.WriteLine(JsonSerializer.Serialize(value, type));
}
