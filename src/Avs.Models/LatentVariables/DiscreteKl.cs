namespace Avs.Models.LatentVariables;

/// <summary>The Kullback-Leibler divergence of two discrete distributions, and a table that shows what it is like.</summary>
public static class DiscreteKl
{
    /// <summary>KL(p ‖ q) = Σ p log(p/q), in nats: 0·log 0 = 0, and infinite where q is 0 and p is not.</summary>
    /// <exception cref="ArgumentException">The two are not distributions over the same number of outcomes.</exception>
    public static double Compute(IReadOnlyList<double> p, IReadOnlyList<double> q)
    {
        if (p.Count != q.Count)
            throw new ArgumentException(
                $"KL of a distribution over {p.Count} outcomes to one over {q.Count}; expected as many of both", nameof(q));
        Check(p, nameof(p));
        Check(q, nameof(q));
        // Σ p log(p/q) of numbers that round to no sum of exactly 1 may come out as -1e-17.
        static double Term(double p, double q) => p == 0 ? 0 : q == 0 ? double.PositiveInfinity : p * Math.Log(p / q);
        return Math.Max(0, p.Zip(q, Term).Sum());
    }

    /// <summary>
    /// Pairs of distributions, each with its KL both ways: equal, near, asymmetric, and one where an outcome has no probability.
    /// </summary>
    public static IReadOnlyList<Row> Table { get; } =
    [
        Row.Create("equal", [0.5, 0.3, 0.2], [0.5, 0.3, 0.2]),
        Row.Create("near", [0.5, 0.3, 0.2], [0.4, 0.4, 0.2]),
        Row.Create("asymmetric", [0.9, 0.05, 0.05], [0.4, 0.3, 0.3]),
        Row.Create("against uniform", [0.7, 0.2, 0.1], [1 / 3.0, 1 / 3.0, 1 / 3.0]),
        Row.Create("q lacks an outcome", [0.5, 0.3, 0.2], [0.6, 0.4, 0]),
    ];

    private static void Check(IReadOnlyList<double> probabilities, string name)
    {
        if (probabilities.Any(value => !(value >= 0)) || Math.Abs(probabilities.Sum() - 1) > 1e-9)
            throw new ArgumentException(
                $"{name} is [{string.Join(", ", probabilities)}]; expected numbers not below 0 with the sum 1", name);
    }

    /// <summary>A row of the table.</summary>
    public sealed record Row(string Name, IReadOnlyList<double> P, IReadOnlyList<double> Q, double KlOfPToQ, double KlOfQToP)
    {
        internal static Row Create(string name, double[] p, double[] q) => new(name, p, q, Compute(p, q), Compute(q, p));
    }
}
