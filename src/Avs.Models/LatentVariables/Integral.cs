namespace Avs.Models.LatentVariables;

/// <summary>Sums over a grid that stand for integrals, and evenly spaced numbers.</summary>
public static class Integral
{
    /// <summary>
    /// ∫ f(x) dx from a to b by the trapezoid rule; of a smooth density that is nothing at both ends its error is that of rounding.
    /// </summary>
    /// <param name="from">a.</param>
    /// <param name="to">b.</param>
    /// <param name="intervals">Number of equal intervals, at least 1.</param>
    public static double Compute(Func<double, double> f, double from, double to, int intervals = 2000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(intervals, 1);
        var step = (to - from) / intervals;
        var sum = 0.5 * (f(from) + f(to));
        for (var i = 1; i < intervals; i++)
            sum += f(from + i * step);
        return sum * step;
    }

    /// <summary>Numbers at equal distances, both ends included.</summary>
    /// <param name="count">How many, at least 2.</param>
    public static double[] Grid(double from, double to, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        return [.. Enumerable.Range(0, count).Select(i => from + (to - from) * i / (count - 1))];
    }
}
