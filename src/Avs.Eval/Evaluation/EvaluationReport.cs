using Avs.Eval.Metrics;

namespace Avs.Eval.Evaluation;

/// <summary>What was measured, on what, and how.</summary>
public sealed record EvaluationSubject
{
    /// <summary>What the user named: the folder of a run, a checkpoint or an experiment.</summary>
    public required string Run { get; init; }

    /// <summary>The file of the weights.</summary>
    public required string Checkpoint { get; init; }

    public required string Model { get; init; }

    /// <summary>The data set's folder.</summary>
    public required string Root { get; init; }

    /// <summary>The data set's subset, in the words of a configuration.</summary>
    public required string Subset { get; init; }

    public required string Split { get; init; }

    public required string Device { get; init; }

    /// <summary>How latent codes were chosen, in the words of a configuration.</summary>
    public required string Latent { get; init; }

    /// <summary>Draws of the latent codes.</summary>
    public required int Samples { get; init; }

    /// <summary>Whether the mirrored pictures were looked at too.</summary>
    public required bool Flip { get; init; }

    /// <summary>Side of the pictures that the network saw.</summary>
    public required int ImageSize { get; init; }
}

/// <summary>An evaluation under several conditions, whole.</summary>
/// <param name="Subject">What was measured.</param>
/// <param name="Results">One for each condition.</param>
/// <param name="Intervals">The 95 % intervals of each result's scores; empty where none were asked for.</param>
/// <param name="ClassIntervals">The same of the scores of classes; null for a result without.</param>
/// <param name="Robustness">Null where the own sound, or a negative one, was not played.</param>
/// <param name="LeftOut">Why conditions that were asked for by "all" could not be played.</param>
/// <param name="Draws">Draws of the bootstrap.</param>
public sealed record EvaluationReport(
    EvaluationSubject Subject, IReadOnlyList<EvaluationResult> Results,
    IReadOnlyList<IReadOnlyDictionary<Protocol, ProtocolInterval>> Intervals,
    IReadOnlyList<IReadOnlyDictionary<Protocol, ProtocolInterval>?> ClassIntervals, RobustnessScores? Robustness,
    IReadOnlyDictionary<AudioCondition, string> LeftOut, int Draws)
{
    /// <summary>Seed of the bootstrap.</summary>
    public const long BootstrapSeed = 0;

    /// <summary>Adds to results what is computed from them.</summary>
    /// <param name="draws">Draws of the bootstrap; 0: no intervals.</param>
    public static EvaluationReport From(
        EvaluationSubject subject, IReadOnlyList<EvaluationResult> results, IReadOnlyDictionary<AudioCondition, string> leftOut,
        int draws) =>
        new(subject, results,
            draws == 0 ? [] : [.. results.Select(result => Bootstrap.Intervals(
                [.. result.Scores.Clips.Select(clip => clip.Totals)], result.Scores.ClipsPerCall, draws, BootstrapSeed))],
            draws == 0 ? [] : [.. results.Select(result => result.Scores.Classes is null ? null : Bootstrap.ClassIntervals(
                [.. result.Scores.Clips.Select(clip => clip.Classes!)], draws, BootstrapSeed))],
            RobustnessScores.From(results), leftOut, draws);
}
