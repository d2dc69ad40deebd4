using System.Text.Json;
using System.Text.Json.Serialization;
using Avs.Core;

namespace Avs.Train.Runs;

/// <summary>`summary.json`: how a run ended. docs/experiments.md says what each key is.</summary>
public sealed record RunSummary
{
    /// <summary>What was trained.</summary>
    public required string Task { get; init; }

    /// <summary>Whether all steps are done or the run ended early by itself; otherwise it was stopped and can be continued.</summary>
    public required bool Finished { get; init; }

    public required long Step { get; init; }

    /// <summary>Steps that were asked for: more than <see cref="Step"/> in a finished run that ended early.</summary>
    public required long Steps { get; init; }

    /// <summary>The best validation score; null before the first validation, or where it is not a number.</summary>
    public required double? BestScore { get; init; }

    /// <summary>The step of the best score.</summary>
    public required long BestStep { get; init; }

    /// <summary>Seconds that the run took, validations included, over all processes that worked on it.</summary>
    public required double Seconds { get; init; }

    /// <summary>Samples a second of the last process, validations not counted.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>Training samples that could not be read and were left out.</summary>
    public required int SkippedSamples { get; init; }

    /// <summary>Steps that moved no weight, for their loss or gradient was not finite. Runs of before there were such do not say.</summary>
    public long SkippedSteps { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Default.RunSummary) + "\n";

    /// <summary>Reads the file of a run.</summary>
    /// <exception cref="DataException">It is missing or damaged.</exception>
    public static RunSummary Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(WholeFile.Read(path), RunJson.Default.RunSummary)
                ?? throw new DataException($"{path} holds nothing, expected the summary of a run");
        }
        catch (JsonException e)
        {
            throw new DataException($"{path} is not the summary of a run: {e.Message}", e);
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Write(string path) => AtomicFile.WriteAllText(path, ToJson());
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(IReadOnlyList<RunEnvironment>))]
internal sealed partial class RunJson : JsonSerializerContext;
