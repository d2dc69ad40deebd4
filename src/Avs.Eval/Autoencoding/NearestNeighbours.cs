using static TorchSharp.torch;

namespace Avs.Eval.Autoencoding;

/// <summary>Codes beside the codes nearest to them, by Euclidean distance.</summary>
public static class NearestNeighbours
{
    private const int QueriesAtOnce = 500;

    /// <summary>
    /// The share of queries whose class the k nearest codes give by their majority; among classes of equally many, the one whose member is
    /// the nearest.
    /// </summary>
    /// <param name="codes">[N,K].</param>
    /// <param name="labels">The class of each of them.</param>
    /// <param name="queries">[M,K].</param>
    /// <param name="queryLabels">The class of each of those.</param>
    /// <param name="k">At most N are taken.</param>
    public static double Accuracy(Tensor codes, IReadOnlyList<int> labels, Tensor queries, IReadOnlyList<int> queryLabels, int k = 5)
    {
        var right = 0;
        k = (int)Math.Min(k, codes.shape[0]);
        ForEachPart(codes, queries, (first, distances) =>
        {
            var nearest = distances.topk(k, 1, largest: false, sorted: true).indexes.data<long>().ToArray(); // [part,k]
            for (var i = 0; i < nearest.Length / k; i++)
                right += Majority(nearest.AsSpan(i * k, k), labels) == queryLabels[first + i] ? 1 : 0;
        });
        return 1.0 * right / queries.shape[0];
    }

    /// <summary>The distance of each query [M,K] to the nearest of the codes [N,K].</summary>
    public static double[] Distances(Tensor codes, Tensor queries)
    {
        var all = new List<double>();
        ForEachPart(codes, queries, (_, distances) => all.AddRange(ImageBatches.Numbers(distances.amin([1]).clamp(min: 0).sqrt())));
        return [.. all];
    }

    private static void ForEachPart(Tensor codes, Tensor queries, Action<int, Tensor> use)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var z = codes.detach().to(ScalarType.Float64, CPU);
        var squares = z.square().sum(-1);
        for (var first = 0; first < queries.shape[0]; first += QueriesAtOnce)
        {
            using var part = NewDisposeScope();
            var q = queries.detach().narrow(0, first, Math.Min(QueriesAtOnce, queries.shape[0] - first)).to(ScalarType.Float64, CPU);
            use(first, q.square().sum(-1, keepdim: true) + squares - q.matmul(z.t()) * 2); // squared distances [part,N]
        }
    }

    private static int Majority(ReadOnlySpan<long> nearest, IReadOnlyList<int> labels)
    {
        var (winner, most) = (-1, 0);
        foreach (var candidate in nearest)
        {
            var count = 0;
            foreach (var other in nearest)
                count += labels[(int)other] == labels[(int)candidate] ? 1 : 0;
            if (count > most)
                (winner, most) = (labels[(int)candidate], count);
        }
        return winner;
    }
}
