using Avs.Core;

namespace Avs.Eval.Metrics;

/// <summary>An interval of values.</summary>
public readonly record struct Interval(double Low, double High);

/// <summary>The 95 % intervals of a protocol's scores.</summary>
public sealed record ProtocolInterval(Interval Miou, Interval FScore);

/// <summary>
/// Confidence intervals by the percentile bootstrap over clips (Efron 1979): a split of as many clips is drawn from the clips, with
/// replacement, many times over, and the middle 95 % of its scores are the interval. Frames of a clip stay together: they look alike.
/// </summary>
public static class Bootstrap
{
    /// <summary>Share of the draws' scores that lies in an interval.</summary>
    public const double Level = 0.95;

    /// <summary>Draws, unless a user says otherwise.</summary>
    public const int UsualDraws = 1000;

    /// <summary>The intervals of every protocol.</summary>
    /// <param name="clips">The clips that were scored.</param>
    /// <param name="clipsPerCall">As for <see cref="Protocols.Compute"/>.</param>
    /// <param name="draws">How many splits are drawn.</param>
    /// <param name="seed">Decides the draws: equal numbers of clips get equal draws, whatever their scores.</param>
    public static IReadOnlyDictionary<Protocol, ProtocolInterval> Intervals(
        IReadOnlyList<ClipTotals> clips, int clipsPerCall, int draws = UsualDraws, long seed = 0) =>
        Intervals(clips, draws, seed, drawn => Protocols.Compute(drawn, clipsPerCall));

    /// <summary>The intervals of the scores of classes.</summary>
    /// <param name="clips">The clips that were scored.</param>
    /// <param name="draws">How many splits are drawn.</param>
    /// <param name="seed">Decides the draws, which are those of <see cref="Intervals(IReadOnlyList{ClipTotals}, int, int, long)"/>.</param>
    public static IReadOnlyDictionary<Protocol, ProtocolInterval> ClassIntervals(
        IReadOnlyList<ClassTotals> clips, int draws = UsualDraws, long seed = 0) =>
        Intervals(clips, draws, seed, drawn => ClassScores.Compute(drawn).ByProtocol.ToDictionary(
            pair => pair.Key, pair => new ProtocolScore(pair.Value.Miou, pair.Value.FScore)));

    private static IReadOnlyDictionary<Protocol, ProtocolInterval> Intervals<T>(
        IReadOnlyList<T> clips, int draws, long seed, Func<T[], IReadOnlyDictionary<Protocol, ProtocolScore>> compute)
    {
        var scores = new Dictionary<Protocol, (double[] Miou, double[] F)>();
        var random = new NamedRandom(seed, "evaluate/bootstrap");
        var drawn = new T[clips.Count];
        for (var draw = 0; draw < draws; draw++)
        {
            for (var i = 0; i < drawn.Length; i++)
                drawn[i] = clips[random.NextInt(clips.Count)];
            foreach (var (protocol, score) in compute(drawn))
            {
                if (!scores.TryGetValue(protocol, out var values))
                    scores[protocol] = values = (new double[draws], new double[draws]);
                (values.Miou[draw], values.F[draw]) = (score.Miou, score.FScore);
            }
        }
        return scores.ToDictionary(
            pair => pair.Key, pair => new ProtocolInterval(Middle(pair.Value.Miou), Middle(pair.Value.F)));
    }

    /// <summary>The interval that holds the middle 95 % of some values, between neighbours linearly.</summary>
    public static Interval Middle(double[] values)
    {
        double[] sorted = [.. values.Order()];
        double At(double share)
        {
            var place = share * (sorted.Length - 1);
            var below = (int)place;
            return below + 1 < sorted.Length ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
        }
        return new Interval(At((1 - Level) / 2), At((1 + Level) / 2));
    }
}
