namespace Avs.Train.Autoencoding;

/// <summary>Means of named figures over batches of different sizes.</summary>
internal sealed class MeanFigures
{
    private readonly List<(string Name, double Sum)> sums = [];
    private long examples;

    /// <summary>Takes in a batch's figures, which are the same ones in the same order each time.</summary>
    public void Add(IEnumerable<(string Name, double Value)> figures, int count)
    {
        examples += count;
        foreach (var (i, (name, value)) in figures.Index())
        {
            if (i == sums.Count)
                sums.Add((name, 0));
            sums[i] = (name, sums[i].Sum + value * count);
        }
    }

    public IReadOnlyList<(string Name, double Value)> Means() => [.. sums.Select(entry => (entry.Name, entry.Sum / examples))];
}
