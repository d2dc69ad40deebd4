using Avs.Models.LatentVariables;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae;

/// <summary>Golden numbers that were computed elsewhere, in float32: seven digits of each are right.</summary>
public class FixtureTests
{
    private const double Digits = 2e-7;

    private static DiagonalGaussian Posterior => new(Fill.Tensor("vae.mu", 4, 2) * 2, Fill.Tensor("vae.lv", 4, 2));

    private static Tensor Images => (Fill.Tensor("vae.x", 4, 1, 32, 32) + 1) / 2;

    // The probabilities that a decoder would have to give.
    private static Tensor Reconstructions => (Fill.Tensor("vae.xr", 4, 1, 32, 32) + 1) / 2 * 0.98 + 0.01;

    [Fact]
    public void The_numbers_are_those_of_the_checks()
    {
        Same([-0.6299755368, 0.7598531279, -0.5119315349, 0.9831344280], tensor(Fill.Numbers("x", 4)), 5e-11);
        Same([0.70107227, 0.76099287, 0.97507467, -0.91026610, 0.73810278], tensor(Fill.Numbers("input.image", 5)), 5e-9);
    }

    [Fact]
    public void Both_forms_of_the_KL_have_the_golden_values()
    {
        using var scope = NewDisposeScope();
        double[] expected = [3.3282187, 1.3673016, 2.8053794, 1.7144682];
        var kl = KullbackLeibler.ToStandardNormal(Posterior);
        Same(expected, kl.sum(-1));
        Same(2.3038421, kl.sum(-1).mean().item<double>());
        Same(expected, KullbackLeibler.ToStandardNormalFromLogSigma(Posterior.Mean, Posterior.LogVariance / 2).sum(-1));
    }

    [Fact]
    public void The_Bernoulli_likelihood_has_the_golden_value()
    {
        using var scope = NewDisposeScope();
        var sum = Bernoulli().NegativeLog(Logit(Reconstructions), Images).mean().item<double>();
        Same(978.8966675, sum);
        Same(0.9559538, sum / 1024);
    }

    [Fact]
    public void The_squared_error_has_the_golden_value()
    {
        using var scope = NewDisposeScope();
        using var likelihood = new Likelihood(
            new LikelihoodConfig { Kind = LikelihoodKind.MeanSquaredError, Output = OutputRange.Unbounded });
        var sum = likelihood.NegativeLog(Reconstructions, Images).mean().item<double>();
        Same(166.8900909, sum);
        Same(0.1629786, sum / 1024);
    }

    [Theory]
    [InlineData(LikelihoodKind.Gaussian)]
    [InlineData(LikelihoodKind.GaussianLearnedSigma)]
    public void Gaussian_likelihood_of_sigma_one_half(LikelihoodKind kind)
    {
        using var scope = NewDisposeScope();
        using var likelihood = new Likelihood(new LikelihoodConfig { Kind = kind, Sigma = 0.5, Output = OutputRange.Unbounded });
        Same(564.9904785, likelihood.NegativeLog(Reconstructions, Images).mean().item<double>());
        Assert.Equal(0.5, likelihood.Sigma()!.Value, 1e-6);
    }

    [Fact]
    public void The_published_objective_has_the_golden_values()
    {
        using var scope = NewDisposeScope();
        using var network = new VaeConfig().Create();
        var objective = new VaeObjective { Reduction = ReconstructionReduction.PerPixelMean, ReconstructionWeight = 500 };
        using var generator = new Generator(1);
        var output = new AutoencoderOutput(Posterior.Mean.unsqueeze(0), Logit(Reconstructions).unsqueeze(0), Posterior);
        Same(480.2807305, objective.Compute(network, Images, output, generator).Total.item<double>());
    }

    [Fact]
    public void Codes_and_their_cumulative_probabilities_have_the_golden_values()
    {
        using var scope = NewDisposeScope();
        double[] expected = [-2.0056114, 2.5140581, 0.8093631, 1.6644260, -1.1730909, -1.1144135, -2.0458384, -0.7846719];
        var z = Posterior.At(Fill.Tensor("vae.eps", 4, 2));
        Same(expected, z.flatten());
        double[] probabilities = [0.0224489, 0.9940325, 0.7908468, 0.9519863, 0.1203797, 0.1325509, 0.0203861, 0.2163230];
        Same(probabilities, tensor(z.data<double>().ToArray().Select(StandardNormal.Cumulative).ToArray()));
    }

    [Fact]
    public void A_code_from_given_noise_has_the_golden_values()
    {
        using var scope = NewDisposeScope();
        var z = new DiagonalGaussian(Fill.Tensor("rp.mu", 2, 3), Fill.Tensor("rp.lv", 2, 3)).At(Fill.Tensor("rp.eps", 2, 3));
        Same([-0.4087686, 0.8354074, 0.7961332, 0.3147183, 1.1940883, -0.8090585], z.flatten());
    }

    private static Likelihood Bernoulli() => new(new LikelihoodConfig());

    private static Tensor Logit(Tensor p) => (p / (1 - p)).log();

    private static void Same(double[] expected, Tensor found, double tolerance = Digits) =>
        Assert.All(expected.Zip(found.data<double>().ToArray()), pair => Same(pair.First, pair.Second, tolerance));

    private static void Same(double expected, double found, double tolerance = Digits) =>
        Assert.Equal(expected, found, tolerance * Math.Max(1, Math.Abs(expected)));
}
