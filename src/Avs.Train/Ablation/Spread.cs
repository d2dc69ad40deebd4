using System.Globalization;

namespace Avs.Train.Ablation;

/// <summary>Mean and standard deviation of a figure over runs.</summary>
/// <param name="Deviation">With n - 1 in the denominator; null of a single run.</param>
public sealed record Spread(double Mean, double? Deviation)
{
    /// <summary>Of at least one value.</summary>
    public static Spread From(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        double? variance = values.Count < 2 ? null : values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
        return new Spread(mean, variance is { } square ? Math.Sqrt(square) : null);
    }

    /// <summary>`0.734 ± 0.012`: four digits of the mean that count.</summary>
    public override string ToString()
    {
        var format = Math.Abs(Mean) switch
        {
            >= 1000 => "0",
            >= 100 => "0.0",
            >= 10 => "0.00",
            >= 0.1 => "0.000",
            _ => "0.00000",
        };
        string Text(double number) => number.ToString(format, CultureInfo.InvariantCulture);
        return Deviation is { } deviation ? $"{Text(Mean)} ± {Text(deviation)}" : Text(Mean);
    }
}
