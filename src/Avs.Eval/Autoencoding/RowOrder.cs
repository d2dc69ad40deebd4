using Avs.Core;

namespace Avs.Eval.Autoencoding;

/// <summary>Which rows of a data set are looked at.</summary>
internal static class RowOrder
{
    /// <summary>All rows, or so many of them drawn at random (sets may be sorted by class), ascending.</summary>
    /// <param name="name">What they are drawn for.</param>
    public static long[] Choose(int count, int most, long seed, string name)
    {
        var rows = Enumerable.Range(0, count).Select(row => (long)row).ToArray();
        if (count <= most)
            return rows;
        new NamedRandom(seed, name).Shuffle(rows.AsSpan());
        var chosen = rows[..most];
        Array.Sort(chosen);
        return chosen;
    }
}
