using Avs.Core;

namespace Avs.Models.LatentVariables;

/// <summary>A normal distribution of one number.</summary>
/// <param name="Mean">μ.</param>
/// <param name="Deviation">σ, above 0.</param>
public readonly record struct Normal(double Mean, double Deviation)
{
    public double Density(double x) => StandardNormal.Density((x - Mean) / Deviation) / Deviation;

    public double LogDensity(double x)
    {
        var z = (x - Mean) / Deviation;
        return -0.5 * (z * z + StandardNormal.LogTwoPi) - Math.Log(Deviation);
    }

    public double Sample(NamedRandom random) => Mean + Deviation * random.NextNormal();

    /// <summary>KL(this ‖ other) = log(σ₂/σ₁) + (σ₁² + (μ₁ − μ₂)²)/(2σ₂²) − ½, in nats.</summary>
    public double KlTo(Normal other)
    {
        var difference = Mean - other.Mean;
        return Math.Log(other.Deviation / Deviation)
            + (Deviation * Deviation + difference * difference) / (2 * other.Deviation * other.Deviation) - 0.5;
    }
}
