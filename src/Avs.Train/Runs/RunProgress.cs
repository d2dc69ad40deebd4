using System.Globalization;
using System.Text.Json;
using Avs.Core;
using Avs.Core.Formats;

namespace Avs.Train.Runs;

/// <summary>What a continued run needs beside the weights.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="BestScore">The best validation score so far; null before the first validation.</param>
/// <param name="BestStep">The step of the best score.</param>
/// <param name="Seconds">Seconds that the run has taken so far.</param>
public sealed record RunProgress(long Step, double? BestScore, long BestStep, double Seconds)
{
    /// <summary>Validations since the last that was a gain, as `train.early_stopping` counts gains.</summary>
    public int ValidationsWithoutGain { get; init; }

    /// <summary>The score of that gain; null before the first.</summary>
    public double? GainedScore { get; init; }

    /// <summary>A run that has not begun.</summary>
    public static RunProgress None { get; } = new(0, null, 0, 0);

    /// <summary>The best checkpoints that are kept, the best first.</summary>
    public IReadOnlyList<ScoredStep> Best { get; init; } = [];

    /// <summary>Steps whose loss or gradient was not finite, so that no weight was moved.</summary>
    public long SkippedSteps { get; init; }

    /// <summary>How many of them were the last steps, in a row.</summary>
    public int SkippedInARow { get; init; }

    /// <summary>Sums and counts of the figures since the last line of metrics.</summary>
    public IReadOnlyList<FigureSum> Figures { get; init; } = [];

    /// <summary>One step further.</summary>
    /// <param name="isSkipped">Whether it moved no weight.</param>
    /// <param name="seconds">Those of the run with it.</param>
    public RunProgress AfterStep(bool isSkipped, double seconds) => this with
    {
        Step = Step + 1,
        Seconds = seconds,
        SkippedSteps = SkippedSteps + (isSkipped ? 1 : 0),
        SkippedInARow = isSkipped ? SkippedInARow + 1 : 0,
    };

    /// <summary>As texts that a file of tensors can carry.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata() => new Dictionary<string, string>
    {
        ["step"] = Text(Step),
        ["best_score"] = Score(BestScore),
        ["best_step"] = Text(BestStep),
        ["seconds"] = Text(Seconds),
        ["validations_without_gain"] = Text(ValidationsWithoutGain),
        ["gained_score"] = Score(GainedScore),
        ["best"] = JsonSerializer.Serialize(Best, ProgressJson.Default.IReadOnlyListScoredStep),
        ["skipped_steps"] = Text(SkippedSteps),
        ["skipped_in_a_row"] = Text(SkippedInARow),
        ["figures"] = JsonSerializer.Serialize(Figures, ProgressJson.Default.IReadOnlyListFigureSum),
    };

    /// <summary>Reads what a saved state carries.</summary>
    /// <exception cref="DataException">It is not the state of a run.</exception>
    public static RunProgress From(SafetensorsFile file)
    {
        string Text(string key, string? usual = null) => file.Metadata.GetValueOrDefault(key) ?? usual
            ?? throw new DataException($"'{file.Path}' has no metadata '{key}', so it is not the state of a run");
        var plain = CultureInfo.InvariantCulture;
        try
        {
            double? Score(string text) => text.Length == 0 ? null : double.Parse(text, plain);
            var (best, step) = (Score(Text("best_score")), long.Parse(Text("best_step"), plain));
            return new RunProgress(long.Parse(Text("step"), plain), best, step, double.Parse(Text("seconds"), plain))
            {
                // States of before there was early stopping do not count.
                ValidationsWithoutGain = int.Parse(Text("validations_without_gain", "0"), plain),
                GainedScore = Score(Text("gained_score", "")),
                // States of before there were several best checkpoints name the one.
                Best = file.Metadata.TryGetValue("best", out var several)
                    ? JsonSerializer.Deserialize(several, ProgressJson.Default.IReadOnlyListScoredStep)!
                    : best is { } one ? [new ScoredStep(step, one)] : [],
                SkippedSteps = long.Parse(Text("skipped_steps", "0"), plain),
                SkippedInARow = int.Parse(Text("skipped_in_a_row", "0"), plain),
                Figures = JsonSerializer.Deserialize(Text("figures", "[]"), ProgressJson.Default.IReadOnlyListFigureSum)!,
            };
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new DataException($"'{file.Path}': its metadata hold something that is not a number", e);
        }
    }

    private static string Score(double? score) => score is { } known ? Text(known) : "";

    private static string Text(IFormattable number) => number.ToString(number is double ? "R" : null, CultureInfo.InvariantCulture);
}
