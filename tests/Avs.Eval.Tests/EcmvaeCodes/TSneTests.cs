using Avs.Eval.Autoencoding;
using Avs.Eval.EcmvaeCodes;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.EcmvaeCodes;

public sealed class TSneTests
{
    // Three groups of 25 points in 10 dimensions, far from each other.
    private static Tensor Groups()
    {
        using var generator = new Generator(3);
        var centres = eye(3, 10) * 20;
        return centres.repeat_interleave(25, 0) + randn([75, 10], generator: generator);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    public void Every_row_has_the_perplexity_that_was_asked_for(double perplexity)
    {
        using var scope = NewDisposeScope();
        var p = TSne.Conditional(Groups(), perplexity);
        var entropies = ImageBatches.Numbers(-(p * p.clamp(min: 1e-300).log()).sum([1]));
        Assert.All(entropies, entropy => Assert.Equal(perplexity, Math.Exp(entropy), 1e-6));
        Assert.All(ImageBatches.Numbers(p.sum([1])), sum => Assert.Equal(1, sum, 1e-12));
        Assert.Equal(0, p.diagonal().abs().sum().item<double>());
    }

    [Fact]
    public void Affinities_are_symmetric_and_sum_to_one()
    {
        using var scope = NewDisposeScope();
        var p = TSne.Affinities(Groups(), 10);
        Assert.Equal(1, p.sum().item<double>(), 1e-12);
        Assert.Equal(0, (p - p.t()).abs().max().item<double>());
    }

    [Fact]
    public void Neighbours_stay_together_and_the_divergence_falls()
    {
        using var scope = NewDisposeScope();
        var points = Groups();
        var options = new TSneOptions { Perplexity = 10, EarlySteps = 100, Steps = 300 };
        var layout = TSne.Embed(points, options);

        var nearest = (cdist(layout, layout) + eye(75) * 1e9).argmin(1).data<long>().ToArray();
        Assert.All(nearest.Index(), pair => Assert.Equal(pair.Index / 25, (int)pair.Item / 25));
        var p = TSne.Affinities(points, 10);
        var start = PrincipalAxes.Fit(points).Project(points) * 1e-4;
        Assert.InRange(TSne.Divergence(p, layout), 0, 0.5 * TSne.Divergence(p, start));
    }

    [Fact]
    public void The_same_points_give_the_same_layout_and_equal_points_one_place()
    {
        using var scope = NewDisposeScope();
        var points = Groups();
        var twice = cat([points, points[TensorIndex.Slice(0, 30)]]);
        var options = new TSneOptions { Perplexity = 8, EarlySteps = 20, Steps = 60 };
        var layout = TSne.Embed(twice, options);
        Assert.True(layout.Equals(TSne.Embed(twice, options)));
        Assert.True(layout[TensorIndex.Slice(75)].Equals(layout[TensorIndex.Slice(0, 30)]));
        Assert.True(layout.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void A_collapsed_code_and_few_points_are_finite(int rows)
    {
        using var scope = NewDisposeScope();
        Assert.True(TSne.Embed(ones(rows, 4)).isfinite().all().item<bool>());
        Assert.True(TSne.Embed(arange(rows * 4, ScalarType.Float32).view(rows, 4)).isfinite().all().item<bool>());
    }
}
