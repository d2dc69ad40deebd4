using Avs.Core;

// Ancestral sampling along Pr(x, y, z) = Pr(x)·Pr(y | x)·Pr(z | y), every factor linear and Gaussian: so the joint distribution is Gaussian
// and known.
//
//   x = m + s·ε₀;   next = a·previous + b + s·ε
//   E[next] = a·E[previous] + b;   Var[next] = a²·Var[previous] + s²;   Cov[next, earlier] = a·Cov[previous, earlier]

namespace Avs.Models.LatentVariables;

/// <summary>One factor Pr(next | previous) = N(Slope·previous + Offset, Deviation²).</summary>
public readonly record struct ChainLink(double Slope, double Offset, double Deviation);

/// <summary>A chain of numbers in which each is a noisy linear function of the one before.</summary>
/// <param name="First">Pr(x).</param>
/// <param name="Links">The further factors, in order.</param>
public sealed record LinearGaussianChain(Normal First, IReadOnlyList<ChainLink> Links)
{
    /// <summary>The chain of three: x, y given x, z given y.</summary>
    public static LinearGaussianChain Example { get; } = new(new Normal(1, 0.8), [new(1.5, -0.5, 0.6), new(-0.7, 2, 0.4)]);

    /// <summary>Draws the first number, then each given the one before.</summary>
    public double[] Sample(NamedRandom random)
    {
        var values = new double[Links.Count + 1];
        values[0] = First.Sample(random);
        for (var i = 0; i < Links.Count; i++)
            values[i + 1] = Links[i].Slope * values[i] + Links[i].Offset + Links[i].Deviation * random.NextNormal();
        return values;
    }

    /// <summary>log Pr of a whole chain: the sum over its factors.</summary>
    public double LogDensity(IReadOnlyList<double> values) =>
        First.LogDensity(values[0])
        + Links.Select((link, i) => new Normal(link.Slope * values[i] + link.Offset, link.Deviation).LogDensity(values[i + 1])).Sum();

    /// <summary>The same distribution in closed form: means, variances and covariances of all numbers together.</summary>
    public MultivariateNormal Joint()
    {
        var n = Links.Count + 1;
        var (mean, covariance) = (new double[n], new double[n, n]);
        mean[0] = First.Mean;
        covariance[0, 0] = First.Deviation * First.Deviation;
        for (var i = 1; i < n; i++)
        {
            var link = Links[i - 1];
            mean[i] = link.Slope * mean[i - 1] + link.Offset;
            for (var j = 0; j < i; j++)
                covariance[i, j] = covariance[j, i] = link.Slope * covariance[i - 1, j];
            covariance[i, i] = link.Slope * link.Slope * covariance[i - 1, i - 1] + link.Deviation * link.Deviation;
        }
        return new MultivariateNormal(mean, covariance);
    }
}
