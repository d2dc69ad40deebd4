using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Losses;

public class GaussianDivergenceTests
{
    [Fact]
    public void Kl_of_equal_distributions_is_zero()
    {
        using var scope = NewDisposeScope();
        var code = Random(1);
        Assert.Equal(0, GaussianDivergence.Kl(code, code).item<float>(), 6);
    }

    [Fact]
    public void The_KL_is_the_one_computed_by_hand()
    {
        using var scope = NewDisposeScope();
        // q = N(1, 4), p = N(0, 1): ½[0 - log 4 + 4 + 1 - 1] a dimension
        var (q, p) = (Code(1, Math.Log(4)), Code(0, 0));
        Assert.Equal(3 * 0.5 * (4 - Math.Log(4)), GaussianDivergence.Kl(q, p).item<float>(), 5);
    }

    [Fact]
    public void Reference_scale_reads_s_as_log_sigma()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(
            GaussianDivergence.Kl(Code(1, Math.Log(4)), Code(0, 0)).item<float>(),
            GaussianDivergence.Kl(Code(1, Math.Log(2)), Code(0, 0), KlScale.Reference).item<float>(), 5);
    }

    [Theory]
    [InlineData(JsMode.Geometric)]
    [InlineData(JsMode.ArithmeticMonteCarlo)]
    public void Js_of_equal_distributions_is_zero(JsMode mode)
    {
        using var scope = NewDisposeScope();
        var code = Random(1);
        Assert.Equal(0, GaussianDivergence.Js(code, code, mode, new ZeroNoise()).item<float>(), 6);
    }

    [Fact]
    public void Geometric_js_grows_as_the_means_part()
    {
        using var scope = NewDisposeScope();
        // Equal variances σ² = 1, means ±1: f = N(0, 1), each KL ½ a dimension.
        Assert.Equal(3 * 0.5, GaussianDivergence.Js(Code(1, 0), Code(-1, 0), JsMode.Geometric, new ZeroNoise()).item<float>(), 5);
    }

    [Fact]
    public void The_geometric_JS_of_two_variances_is_the_one_computed_by_hand()
    {
        using var scope = NewDisposeScope();
        // σ² = 1 and 4: 1/σ_f² = ½(1 + ¼) = 0.625; KLs ½[log(1.6/1) + 0.625 - 1] and ½[log(1.6/4) + 2.5 - 1].
        var expected = 3 * 0.5 * (0.5 * (Math.Log(1.6) - 0.375) + 0.5 * (Math.Log(0.4) + 1.5));
        Assert.Equal(expected, GaussianDivergence.Js(Code(0, 0), Code(0, Math.Log(4)), JsMode.Geometric, new ZeroNoise()).item<float>(), 5);
    }

    [Fact]
    public void Standard_normal_as_a_third_member_pulls_equal_codes_towards_it()
    {
        using var scope = NewDisposeScope();
        var noise = new ZeroNoise();
        Assert.Equal(0, GaussianDivergence.Js(Code(0, 0), Code(0, 0), JsMode.GeometricWithStandardNormal, noise).item<float>(), 6);
        Assert.True(GaussianDivergence.Js(Code(2, 0), Code(2, 0), JsMode.GeometricWithStandardNormal, noise).item<float>() > 1);
    }

    [Fact]
    public void Sampled_js_stays_under_log_two()
    {
        using var scope = NewDisposeScope();
        var far = GaussianDivergence.Js(Code(50, 0), Code(-50, 0), JsMode.ArithmeticMonteCarlo, new ZeroNoise()).item<float>();
        Assert.Equal(Math.Log(2), far, 5);
    }

    [Fact]
    public void Reference_js_does_not_see_the_means()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var near = GaussianDivergence.Js(Code(0, 0), Code(0, 0), JsMode.ReferenceSampled, new GeneratorNoise(generator)).item<float>();
        generator.manual_seed(3);
        var far = GaussianDivergence.Js(Code(100, 0), Code(-100, 0), JsMode.ReferenceSampled, new GeneratorNoise(generator)).item<float>();
        Assert.Equal(near, far, 3);
    }

    private static LatentCode Code(double mean, double s) => new(full([2, 3], mean), full([2, 3], s), full([2, 3], mean));

    private static LatentCode Random(int seed)
    {
        var mean = Given.Uniform(seed, -1, 1, 4, 3);
        return new LatentCode(mean, Given.Uniform(seed + 1, -1, 1, 4, 3), mean);
    }
}
