using Avs.Core;
using Avs.Core.Configuration;
using Avs.Train.Experiments;

namespace Avs.Train.Ablation;

/// <summary>Runs that differ in a few keys: every variant with every combination of the factors' values, with each seed.</summary>
/// <param name="File">Where it was read.</param>
/// <param name="Name">Its runs lie under `runs/NAME/`.</param>
/// <param name="Factors">The keys of the factors.</param>
/// <param name="Columns">The figures of `metrics.csv` that its table shows; null: those of the validations.</param>
/// <param name="Evaluation">How finished trials are measured; null: only by their validations.</param>
/// <param name="Trials">In the order of the table; the seeds of a row lie together.</param>
public sealed record AblationMatrix(
    string File, string Name, IReadOnlyList<string> Factors, IReadOnlyList<string>? Columns,
    TrialEvaluation? Evaluation, IReadOnlyList<Trial> Trials)
{
    /// <summary>What the factors are called in tables: the last part of their keys where that is enough.</summary>
    public IReadOnlyList<string> FactorNames => ShortNames(Factors);

    public bool HasVariants => Trials[0].Variant is not null;

    /// <summary>The trial of a name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public Trial this[string name] => Trials.FirstOrDefault(trial => trial.Name == name) ?? throw new UsageException(
        $"{File} has no trial '{name}'; " + (NearMiss.Of(name, Trials.Select(trial => trial.Name)) is { } near
            ? $"did you mean '{near}'?" : $"its first is '{Trials[0].Name}', and --dry-run lists them all"));

    internal static IReadOnlyList<string> ShortNames(IReadOnlyList<string> keys)
    {
        var last = keys.Select(key => key[(key.LastIndexOf('.') + 1)..]).ToArray();
        return [.. keys.Select((key, i) => last.Count(name => name == last[i]) == 1 ? last[i] : key)];
    }
}

/// <summary>One run of a matrix.</summary>
/// <param name="Name">The name of the run's folder.</param>
/// <param name="Variant">The name of its variant; null in a matrix without any.</param>
/// <param name="Values">The value of each factor.</param>
/// <param name="Seed">Null where the matrix names no seeds.</param>
/// <param name="Base">The experiment that is varied.</param>
/// <param name="Changes">What it changes of the base, in the form that configurations take: `train.steps=200`.</param>
/// <param name="Experiment">What is trained.</param>
public sealed record Trial(
    string Name, string? Variant, IReadOnlyList<string> Values, string? Seed, string Base, IReadOnlyList<string> Changes,
    Experiment Experiment)
{
    /// <summary>What a paper prints of its variant, by the name of the figure.</summary>
    public IReadOnlyList<(string Name, double Value)> Published { get; init; } = [];

    /// <summary>Variant and values as one text, the same for all seeds.</summary>
    public string Setting => string.Join(", ", Variant is null ? Values : Values.Prepend(Variant));
}
