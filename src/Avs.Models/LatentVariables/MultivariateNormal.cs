using Avs.Core;

namespace Avs.Models.LatentVariables;

/// <summary>A normal distribution of k numbers: exp(−½(x−μ)ᵀΣ⁻¹(x−μ)) / √((2π)ᵏ|Σ|).</summary>
public sealed class MultivariateNormal
{
    private readonly double[,] factor; // L of Σ = L Lᵀ, lower triangular

    /// <summary>Creates the distribution.</summary>
    /// <param name="mean">μ [k].</param>
    /// <param name="covariance">Σ [k,k], symmetric and positive definite.</param>
    /// <exception cref="ArgumentException">The covariance has another size, is not symmetric or not positive definite.</exception>
    public MultivariateNormal(IReadOnlyList<double> mean, double[,] covariance)
    {
        var k = mean.Count;
        if (covariance.GetLength(0) != k || covariance.GetLength(1) != k)
            throw new ArgumentException(
                $"the covariance is {covariance.GetLength(0)} x {covariance.GetLength(1)}; expected {k} x {k}", nameof(covariance));
        for (var i = 0; i < k; i++)
            for (var j = 0; j < i; j++)
                if (Math.Abs(covariance[i, j] - covariance[j, i]) > 1e-12 * Math.Sqrt(Math.Abs(covariance[i, i] * covariance[j, j])))
                    throw new ArgumentException(
                        $"the covariance is not symmetric: entry ({i}, {j}) is {covariance[i, j]}, ({j}, {i}) {covariance[j, i]}",
                        nameof(covariance));
        Mean = mean;
        Covariance = covariance;
        factor = Factorise(covariance);
    }

    public IReadOnlyList<double> Mean { get; }

    public double[,] Covariance { get; }

    /// <summary>How strongly two of the numbers go together, -1 to 1.</summary>
    public double Correlation(int i, int j) => Covariance[i, j] / Math.Sqrt(Covariance[i, i] * Covariance[j, j]);

    public double Density(IReadOnlyList<double> x) => Math.Exp(LogDensity(x));

    public double LogDensity(IReadOnlyList<double> x)
    {
        var k = Mean.Count;
        if (x.Count != k)
            throw new ArgumentException($"found {x.Count} numbers, expected {k}", nameof(x));
        var (y, logDeterminant) = (new double[k], 0.0);
        for (var i = 0; i < k; i++)
        {
            y[i] = x[i] - Mean[i];
            for (var j = 0; j < i; j++)
                y[i] -= factor[i, j] * y[j];
            y[i] /= factor[i, i];
            logDeterminant += 2 * Math.Log(factor[i, i]);
        }
        return -0.5 * (y.Sum(value => value * value) + logDeterminant + k * StandardNormal.LogTwoPi);
    }

    /// <summary>μ + Lε with ε ~ N(0, I).</summary>
    public double[] Sample(NamedRandom random)
    {
        var k = Mean.Count;
        var noise = Enumerable.Range(0, k).Select(_ => random.NextNormal()).ToArray();
        return [.. Enumerable.Range(0, k).Select(i => Mean[i] + Enumerable.Range(0, i + 1).Sum(j => factor[i, j] * noise[j]))];
    }

    /// <summary>Each number by itself, as if the others had been integrated out.</summary>
    public Normal Marginal(int i) => new(Mean[i], Math.Sqrt(Covariance[i, i]));

    /// <summary>
    /// The line of points at a distance of some deviations from the mean, for two numbers: the eye of a scatter plot. With 2.4477
    /// deviations it holds 95 % of the probability.
    /// </summary>
    /// <exception cref="InvalidOperationException">There are not two numbers.</exception>
    public (double X, double Y)[] Ellipse(double deviations, int points = 100)
    {
        if (Mean.Count != 2)
            throw new InvalidOperationException($"an ellipse is drawn of 2 numbers, found {Mean.Count}");
        return [.. Integral.Grid(0, 2 * Math.PI, points).Select(angle =>
        {
            var (sin, cos) = Math.SinCos(angle);
            return (Mean[0] + deviations * factor[0, 0] * cos, Mean[1] + deviations * (factor[1, 0] * cos + factor[1, 1] * sin));
        })];
    }

    // Cholesky.
    private static double[,] Factorise(double[,] covariance)
    {
        var k = covariance.GetLength(0);
        var factor = new double[k, k];
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var left = covariance[i, j];
                for (var m = 0; m < j; m++)
                    left -= factor[i, m] * factor[j, m];
                if (i == j && !(left > 0))
                    throw new ArgumentException(
                        "the covariance is not positive definite: some combination of the numbers would have no variance or less",
                        nameof(covariance));
                factor[i, j] = i == j ? Math.Sqrt(left) : left / factor[j, j];
            }
        }
        return factor;
    }
}
