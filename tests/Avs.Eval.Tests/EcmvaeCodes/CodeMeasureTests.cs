using Avs.Core;
using Avs.Eval.EcmvaeCodes;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.EcmvaeCodes;

public sealed class CodeMeasureTests
{
    private static readonly int[] EachItsOwn = [.. Enumerable.Range(0, 20_000)];

    private static (Tensor X, Tensor Y) Correlated(double correlation, int dimensions = 1, int rows = 20_000)
    {
        using var generator = new Generator(5);
        var x = randn([rows, dimensions], ScalarType.Float64, generator: generator);
        var noise = randn([rows, dimensions], ScalarType.Float64, generator: generator);
        return (x, x * correlation + noise * Math.Sqrt(1 - correlation * correlation));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.8)]
    public void The_information_of_a_bivariate_gaussian_is_what_its_correlation_says(double correlation)
    {
        using var scope = NewDisposeScope();
        var (x, y) = Correlated(correlation);
        var found = GaussianInformation.Compute(x, y, EachItsOwn, 1);
        Assert.Equal(-0.5 * Math.Log(1 - correlation * correlation), found.Nats, 0.015);
        Assert.InRange(found.ByChance, 0, 0.001);
    }

    [Fact]
    public void Dimensions_add_up_and_a_linear_map_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var (x, y) = Correlated(0.6, 3);
        var found = GaussianInformation.Compute(x, y, EachItsOwn, 1).Nats;
        Assert.Equal(3 * -0.5 * Math.Log(1 - 0.36), found, 0.03);
        var map = tensor(new double[] { 2, 1, 0, 0, 1, -3, 1, 0, 1 }).view(3, 3);
        Assert.Equal(found, GaussianInformation.Compute(x.matmul(map) + 7, y, EachItsOwn, 1).Nats, 1e-9);
        Assert.Equal(found, GaussianInformation.Compute(x, cat([y, y], 1), EachItsOwn, 1).Nats, 1e-9); // a repeat says nothing new
    }

    [Fact]
    public void Of_few_rows_chance_explains_what_unrelated_codes_seem_to_share()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(6);
        var (x, y) = (randn([200, 8], generator: generator), randn([200, 8], generator: generator));
        var found = GaussianInformation.Compute(x, y, [.. Enumerable.Range(0, 200)], 1);
        Assert.InRange(found.Nats, 0.1, 0.3); // 8·8/(2·200) = 0.16
        Assert.InRange(Math.Abs(found.Excess), 0, 0.06);
    }

    [Fact]
    public void Alike_frames_of_a_clip_are_shuffled_together()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        // 40 clips of 5 equal frames: by frames 200 rows would seem to share less by chance than the 40 there are.
        Tensor Clips() => randn([40, 4], generator: generator).repeat_interleave(5, 0);
        var (x, y) = (Clips(), Clips());
        var byClip = GaussianInformation.Compute(x, y, [.. Enumerable.Range(0, 200).Select(row => row / 5)], 1).ByChance;
        var byFrame = GaussianInformation.Compute(x, y, [.. Enumerable.Range(0, 200)], 1).ByChance;
        Assert.InRange(byClip, 3 * byFrame, 10 * byFrame);
    }

    [Fact]
    public void Codes_that_are_equal_share_everything()
    {
        using var scope = NewDisposeScope();
        var (x, _) = Correlated(0, 2, 100);
        Assert.InRange(GaussianInformation.Compute(x, x, [.. Enumerable.Range(0, 100)], 1).Nats, 10, double.PositiveInfinity);
    }

    [Fact]
    public void A_code_that_is_the_same_in_every_frame_shares_nothing()
    {
        using var scope = NewDisposeScope();
        var (x, _) = Correlated(0, 2, 100);
        var constant = full([100, 2], 0.1, ScalarType.Float64) * tensor(new[] { 1.0, 3.7 });
        Assert.Equal(0, GaussianInformation.Compute(x, constant, [.. Enumerable.Range(0, 100)], 1).Nats);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0.6366)]
    [InlineData(3, 0.5)]
    [InlineData(16, 0.2026)] // Γ(8) / (√π Γ(8.5)), by scipy
    public void Directions_drawn_at_random_have_that_cosine(int size, double expected) =>
        Assert.Equal(expected, FactorMeasures.CosineByChance(size), 1e-4);

    [Fact]
    public void Cosines_are_of_centred_codes()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 0, -1, 0, 0, 1, 0, -1 }).view(4, 2);
        var turned = tensor(new float[] { 0, 1, 0, -1, -1, 0, 1, 0 }).view(4, 2);
        Assert.Equal(1, FactorMeasures.Cosine(x, -x + 5), 1e-6);
        Assert.Equal(0, FactorMeasures.Cosine(x, turned), 1e-6);
    }

    [Fact]
    public void KL_and_active_units_are_those_computed_by_hand()
    {
        using var scope = NewDisposeScope();
        // Dimension 0: q = N(1, 1) or N(-1, 1), p = N(0, 1): KL ½. Dimension 1: both N(0.05 or -0.05, 1): KL 0, variance 0.0025.
        var posterior = tensor(new[] { 1f, 0.05f, -1, -0.05f, 1, 0.05f, -1, -0.05f }).view(4, 2);
        var prior = tensor(new[] { 0f, 0.05f, 0, -0.05f, 0, 0.05f, 0, -0.05f }).view(4, 2);
        DiagonalGaussian Unit(Tensor mean) => new(mean, zeros_like(mean));
        CodedFrame[] frames = [.. Enumerable.Range(0, 4).Select(i => new CodedFrame($"{i}", 0, null, null, null, true))];
        var codes = new CollectedCodes(
            "fake", frames, [0, 1, 2, 3], [new FactorCodes("s_v", Unit(prior), Unit(posterior), Unit(prior))], null, null);
        var found = Assert.Single(FactorMeasures.Compute(codes, 1).Codes);
        Assert.Equal((0, 1), (found.ActivePrior, found.ActivePosterior));
        Assert.Equal(0.5, found.KlByDimension[0], 1e-6);
        Assert.Equal(0, found.KlByDimension[1], 1e-6);
        Assert.Equal(0.5, found.Kl, 1e-6);
        Assert.Throws<UsageException>(() => FactorMeasures.Compute(codes with { Labelled = [0] }, 1));
    }

    [Fact]
    public void Principal_axes_are_those_of_the_covariance()
    {
        using var scope = NewDisposeScope();
        // Along (1, 1) at ±3, across at ±1: variances 9/2·... the shares are 9 and 1 of 10.
        var points = tensor(new double[] { 3, 3, -3, -3, 1, -1, -1, 1 }).view(4, 2) + 4;
        var axes = PrincipalAxes.Fit(points);
        Assert.Equal(0.9, axes.Shares[0], 1e-9);
        Assert.Equal(0.1, axes.Shares[1], 1e-9);
        double[] along = [.. axes.Project(points).select(1, 0).data<double>().ToArray().Select(Math.Abs)];
        Assert.Equal(3 * Math.Sqrt(2), along[0], 1e-9);
        Assert.Equal(0, along[2], 1e-9);
    }
}
