using Avs.Eval.Autoencoding;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Autoencoding;

public sealed class FrechetDistanceTests
{
    [Fact]
    public void Of_normals_with_diagonal_covariances_it_is_that_of_means_and_deviations()
    {
        using var scope = NewDisposeScope();
        // ‖(1,−2)‖² + (3 − 1)² + (0.5 − 2)² = 5 + 4 + 2.25
        var distance = FrechetDistance.Between(
            tensor(new[] { 1.0, -2 }), tensor(new[] { 9.0, 0.25 }).diag(), zeros(2, ScalarType.Float64), tensor(new[] { 1.0, 4 }).diag());
        Assert.Equal(11.25, distance, 1e-10);
    }

    [Fact]
    public void Of_covariances_that_do_not_commute_it_is_the_closed_form_in_two_dimensions()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new[,] { { 2.0, 0.6 }, { 0.6, 1.0 } });
        var b = tensor(new[,] { { 1.0, -0.4 }, { -0.4, 3.0 } });
        // tr (AB)^½ = √(tr AB + 2 √det AB);  tr AB = 2 − 0.24 − 0.24 + 3 = 4.52,  det AB = 1.64·2.84
        var expected = 3.0 + 4.0 - 2 * Math.Sqrt(4.52 + 2 * Math.Sqrt(1.64 * 2.84));
        Assert.Equal(expected, FrechetDistance.Between(zeros(2), a, zeros(2), b), 1e-10);
        Assert.Equal(expected, FrechetDistance.Between(zeros(2), b, zeros(2), a), 1e-10);
    }

    // numpy 1.24: U = sin(0.9i + 1.1k)(1 + k), V = cos(1.3i + 0.4k) + k/2, i < 60, k < 3; covariances by np.cov, the root by the
    // eigenvalues of S₁S₂.
    [Fact]
    public void Of_samples_it_is_numpys()
    {
        using var scope = NewDisposeScope();
        var (i, k) = (arange(60, ScalarType.Float64).unsqueeze(1), arange(3, ScalarType.Float64));
        var (u, v) = ((i * 0.9 + k * 1.1).sin() * (k + 1), (i * 1.3 + k * 0.4).cos() + k * 0.5);
        Assert.Equal(4.684395122615758, FrechetDistance.BetweenSamples(u, v), 1e-8);
        Assert.Equal(0, FrechetDistance.BetweenSamples(u, u), 1e-8);
    }

    // numpy 1.24: μ = sin(1.7i + 2.3k), log σ² = 0.3 cos(i + k) − 0.5, i < 60, k < 3.
    [Fact]
    public void The_aggregated_posterior_has_the_moments_of_the_mixture_of_all_posteriors()
    {
        using var scope = NewDisposeScope();
        var (i, k) = (arange(60, ScalarType.Float64).unsqueeze(1), arange(3, ScalarType.Float64));
        var moments = AggregatedPosterior.Compute((i * 1.7 + k * 2.3).sin(), (i + k).cos() * 0.3 - 0.5);
        Assert.All(moments.Means.Zip([-0.0017132482560994122, 0.01215523616814403, -0.014484236527555868]),
            pair => Assert.Equal(pair.Second, pair.First, 1e-10));
        Assert.All(moments.Variances.Zip([1.1226615248552916, 1.1276031218463944, 1.129779846873947]),
            pair => Assert.Equal(pair.Second, pair.First, 1e-10));
        Assert.Equal(0.1202910299254718, moments.DistanceFromPrior, 1e-8);
    }
}
