using Avs.Core;
using Avs.Models.LatentVariables;

namespace Avs.Models.Tests.LatentVariables;

public class MixtureOfNormalsTests
{
    private static readonly MixtureOfNormals Example = MixtureOfNormals.Example;

    [Theory]
    [InlineData(-2, 0.2792596)]
    [InlineData(0, 0.0593902)]
    [InlineData(1, 0.1627233)]
    [InlineData(4, 0.0498678)]
    public void The_density_is_the_golden_one(double x, double expected)
    {
        Assert.Equal(expected, Example.Density(x), 5e-8);
        Assert.Equal(Example.Density(x), Enumerable.Range(0, 3).Sum(n => Example.ComponentDensity(n, x)), 1e-15);
        Assert.Equal(Math.Log(Example.Density(x)), Example.LogDensity(x), 1e-12);
    }

    [Fact]
    public void Components_and_their_sum_integrate_to_their_weights()
    {
        for (var n = 0; n < 3; n++)
            Assert.Equal(Example.Components[n].Weight, Integral.Compute(x => Example.ComponentDensity(n, x), -14, 14), 1e-10);
        Assert.Equal(1, Integral.Compute(Example.Density, -14, 14), 1e-10);
    }

    [Fact]
    public void The_log_density_is_finite_where_the_density_is_not_above_zero()
    {
        Assert.Equal(0, Example.Density(100));
        Assert.True(double.IsFinite(Example.LogDensity(100)));
        Assert.Equal(1, Example.Posterior(100).Sum(), 1e-12);
    }

    [Fact]
    public void A_histogram_of_ancestral_samples_follows_the_density()
    {
        const int Count = 20_000;
        var samples = Example.Sample(Count, new NamedRandom(1, "test/mixture"));
        for (var x = -5.0; x < 6; x++)
        {
            var expected = Integral.Compute(Example.Density, x, x + 1, 200);
            var share = samples.Count(sample => sample.Value >= x && sample.Value < x + 1) / (double)Count;
            Assert.Equal(expected, share, 4 * Math.Sqrt(expected / Count) + 1e-3);
        }
        Assert.Equal(0.7, samples.Count(sample => sample.Component == 0) / (double)Count, 0.015);
    }

    [Fact]
    public void Em_recovers_the_components_and_never_loses_likelihood()
    {
        var samples = Example.Sample(20_000, new NamedRandom(2, "test/mixture")).Select(sample => sample.Value).ToArray();
        var fit = MixtureOfNormals.Fit(samples, 3, new NamedRandom(3, "test/em"));
        foreach (var (found, sought) in fit.Mixture.Components.Zip(Example.Components))
        {
            Assert.Equal(sought.Weight, found.Weight, 0.03);
            Assert.Equal(sought.Distribution.Mean, found.Distribution.Mean, 0.08);
            Assert.Equal(sought.Distribution.Deviation, found.Distribution.Deviation, 0.08);
        }
        Assert.All(fit.LogLikelihood.Zip(fit.LogLikelihood.Skip(1)), pair => Assert.True(pair.Second >= pair.First - 1e-12));
        Assert.Equal(fit.Mixture.Components, MixtureOfNormals.Fit(samples, 3, new NamedRandom(3, "test/em")).Mixture.Components);
    }

    [Fact]
    public void Em_does_not_shrink_onto_repeated_numbers()
    {
        double[] values = [0, 0, 0, 0, 1, 2, 3, 4, 5];
        var fit = MixtureOfNormals.Fit(values, 2, new NamedRandom(1, "test/em"));
        Assert.All(fit.Mixture.Components, component => Assert.True(component.Distribution.Deviation > 1e-3));
        Assert.True(double.IsFinite(fit.LogLikelihood[^1]));
    }

    [Fact]
    public void Weights_that_are_no_probabilities_and_too_few_numbers_are_refused()
    {
        Assert.Contains("sum to 0.9", Assert.Throws<ArgumentException>(() => new MixtureOfNormals([new(0.9, new(0, 1))])).Message);
        Assert.Contains(
            "3 components", Assert.Throws<ArgumentException>(() => MixtureOfNormals.Fit([1, 1, 2], 3, new NamedRandom(1, "test"))).Message);
    }
}
