using Avs.Core;
using static TorchSharp.torch;

// How much two codes know of each other, from their canonical correlations ρ (H. Hotelling, 1936):
//
//   I(X;Y) = −½ Σᵢ log(1 − ρᵢ²)   nats, exact where X and Y are jointly Gaussian (T. Cover, J. Thomas, "Elements of Information Theory")
//
// Of other distributions it is that of the Gaussian with the same covariances: it sees what is linear, and nothing else. Of n rows it comes
// out too large by about KxKy/(2n) even where there is nothing to find, so the value for rows paired at random stands beside it.

namespace Avs.Eval.EcmvaeCodes;

/// <summary>The mutual information of two codes, were they Gaussian.</summary>
/// <param name="Correlations">The canonical correlations, falling.</param>
/// <param name="Nats">I(X;Y); infinite where one code is a linear function of the other.</param>
/// <param name="ByChance">The same of rows paired at random, the mean of some shuffles.</param>
public sealed record GaussianInformation(IReadOnlyList<double> Correlations, double Nats, double ByChance)
{
    private const int Shuffles = 20;
    private const double SmallestShare = 1e-6;

    /// <summary>What is left when chance is taken away.</summary>
    public double Excess => Nats - ByChance;

    /// <summary>Measures two codes.</summary>
    /// <param name="x">[N,K].</param>
    /// <param name="y">[N,J].</param>
    /// <param name="groups">
    /// Of each row, ascending, the group that is paired as a whole: frames of one clip are alike, so they are shuffled together.
    /// </param>
    /// <param name="seed">Of the shuffles.</param>
    public static GaussianInformation Compute(Tensor x, Tensor y, IReadOnlyList<int> groups, long seed)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var (ofX, ofY) = (Directions(x), Directions(y));
        var correlations = Correlate(ofX, ofY);
        var random = new NamedRandom(seed, "latents/information");
        var byChance = Enumerable.Range(0, Shuffles).Average(_ =>
        {
            using var inner = NewDisposeScope();
            return Information(Correlate(ofX, ofY.index_select(0, tensor(Shuffle(groups, random)))));
        });
        return new GaussianInformation(correlations, Information(correlations), byChance);
    }

    private static double Information(double[] correlations) => 0.5 * correlations.Sum(r => -Math.Log(Math.Max(0, 1 - r * r)));

    private static double[] Correlate(Tensor a, Tensor b)
    {
        if (a.shape[1] == 0 || b.shape[1] == 0)
            return []; // a code that is the same in every frame
        using var scope = NewDisposeScope();
        return [.. linalg.svdvals(a.t().matmul(b)).data<double>().ToArray().Select(r => Math.Min(r, 1))];
    }

    // An orthonormal basis of the columns of the centred rows [N,r]; dimensions that say nothing are left out.
    private static Tensor Directions(Tensor x)
    {
        using var scope = NewDisposeScope();
        var rows = x.to(ScalarType.Float64, CPU);
        var (u, s, _) = linalg.svd(rows - rows.mean([0], keepdim: true), fullMatrices: false);
        var lengths = s.data<double>().ToArray();
        // A code that is the same in every frame leaves rounding errors, which say nothing either.
        var least = SmallestShare * Math.Max(lengths[0], rows.norm().item<double>());
        var kept = lengths.Count(length => length > least);
        return u.narrow(1, 0, kept).MoveToOuterDisposeScope();
    }

    // Another row for each: the same place in a group drawn without replacement.
    private static long[] Shuffle(IReadOnlyList<int> groups, NamedRandom random)
    {
        var members = Enumerable.Range(0, groups.Count).GroupBy(row => groups[row]).Select(group => group.ToArray()).ToArray();
        var partners = members.ToArray();
        random.Shuffle(partners.AsSpan());
        return [.. members.Zip(partners).SelectMany(pair => pair.First.Select((_, i) => (long)pair.Second[i % pair.Second.Length]))];
    }
}
