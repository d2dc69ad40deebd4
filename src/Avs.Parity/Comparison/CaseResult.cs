namespace Avs.Parity.Comparison;

/// <summary>How a parity case came out.</summary>
public enum CaseStatus
{
    /// <summary>Every output lies within its tolerance.</summary>
    Ok,
    /// <summary>At least one output does not.</summary>
    Fail,
    /// <summary>This program has no rule for the case.</summary>
    NotCovered,
}

/// <summary>One case compared with the reference.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="Status">How it came out.</param>
/// <param name="Worst">The error of the output that comes nearest to its bound or exceeds it most; NaN where nothing was compared.</param>
/// <param name="Tolerance">The bound of that output; NaN where nothing was compared.</param>
/// <param name="Detail">That output's name and measure, the failures, or the reason why the case is not covered.</param>
public sealed record CaseResult(string Name, CaseStatus Status, double Worst, double Tolerance, string Detail)
{
    /// <summary>The status as it is printed: <c>ok</c>, <c>FAIL</c> or <c>not covered</c>.</summary>
    public string StatusText => Status switch { CaseStatus.Ok => "ok", CaseStatus.Fail => "FAIL", _ => "not covered" };
}

/// <summary>The program has no rule for a case or for one of its outputs; the message says which.</summary>
public sealed class NotCoveredException(string reason) : Exception(reason);
