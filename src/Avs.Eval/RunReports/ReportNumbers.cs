using System.Globalization;

namespace Avs.Eval.RunReports;

/// <summary>Numbers as reports write them.</summary>
internal static class ReportNumbers
{
    public const string None = "-";

    /// <summary>A score from 0 to 1.</summary>
    public static string Score(double? score) =>
        score is { } number && double.IsFinite(number) ? number.ToString("0.000", CultureInfo.InvariantCulture) : None;

    /// <summary>A difference of scores, with its sign.</summary>
    public static string Difference(double value) => value.ToString("+0.000;−0.000;0.000", CultureInfo.InvariantCulture);

    public static string Range(double[]? ends) => ends is [var low, var high] ? $"{Score(low)} to {Score(high)}" : None;
}
