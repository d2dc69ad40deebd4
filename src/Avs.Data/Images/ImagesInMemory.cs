using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Images;

/// <summary>Images that lie in memory one after the other.</summary>
/// <param name="Name">A short name for reports.</param>
/// <param name="Height">Rows of every image.</param>
/// <param name="Width">Columns of every image.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="Classes">The names of the classes.</param>
/// <param name="All">Every image of the set, `[n, Height, Width, Channels]`.</param>
/// <param name="Labels">Their classes.</param>
/// <param name="Chosen">The images of this split.</param>
internal sealed record ImagesInMemory(
    string Name, int Height, int Width, int Channels, IReadOnlyList<string> Classes, byte[] All, byte[] Labels, int[] Chosen) : IImageDataset
{
    public int Count => Chosen.Length;

    public IReadOnlyList<string> Attributes => [];

    public byte[] Pixels(int index) => All.AsSpan(Chosen[index] * Height * Width * Channels, Height * Width * Channels).ToArray();

    public int Label(int index) => Labels[Chosen[index]];

    public IReadOnlyList<bool> AttributesOf(int index) => [];
}

/// <summary>Divides a set where no official split does.</summary>
internal static class DrawnSplit
{
    private const double TrainShare = 0.8, ValShare = 0.1;

    /// <summary>The items of a split, ascending: 80, 10 and 10 of a hundred of each class, drawn by the seed.</summary>
    /// <param name="labels">The class of each item.</param>
    /// <param name="split">Which split.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="name">What is divided.</param>
    public static int[] Of(IReadOnlyList<int> labels, Split split, long seed, string name)
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
