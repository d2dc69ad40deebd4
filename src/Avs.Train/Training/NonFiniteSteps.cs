using System.Text.Json;
using System.Text.Json.Serialization;
using Avs.Core;
using Avs.Train.Runs;

namespace Avs.Train.Training;

/// <summary>A step whose loss or gradient is not a finite number.</summary>
/// <param name="Step">Counted from one.</param>
/// <param name="GradientNorm">The norm of its whole gradient.</param>
/// <param name="Samples">What names the samples of its batch.</param>
public sealed record BadStep(long Step, double Loss, double GradientNorm, double LearningRate, IReadOnlyList<string> Samples)
{
    /// <summary>What is not finite.</summary>
    public string Fault => double.IsFinite(Loss) ? "gradient" : "loss";
}

/// <summary>Lets steps whose loss or gradient is not a finite number pass without effect, up to so many in a row.</summary>
/// <param name="most">How many.</param>
/// <param name="unit">What a sample is, in the plural.</param>
internal sealed class NonFiniteSteps(int most, string unit, RunFolder run, Action<string> log)
{
    private const int NamedSamples = 6;
    private readonly List<BadStep> row = [];

    /// <summary>Notes such a step, or ends the run with what is needed to study it: `fault.json` and `fault.safetensors`.</summary>
    /// <param name="progress">Where the run was before it.</param>
    /// <param name="writeWeights">Writes the weights as they were before it.</param>
    /// <exception cref="TrainingException">There were too many in a row.</exception>
    public void Skip(BadStep bad, RunProgress progress, Action<string> writeWeights)
    {
        if (progress.SkippedInARow == 0)
            row.Clear();
        row.Add(bad);
        var isLast = progress.SkippedInARow >= most;
        log($"step {bad.Step}: the {bad.Fault} is not a finite number, {(isLast ? "and the run ends" : "so no weight was moved")}; "
            + $"its {unit}: {string.Join(", ", bad.Samples)}");
        if (!isLast)
            return;
        if (!run.IsOthers)
        {
            AtomicFile.WriteAllText(run.FaultReportPath, JsonSerializer.Serialize(row, FaultJson.Default.IReadOnlyListBadStep) + "\n");
            writeWeights(run.FaultPath);
        }
        var before = progress.SkippedInARow switch
        {
            0 => "",
            1 => ", nor is that of the step before",
            var n => $", nor are those of the {n} steps before",
        };
        var reason = progress.SkippedSteps == progress.Step
            ? "no weight has changed yet, so an input or a weight that the model began with is at fault"
            : "a lower train.optimizer.learning_rate or a train.clip_norm usually helps";
        throw new TrainingException($"the {bad.Fault} of step {bad.Step} is not a finite number{before}: {reason}; its {unit} are "
            + $"{Few(bad.Samples)}, and {ShellCommand.Quote(run.FaultReportPath)} and {Path.GetFileName(run.FaultPath)} beside it are for "
            + "study");
    }

    private static string Few(IReadOnlyList<string> names) => names.Count <= NamedSamples
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(NamedSamples))} and {names.Count - NamedSamples} more";
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(IReadOnlyList<BadStep>))]
internal sealed partial class FaultJson : JsonSerializerContext;
