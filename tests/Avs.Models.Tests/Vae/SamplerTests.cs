using Avs.Core;
using Avs.Models.Vae.Sampling;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae;

public class SamplerTests
{
    [Fact]
    public void A_mixture_fitted_to_clusters_finds_them()
    {
        using var scope = NewDisposeScope();
        var fit = GaussianMixtureSampler.Fit(Clusters(), new NamedRandom(1, "test/mixture"), components: 3);
        var found = Enumerable.Range(0, 3).Select(c => (X: fit.Means[c, 0], Y: fit.Means[c, 1], Weight: fit.Weights[c]))
            .OrderBy(c => c.X).ToArray();
        foreach (var (cluster, expected) in found.Zip(((double, double)[])[(-4, 0), (0, 5), (4, 0)]))
        {
            Assert.Equal(expected.Item1, cluster.X, 0.15);
            Assert.Equal(expected.Item2, cluster.Y, 0.15);
            Assert.Equal(1 / 3.0, cluster.Weight, 0.01);
        }
        Assert.All(fit.LogLikelihood.Zip(fit.LogLikelihood.Skip(1)), pair => Assert.True(pair.Second >= pair.First - 1e-9));
    }

    [Fact]
    public void Codes_drawn_of_a_mixture_have_the_covariances_of_the_codes_it_was_fitted_to()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var codes = Clusters();
        var fit = GaussianMixtureSampler.Fit(codes, new NamedRandom(1, "test/mixture"), components: 3);
        var drawn = fit.Sample(30_000, generator);
        Assert.Equal(ScalarType.Float32, drawn.dtype);
        static Tensor Covariance(Tensor x) => (x - x.mean([0])).t().matmul(x - x.mean([0])) / x.shape[0];
        Assert.True(Given.Distance(drawn.mean([0]), codes.mean([0])) < 0.1);
        Assert.True(Given.Distance(Covariance(drawn), Covariance(codes)) < 0.3);
        // The middle cluster is a slanted ellipse: its covariance is not lost.
        var middle = drawn.index_select(0, (drawn[TensorIndex.Colon, 1] > 2.5).nonzero().flatten());
        Assert.Equal(0.8, Covariance(middle)[0, 1].item<float>(), 0.1);
    }

    [Fact]
    public void One_component_is_the_normal_distribution_of_the_codes()
    {
        using var scope = NewDisposeScope();
        var codes = Clusters();
        var fit = GaussianMixtureSampler.Fit(codes, new NamedRandom(1, "test/mixture"), components: 1);
        var mean = codes.to(ScalarType.Float64).mean([0]).data<double>().ToArray();
        var centered = codes.to(ScalarType.Float64) - tensor(mean);
        var covariance = (centered.t().matmul(centered) / codes.shape[0]).data<double>().ToArray();
        var normal = new Models.LatentVariables.MultivariateNormal(
            mean, new double[,] { { covariance[0], covariance[1] }, { covariance[2], covariance[3] } });
        Assert.Equal(normal.LogDensity([0.3, 1.2]), fit.LogDensity(Values.Doubles(0.3, 1.2).unsqueeze(0)).item<double>(), 1e-5);
    }

    [Fact]
    public void The_same_seed_fits_and_draws_the_same()
    {
        using var scope = NewDisposeScope();
        Tensor Draw()
        {
            using var generator = new Generator(3);
            return GaussianMixtureSampler.Fit(Clusters(), new NamedRandom(5, "test/mixture"), components: 4).Sample(10, generator);
        }

        Assert.Equal(0, Given.Distance(Draw(), Draw()));
    }

    [Fact]
    public void Repeated_codes_are_fitted_and_too_few_or_infinite_ones_refused()
    {
        using var scope = NewDisposeScope();
        var random = new NamedRandom(1, "test/mixture");
        Assert.True(double.IsFinite(GaussianMixtureSampler.Fit(ones(20, 2), random, components: 3).LogLikelihood[^1]));
        Assert.Contains("found 5", Assert.Throws<ArgumentException>(() => GaussianMixtureSampler.Fit(ones(5, 2), random)).Message);
        Assert.Contains(
            "not finite", Assert.Throws<ArgumentException>(() => GaussianMixtureSampler.Fit(full([20, 2], float.NaN), random)).Message);
    }

    [Fact]
    public void The_box_and_the_prior_are_what_they_are_called()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var box = new UniformBoxSampler(Values.Floats(-1f, 5, 3, 7).view(2, 2)).Sample(1000, generator);
        Assert.True(
            Given.Distance(box.amin([0]), Values.Floats(-1f, 5)) < 0.05 && Given.Distance(box.amax([0]), Values.Floats(3f, 7)) < 0.05);
        var prior = new StandardNormalSampler(3).Sample(20_000, generator);
        Assert.True(prior.mean([0]).abs().max().item<float>() < 0.03);
        Assert.True((prior.square().mean([0]) - 1).abs().max().item<float>() < 0.05);
    }

    // Three clusters of 1,000 codes; the middle one with covariance 0.8.
    private static Tensor Clusters()
    {
        using var generator = new Generator(1);
        var noise = randn([3, 1000, 2], generator: generator) * 0.5;
        var slanted = randn([1000, 2], generator: generator).matmul(Values.Floats(1f, 0.8f, 0, 0.6f).view(2, 2)) + Values.Floats(0f, 5);
        return cat([noise[0] + Values.Floats(-4f, 0), slanted, noise[2] + Values.Floats(4f, 0)]);
    }
}
