using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae;

public class GaussianTests
{
    private static DiagonalGaussian Q => new(Given.Uniform(1, -2, 2, 5, 3), Given.Uniform(2, -1.5, 1, 5, 3));

    private static DiagonalGaussian P => new(Given.Uniform(3, -1, 1, 5, 3), Given.Uniform(4, -1, 1, 5, 3));

    [Fact]
    public void All_forms_of_the_divergence_agree()
    {
        using var scope = NewDisposeScope();
        var closed = KullbackLeibler.ToStandardNormal(Q);
        Assert.True(Given.Distance(closed, KullbackLeibler.ToStandardNormalFromLogSigma(Q.Mean, Q.LogVariance / 2)) < 1e-6);
        Assert.True(Given.Distance(closed, KullbackLeibler.Between(Q, new DiagonalGaussian(zeros(5, 3), zeros(5, 3)))) < 1e-6);
    }

    [Fact]
    public void The_general_form_is_the_formula_of_deviations()
    {
        using var scope = NewDisposeScope();
        var (sq, sp) = ((Q.LogVariance / 2).exp(), (P.LogVariance / 2).exp());
        var formula = (sp / sq).log() + (sq.square() + (Q.Mean - P.Mean).square()) / (sp.square() * 2) - 0.5;
        Assert.True(Given.Distance(formula, KullbackLeibler.Between(Q, P)) < 1e-5);
    }

    [Fact]
    public void Draws_estimate_the_divergence()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var closed = KullbackLeibler.Between(Q, P).sum(-1);
        Assert.True(Given.RelativeDistance(KullbackLeibler.MonteCarlo(Q, P, generator, 20_000), closed) < 0.03);
    }

    [Fact]
    public void The_divergence_is_zero_at_the_prior_and_nowhere_below()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0, KullbackLeibler.ToStandardNormal(zeros(3, 2), zeros(3, 2)).abs().max().item<float>());
        Assert.True(KullbackLeibler.ToStandardNormal(Q).min().item<float>() > 0);
    }

    [Fact]
    public void Log_densities_are_those_of_the_normal_distribution()
    {
        using var scope = NewDisposeScope();
        var q = new DiagonalGaussian(Values.Doubles(1.0, -2).unsqueeze(0), (Values.Doubles(2.0, 0.5).log() * 2).unsqueeze(0));
        var expected = new Models.LatentVariables.Normal(1, 2).LogDensity(2.5)
            + new Models.LatentVariables.Normal(-2, 0.5).LogDensity(-1.7);
        Assert.Equal(expected, q.LogDensity(Values.Doubles(2.5, -1.7).unsqueeze(0)).item<double>(), 1e-12);
        Assert.Equal(
            new Models.LatentVariables.Normal(0, 1).LogDensity(2.5) + new Models.LatentVariables.Normal(0, 1).LogDensity(-1.7),
            DiagonalGaussian.StandardLogDensity(Values.Doubles(2.5, -1.7).unsqueeze(0)).item<double>(), 1e-12);
    }

    [Fact]
    public void Samples_have_the_mean_and_the_deviation()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var q = Q;
        var z = q.Sample(generator, 20_000); // [L,5,3]
        Assert.Equal([20_000, 5, 3], z.shape);
        Assert.True(Given.Distance(z.mean([0]), q.Mean) < 0.05);
        Assert.True(Given.Distance((z - q.Mean).square().mean([0]).sqrt(), (q.LogVariance / 2).exp()) < 0.05);
    }

    // d/dμ E[z²] = 2μ, d/dσ E[z²] = 2σ.
    [Fact]
    public void Gradients_pass_through_samples_to_mean_and_deviation()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var (mean, sigma) = (Values.Floats(0.7f, -1.2f).requires_grad_(), Values.Floats(0.5f, 1.5f).requires_grad_());
        var z = new DiagonalGaussian(mean.unsqueeze(0), (sigma.log() * 2).unsqueeze(0)).Sample(generator, 100_000);
        z.square().sum(-1).mean().backward();
        Assert.True(Given.Distance(mean.grad!, mean.detach() * 2) < 0.05);
        Assert.True(Given.Distance(sigma.grad!, sigma.detach() * 2) < 0.05);
    }

    [Fact]
    public void Noise_is_the_generators_and_no_one_elses()
    {
        using var scope = NewDisposeScope();
        using var first = new Generator(4);
        using var second = new Generator(4);
        var a = Q.Sample(first, 2);
        rand(5);
        Assert.Equal(0, Given.Distance(a, Q.Sample(second, 2)));
        Assert.True(Given.Distance(a, Q.Sample(second, 2)) > 0);
    }
}
