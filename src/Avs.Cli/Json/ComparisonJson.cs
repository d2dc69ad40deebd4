using Avs.Eval.Metrics;

namespace Avs.Cli.Json;

/// <summary>What `avs compare --json` prints.</summary>
/// <param name="Conditions">For each sound its measures by name.</param>
internal sealed record ComparisonJson(
    string First, string Second, string Dataset, IReadOnlyDictionary<string, IReadOnlyDictionary<string, ComparisonJson.Score>> Conditions)
{
    public static IReadOnlyDictionary<string, Score> From(IReadOnlyList<PairedScore> scores) => scores.ToDictionary(
        score => score.Measure.Replace(' ', '_').ToLowerInvariant(),
        score => new Score(
            score.First, score.Second, score.First - score.Second, [score.Difference.Low, score.Difference.High], score.P));

    internal sealed record Score(double First, double Second, double Difference, double[] Interval, double P);
}
