using Avs.Core;
using Avs.Models.LatentVariables;

namespace Avs.Models.Tests.LatentVariables;

public class LinearGaussianTests
{
    private static readonly LinearGaussianModel Model = new([1.2, -0.5, 0.3], [0.1, 0.4, -0.2], 0.6);
    private static readonly double[] X = [0.9, -0.3, 0.5];

    [Fact]
    public void The_bound_touches_the_evidence_at_the_posterior_and_nowhere_else()
    {
        var posterior = Model.Posterior(X);
        Assert.Equal(Model.LogEvidence(X), Model.Elbo(X, posterior), 1e-12);
        foreach (var q in (Normal[])[
            new(posterior.Mean + 0.1, posterior.Deviation), new(posterior.Mean, posterior.Deviation * 1.3), new(0, 1)])
        {
            Assert.True(Model.Elbo(X, q) < Model.LogEvidence(X) - 1e-4);
            Assert.Equal(Model.LogEvidence(X) - q.KlTo(posterior), Model.Elbo(X, q), 1e-12);
        }
    }

    [Fact]
    public void The_evidence_is_the_integral_over_the_code()
    {
        double Joint(double z) => StandardNormal.Density(z) * Enumerable.Range(0, 3)
            .Aggregate(1.0, (product, i) => product * new Normal(Model.Direction[i] * z + Model.Offset[i], Model.Deviation).Density(X[i]));
        Assert.Equal(Model.LogEvidence(X), Math.Log(Integral.Compute(Joint, -10, 10)), 1e-10);
    }

    [Fact]
    public void Bounds_over_the_model_lie_below_the_evidence_and_touch_it_where_they_were_taken()
    {
        var slopes = Integral.Grid(-2, 2, 41);
        var curves = ElboCurves.OverModel(1.5, 0, 0.5, [0.5, 1.5], slopes);
        foreach (var (bound, at) in curves.Bounds.Zip((double[])[0.5, 1.5]))
        {
            Assert.All(bound.Values.Zip(curves.LogEvidence), pair => Assert.True(pair.First <= pair.Second + 1e-12));
            var index = Array.FindIndex(slopes, slope => Math.Abs(slope - at) < 1e-9);
            Assert.Equal(curves.LogEvidence[index], bound.Values[index], 1e-12);
            Assert.True(bound.Values[index + 4] < curves.LogEvidence[index + 4] - 1e-3);
        }
    }

    [Fact]
    public void Bounds_over_q_reach_the_level_of_the_evidence_at_the_posterior_only()
    {
        var model = new LinearGaussianModel([1.0], [0.0], 0.5);
        var posterior = model.Posterior([1.5]);
        var curves = ElboCurves.OverPosterior(1.5, model, [posterior.Mean - 0.5, posterior.Mean, posterior.Mean + 0.5], [0.5, 1, 2]);
        Assert.Equal(curves.LogEvidence[1], curves.Bounds[1].Values[1], 1e-12);
        Assert.Equal(8, curves.Bounds.SelectMany(bound => bound.Values).Count(value => value < curves.LogEvidence[0] - 1e-3));
    }

    [Fact]
    public void Samples_of_the_model_have_the_moments_of_the_marginal()
    {
        var random = new NamedRandom(1, "test/linear");
        SameMoments(Model.Marginal(), () => Model.Sample(random).Observed);
    }

    [Fact]
    public void Ancestral_samples_of_a_chain_have_the_moments_of_the_closed_form()
    {
        var random = new NamedRandom(2, "test/chain");
        var joint = LinearGaussianChain.Example.Joint();
        Assert.Equal([1, 1, 1.3], joint.Mean.Select(mean => Math.Round(mean, 12)));
        Assert.Equal(1.5 * 1.5 * 0.64 + 0.36, joint.Covariance[1, 1], 1e-12);
        SameMoments(joint, () => LinearGaussianChain.Example.Sample(random));
    }

    [Fact]
    public void The_factors_of_a_chain_multiply_to_its_joint_density()
    {
        double[] values = [0.4, 0.9, 1.6];
        Assert.Equal(LinearGaussianChain.Example.Joint().LogDensity(values), LinearGaussianChain.Example.LogDensity(values), 1e-12);
    }

    internal static void SameMoments(MultivariateNormal expected, Func<double[]> sample)
    {
        const int Count = 40_000;
        var samples = Enumerable.Range(0, Count).Select(_ => sample()).ToArray();
        var k = expected.Mean.Count;
        for (var i = 0; i < k; i++)
        {
            Assert.Equal(expected.Mean[i], samples.Average(s => s[i]), 4 * Math.Sqrt(expected.Covariance[i, i] / Count));
            for (var j = 0; j <= i; j++)
            {
                var spread = Math.Sqrt(
                    (expected.Covariance[i, i] * expected.Covariance[j, j] + Math.Pow(expected.Covariance[i, j], 2)) / Count);
                Assert.Equal(
                    expected.Covariance[i, j], samples.Average(s => (s[i] - expected.Mean[i]) * (s[j] - expected.Mean[j])), 4 * spread);
            }
        }
    }
}
