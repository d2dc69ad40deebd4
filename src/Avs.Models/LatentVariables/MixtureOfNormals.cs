using Avs.Core;

// A mixture of Gaussians as the simplest latent-variable model: z says which component, and is summed out.
//
//   Pr(z = n) = λ_n,   Pr(x | z = n) = N(x; μ_n, σ_n²),   Pr(x) = Σ_n λ_n N(x; μ_n, σ_n²)
//
// EM (A. Dempster, N. Laird, D. Rubin, 1977):  r_in = λ_n N(x_i; μ_n, σ_n²) / Pr(x_i);  then λ, μ, σ² are the moments weighted by r.

namespace Avs.Models.LatentVariables;

/// <summary>One component of a mixture.</summary>
/// <param name="Weight">λ.</param>
/// <param name="Distribution">N(μ, σ²).</param>
public readonly record struct MixtureComponent(double Weight, Normal Distribution);

/// <summary>What EM found, and how the mean log-likelihood rose on the way (nats a number), the first before any step.</summary>
public sealed record MixtureFit(MixtureOfNormals Mixture, IReadOnlyList<double> LogLikelihood);

/// <summary>A mixture of normal distributions of one number.</summary>
public sealed class MixtureOfNormals
{
    /// <summary>Creates the mixture.</summary>
    /// <param name="components">At least one; weights not below 0 with the sum 1, deviations above 0.</param>
    /// <exception cref="ArgumentException">The weights are not probabilities, or a deviation is not above 0.</exception>
    public MixtureOfNormals(IReadOnlyList<MixtureComponent> components)
    {
        var sum = components.Sum(component => component.Weight);
        if (Math.Abs(sum - 1) > 1e-9 || components.Any(component => component.Weight < 0))
            throw new ArgumentException(
                $"the weights of a mixture sum to {sum}; expected numbers not below 0 with the sum 1", nameof(components));
        if (components.Any(component => !(component.Distribution.Deviation > 0)))
            throw new ArgumentException("a component of a mixture has no deviation above 0", nameof(components));
        Components = components;
    }

    /// <summary>The example of three components with the weights 0.7, 0.2 and 0.1.</summary>
    public static MixtureOfNormals Example { get; } = new([new(0.7, new(-2, 1)), new(0.2, new(1, 0.5)), new(0.1, new(4, 0.8))]);

    public IReadOnlyList<MixtureComponent> Components { get; }

    /// <summary>Pr(x), the latent component summed out.</summary>
    public double Density(double x) => Components.Sum(component => component.Weight * component.Distribution.Density(x));

    public double LogDensity(double x)
    {
        var joint = Joint(x);
        return LogSumExp(joint);
    }

    /// <summary>λ_n N(x; μ_n, σ_n²) of one component, the curves under the density.</summary>
    public double ComponentDensity(int component, double x) => Components[component].Weight * Components[component].Distribution.Density(x);

    /// <summary>Pr(z | x), a probability for each component.</summary>
    public double[] Posterior(double x)
    {
        var joint = Joint(x);
        var total = LogSumExp(joint);
        return [.. joint.Select(value => Math.Exp(value - total))];
    }

    /// <summary>Draws along the factorisation: first z, then x given z.</summary>
    public (int Component, double Value) Sample(NamedRandom random)
    {
        var left = random.NextDouble();
        var component = 0;
        while (component < Components.Count - 1 && left >= Components[component].Weight)
            left -= Components[component++].Weight;
        return (component, Components[component].Distribution.Sample(random));
    }

    /// <summary>Draws several.</summary>
    public (int Component, double Value)[] Sample(int count, NamedRandom random) =>
        [.. Enumerable.Range(0, count).Select(_ => Sample(random))];

    /// <summary>Fits a mixture by EM from means that are drawn among the numbers, far ones more often (k-means++).</summary>
    /// <param name="values">The numbers; at least as many different ones as components.</param>
    /// <param name="components">How many components.</param>
    /// <param name="random">Draws the first means.</param>
    /// <param name="steps">The most steps.</param>
    /// <param name="tolerance">EM ends where a step gains less than this, nats a number.</param>
    /// <exception cref="ArgumentException">There are too few different numbers.</exception>
    public static MixtureFit Fit(
        IReadOnlyList<double> values, int components, NamedRandom random, int steps = 1000, double tolerance = 1e-9)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        if (values.Distinct().Take(components).Count() < components)
            throw new ArgumentException(
                $"a mixture of {components} components needs as many different numbers, found {values.Distinct().Count()}", nameof(values));
        var mean = values.Average();
        var variance = values.Average(x => (x - mean) * (x - mean));
        // No component may shrink onto one number, where its density would grow without bound.
        var floor = Math.Max(variance * 1e-6, double.Epsilon);
        var first = Math.Sqrt(Math.Max(variance / (components * components), floor));
        var mixture = new MixtureOfNormals([.. SpreadOut(values, components, random)
            .Select(center => new MixtureComponent(1.0 / components, new Normal(center, first)))]);
        var trace = new List<double> { values.Average(mixture.LogDensity) };
        for (var step = 0; step < steps; step++)
        {
            mixture = mixture.Improved(values, floor);
            trace.Add(values.Average(mixture.LogDensity));
            if (trace[^1] - trace[^2] < tolerance)
                break;
        }
        return new MixtureFit(new([.. mixture.Components.OrderBy(component => component.Distribution.Mean)]), trace);
    }

    private MixtureOfNormals Improved(IReadOnlyList<double> values, double floor)
    {
        double[] count = new double[Components.Count], first = new double[Components.Count], second = new double[Components.Count];
        foreach (var x in values)
        {
            var posterior = Posterior(x);
            for (var n = 0; n < posterior.Length; n++)
            {
                // Moments about the old mean: no digits are lost where the numbers are far from 0.
                var offset = x - Components[n].Distribution.Mean;
                count[n] += posterior[n];
                first[n] += posterior[n] * offset;
                second[n] += posterior[n] * offset * offset;
            }
        }
        var total = count.Sum();
        return new([.. Components.Select((component, n) =>
        {
            if (count[n] <= 0)
                return component with { Weight = 0 };
            var shift = first[n] / count[n];
            var variance = second[n] / count[n] - shift * shift;
            return new MixtureComponent(
                count[n] / total, new Normal(component.Distribution.Mean + shift, Math.Sqrt(Math.Max(variance, floor))));
        })]);
    }

    private static List<double> SpreadOut(IReadOnlyList<double> values, int count, NamedRandom random)
    {
        var centers = new List<double> { values[random.NextInt(values.Count)] };
        while (centers.Count < count)
        {
            var distances = values.Select(x => centers.Min(center => (x - center) * (x - center))).ToArray();
            var left = random.NextDouble() * distances.Sum();
            var chosen = Array.FindIndex(distances, distance => distance > 0 && (left -= distance) < 0);
            centers.Add(values[chosen < 0 ? Array.FindLastIndex(distances, distance => distance > 0) : chosen]);
        }
        return centers;
    }

    private double[] Joint(double x) =>
        [.. Components.Select(component => Math.Log(component.Weight) + component.Distribution.LogDensity(x))];

    private static double LogSumExp(double[] values)
    {
        var most = values.Max();
        return double.IsInfinity(most) ? most : most + Math.Log(values.Sum(value => Math.Exp(value - most)));
    }
}
