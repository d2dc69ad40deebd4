using Avs.Parity.Comparison;

namespace Avs.Cli.Json;

/// <summary>What `avs parity DIR --json` prints. Figures that a case has none of are null.</summary>
internal sealed record ParityJson(IReadOnlyList<ParityJson.Case> Cases)
{
    public static ParityJson From(IReadOnlyList<CaseResult> cases) => new(
        [.. cases.Select(item => new Case(item.Name, item.StatusText, Finite(item.Worst), Finite(item.Tolerance), item.Detail))]);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    internal sealed record Case(string Name, string Status, double? Worst, double? Tolerance, string Detail);
}
