namespace Avs.Models.LatentVariables;

/// <summary>The standard normal distribution N(0, 1) in double precision.</summary>
public static class StandardNormal
{
    internal static readonly double LogTwoPi = Math.Log(2 * Math.PI);

    public static double Density(double x) => Math.Exp(-0.5 * (x * x + LogTwoPi));

    /// <summary>
    /// Φ(x), the probability of a number not above x. Absolute error below 1e-15; the relative error of the lower tail stays small as well.
    /// </summary>
    public static double Cumulative(double x)
    {
        if (x > 0)
            return 1 - Cumulative(-x);
        if (x > -3)
            return 0.5 + Density(x) * Series(x);
        return double.IsNegativeInfinity(x) ? 0 : Density(x) * Tail(-x);
    }

    /// <summary>Φ⁻¹(p): −∞ at 0, +∞ at 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">p is not a probability.</exception>
    public static double Quantile(double p)
    {
        if (!(p >= 0 && p <= 1))
            throw new ArgumentOutOfRangeException(nameof(p), p, "expected a probability, from 0 to 1");
        if (p > 0.5)
            return -Quantile(1 - p);
        if (p == 0)
            return double.NegativeInfinity;
        // The first guess (M. Abramowitz, I. Stegun, 26.2.23) errs by at most 4.5e-4; each step of Halley's method triples the number of
        // right digits.
        var t = Math.Sqrt(-2 * Math.Log(p));
        var x = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
        for (var i = 0; i < 3; i++)
        {
            var step = (Cumulative(x) - p) / Density(x);
            x -= step / (1 + 0.5 * x * step);
        }
        return x;
    }

    // (Φ(x) − ½)/φ(x) = x + x³/3 + x⁵/(3·5) + … (G. Marsaglia, "Evaluating the Normal Distribution", 2004).
    private static double Series(double x)
    {
        var (term, sum) = (x, x);
        for (var i = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); i += 2)
            sum += term *= x * x / i;
        return sum;
    }

    // Mills' ratio (1 − Φ(x))/φ(x) = 1/(x + 1/(x + 2/(x + 3/(x + …)))), for x of at least 3.
    private static double Tail(double x)
    {
        var fraction = x;
        for (var i = 100; i > 0; i--)
            fraction = x + i / fraction;
        return 1 / fraction;
    }
}
