using System.Diagnostics.CodeAnalysis;

namespace TorchSharp;

/// <summary>Sizes given as tuples, as the lists that operators take.</summary>
internal static class Lists
{
    internal static long[] Of((long, long) pair) => [pair.Item1, pair.Item2];

    internal static long[] Of((long, long, long) triple) => [triple.Item1, triple.Item2, triple.Item3];

    [return: NotNullIfNotNull(nameof(pair))]
    internal static long[]? Of((long, long)? pair) => pair is { } given ? Of(given) : null;

    [return: NotNullIfNotNull(nameof(triple))]
    internal static long[]? Of((long, long, long)? triple) => triple is { } given ? Of(given) : null;
}
