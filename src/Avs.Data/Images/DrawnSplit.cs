using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Images;

/// <summary>Splits a set that has no official splits.</summary>
internal static class DrawnSplit
{
    private const double TrainShare = 0.8, ValShare = 0.1;

    /// <summary>The items of a split, ascending: 80, 10 and 10 of a hundred of each class, drawn by the seed.</summary>
    /// <param name="labels">The class of each item.</param>
    /// <param name="name">What is divided.</param>
    public static int[] Draw(IReadOnlyList<int> labels, Split split, long seed, string name)
    {
        var chosen = new List<int>();
        foreach (var members in Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]))
        {
            var items = members.ToArray();
            new NamedRandom(seed, $"images/{name}/split/{members.Key}").Shuffle(items.AsSpan());
            int train = (int)Math.Round(TrainShare * items.Length), val = (int)Math.Round((TrainShare + ValShare) * items.Length);
            chosen.AddRange(split switch { Split.Train => items[..train], Split.Val => items[train..val], _ => items[val..] });
        }

        return [.. chosen.Order()];
    }
}
