using System.Text.Json.Serialization;

namespace Avs.Train.Runs;

/// <summary>A validation score and the step it was found at.</summary>
/// <param name="Score">Larger is better; it may be minus infinity.</param>
public sealed record ScoredStep(long Step, double Score);

/// <summary>The sum of a figure over so many steps.</summary>
public sealed record FigureSum(string Name, double Sum, int Count);

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(IReadOnlyList<ScoredStep>))]
[JsonSerializable(typeof(IReadOnlyList<FigureSum>))]
internal sealed partial class ProgressJson : JsonSerializerContext;
