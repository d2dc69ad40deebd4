namespace Avs.Train.Runs;

/// <summary>The mean of each figure over the steps since the last line of the metrics.</summary>
/// <param name="begun">What a former process had summed up.</param>
public sealed class FigureWindow(IReadOnlyList<FigureSum> begun)
{
    private readonly List<FigureSum> sums = [.. begun];

    /// <summary>What has been summed up, in the order in which the figures came.</summary>
    public IReadOnlyList<FigureSum> Sums => [.. sums];

    public void Add(IEnumerable<(string Name, double Value)> figures)
    {
        foreach (var (name, value) in figures)
        {
            var at = sums.FindIndex(sum => sum.Name == name);
            if (at < 0)
                sums.Add(new FigureSum(name, value, 1));
            else
                sums[at] = new FigureSum(name, sums[at].Sum + value, sums[at].Count + 1);
        }
    }

    /// <summary>The means so far; a new window begins.</summary>
    public IReadOnlyList<(string Name, double Value)> TakeMeans()
    {
        (string, double)[] means = [.. sums.Select(sum => (sum.Name, sum.Sum / sum.Count))];
        sums.Clear();
        return means;
    }
}
