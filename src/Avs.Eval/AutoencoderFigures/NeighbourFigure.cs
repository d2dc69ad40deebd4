using Avs.Eval.Reports;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>Images beside those whose codes are nearest.</summary>
public static class NeighbourFigure
{
    private const int QueriesAtOnce = 500;

    /// <summary>Draws some images, each with its nearest among the first of the split.</summary>
    /// <param name="subject">Network and images.</param>
    /// <param name="queries">The images, by their numbers.</param>
    /// <param name="count">Neighbours of each.</param>
    public static FigureReport Draw(LatentSubject subject, IReadOnlyList<int> queries, int count = 10)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var codes = subject.Encode().Mean;
        count = Math.Min(count, (int)codes.shape[0] - 1);
        var rows = new List<TileRow>();
        var found = Nearest(codes, subject.Means(queries), queries, count);
        for (var i = 0; i < queries.Count; i++)
        {
            var (neighbours, distances) = found[i];
            rows.Add(new TileRow($"{queries[i]}",
            [
                .. Tiles.From(subject.Batch([queries[i]]), _ => subject.ClassName(queries[i])), null,
                .. Tiles.From(subject.Batch(neighbours), n => $"{subject.ClassName(neighbours[n])} {Tiles.Number(distances[n])}".Trim()),
            ]));
        }
        var sheet = new TileSheet(
            "neighbours", $"{subject.Name}: nearest codes",
            $"Images of {subject.Images.Name} (numbers at the left), then those among the first {codes.shape[0]} whose codes are nearest, "
                + "with their distance.",
            ["image", "", .. Enumerable.Range(1, count).Select(i => $"{i}")], rows)
        { TileSide = 84 };
        List<string> sentences = [];
        if (subject.Images.Classes.Count > 0)
        {
            var own = Enumerable.Range(0, (int)codes.shape[0]).ToArray();
            var same = Nearest(codes, codes, own, 1).Zip(own)
                .Average(pair => subject.Images.Labels[pair.First.Rows[0]] == subject.Images.Labels[pair.Second] ? 1.0 : 0.0);
            sentences.Add($"of all {codes.shape[0]} images, the nearest other has the same class in {Tiles.Number(100 * same, 1)} %");
        }
        return new FigureReport([sheet.Draw()], [], sentences);
    }

    // The rows nearest to each query, but for the query itself.
    private static List<(int[] Rows, double[] Distances)> Nearest(Tensor codes, Tensor queries, IReadOnlyList<int> own, int count)
    {
        var found = new List<(int[], double[])>();
        for (var first = 0; first < own.Count; first += QueriesAtOnce)
        {
            using var part = NewDisposeScope();
            var some = queries.narrow(0, first, Math.Min(QueriesAtOnce, own.Count - first));
            var (values, indexes) = cdist(some, codes).topk(Math.Min(count + 1, (int)codes.shape[0]), 1, largest: false, sorted: true);
            var (distances, rows) = (Tiles.Rows(values), Tiles.Rows(indexes));
            for (var i = 0; i < rows.Length; i++)
            {
                var others = rows[i].Zip(distances[i]).Where(pair => (int)pair.First != own[first + i]).Take(count).ToArray();
                found.Add(([.. others.Select(pair => (int)pair.First)], [.. others.Select(pair => pair.Second)]));
            }
        }
        return found;
    }
}
