namespace Avs.Eval.Metrics;

/// <summary>How frames become one mIoU and one F-score; docs/metrics.md has the formulas and who prints which.</summary>
public enum Protocol
{
    /// <summary>
    /// AVSBench's own: the mean over calls of a few clips in file order; the F-score takes its maximum over thresholds in every call.
    /// </summary>
    AvsBench,

    /// <summary>The same without calls: the mean over all frames; one maximum of one mean curve. Independent of any batch size.</summary>
    Frame,

    /// <summary>The object's pixels of the whole split: intersections over unions, and the F-score of the summed counts.</summary>
    Dataset,

    /// <summary>As <see cref="Dataset"/>, and the mean with the same of the background: what CAVP's code prints.</summary>
    Cavp,
}

/// <summary>The two scores of a protocol, 0 to 1; NaN where nothing was scored.</summary>
public sealed record ProtocolScore(double Miou, double FScore);

public static class Protocols
{
    /// <summary>Clips of one call in AVSBench's test scripts.</summary>
    public const int ReferenceClipsPerCall = 4;

    /// <summary>All protocols.</summary>
    public static IReadOnlyList<Protocol> All { get; } = Enum.GetValues<Protocol>();

    /// <summary>Its name in tables and files.</summary>
    public static string Name(this Protocol protocol) => protocol.ToString().ToLowerInvariant();

    /// <summary>The scores of some clips by every protocol.</summary>
    /// <param name="clips">In file order, which only <see cref="Protocol.AvsBench"/> looks at.</param>
    /// <param name="clipsPerCall">Clips of one call of that protocol; a last call of fewer counts like the others.</param>
    public static IReadOnlyDictionary<Protocol, ProtocolScore> Compute(
        IReadOnlyList<ClipTotals> clips, int clipsPerCall = ReferenceClipsPerCall)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clipsPerCall);
        if (clips.Count == 0)
            return All.ToDictionary(protocol => protocol, _ => new ProtocolScore(double.NaN, double.NaN));
        ClipTotals[] calls = [.. clips.Chunk(clipsPerCall).Select(ClipTotals.Sum)];
        var all = ClipTotals.Sum(calls);
        return new Dictionary<Protocol, ProtocolScore>
        {
            [Protocol.AvsBench] = new(calls.Average(call => call.MeanIou), calls.Average(call => call.MaximumF)),
            [Protocol.Frame] = new(all.MeanIou, all.MaximumF),
            [Protocol.Dataset] = OfObject(all),
            [Protocol.Cavp] = WithBackground(all),
        };
    }

    // Where neither mask has a pixel there is nothing to find and nothing was found.
    private static ProtocolScore OfObject(ClipTotals all) => all.Union == 0
        ? new ProtocolScore(1, 1)
        : new ProtocolScore((double)all.Both / all.Union, FrameScore.FScore(all.Both, all.Active, all.Target));

    private static ProtocolScore WithBackground(ClipTotals all)
    {
        long both = all.Pixels - all.Union, active = all.Pixels - all.Active, target = all.Pixels - all.Target;
        var picture = OfObject(all);
        var union = active + target - both;
        var background = union == 0 ? 1 : (double)both / union;
        var f = union == 0 ? 1 : FrameScore.FScore(both, active, target);
        return new ProtocolScore((picture.Miou + background) / 2, (picture.FScore + f) / 2);
    }
}
