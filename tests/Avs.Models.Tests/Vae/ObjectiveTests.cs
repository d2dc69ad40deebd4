using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae;

public class ObjectiveTests
{
    private static Tensor Images => Given.Uniform(1, 0, 1, 4, 1, 4, 4);

    [Fact]
    public void A_mean_over_pixels_is_a_sum_with_another_kl_weight()
    {
        var perPixel = new VaeObjective { Reduction = ReconstructionReduction.PerPixelMean, ReconstructionWeight = 5 };
        var perImage = new VaeObjective { KlWeight = perPixel.EquivalentKlWeight(16) };
        Assert.Equal(16 / 5.0, perImage.KlWeight, 1e-12);
        // The same up to the factor P/w: and so the same minimum.
        Assert.Equal(Total(new VaeConfig(), perPixel) * 16 / 5, Total(new VaeConfig(), perImage), 1e-4);
    }

    [Theory]
    [InlineData(500, 1024, 2.048)]
    [InlineData(2000, 3072, 1.536)]
    public void The_weights_of_the_notebooks_as_kl_weights(double weight, int numbers, double expected)
    {
        var objective = new VaeObjective { Reduction = ReconstructionReduction.PerPixelMean, ReconstructionWeight = weight };
        Assert.Equal(expected, objective.EquivalentKlWeight(numbers), 1e-12);
        Assert.Equal(expected / 2, objective.EquivalentVariance(numbers), 1e-12);
    }

    // R/(2σ²) + KL with σ² = P/(2w) is w·R/P + KL, apart from the normaliser.
    [Fact]
    public void A_weighted_squared_error_is_a_gaussian_of_the_equivalent_variance()
    {
        var weighted = new VaeObjective { Reduction = ReconstructionReduction.PerPixelMean, ReconstructionWeight = 40 };
        var variance = weighted.EquivalentVariance(16);
        var squares = Total(new VaeConfig { Likelihood = new LikelihoodConfig { Kind = LikelihoodKind.MeanSquaredError } }, weighted);
        var likelihood = new LikelihoodConfig { Kind = LikelihoodKind.Gaussian, Sigma = Math.Sqrt(variance) };
        var gaussian = Total(new VaeConfig { Likelihood = likelihood }, new VaeObjective());
        Assert.Equal(squares, gaussian - 8 * Math.Log(2 * Math.PI * variance), 1e-3);
    }

    [Fact]
    public void The_two_heads_have_the_same_divergence()
    {
        using var scope = NewDisposeScope();
        using var variance = Given.Filled(new GaussianHead(6, 3));
        using var sigma = Given.Filled(new GaussianHead(6, 3, GaussianScale.LogSigma));
        using (no_grad())
            foreach (var name in (string[])["spread.weight", "spread.bias"])
                sigma.get_parameter(name)!.copy_(variance.get_parameter(name)! * 0.5);
        var x = Given.Uniform(1, -1, 1, 4, 6);
        Tensor Kl(GaussianHead head) => KullbackLeibler.ToStandardNormal(head.call(x).Posterior!);
        Assert.True(Given.Distance(Kl(variance), Kl(sigma)) < 1e-6);
    }

    [Fact]
    public void Either_term_alone_and_the_warm_up_of_the_kl()
    {
        var (both, reconstruction, kl) = (
            Total(new VaeConfig(), new VaeObjective()), Total(new VaeConfig(), new VaeObjective { KlWeight = 0 }),
            Total(new VaeConfig(), new VaeObjective { ReconstructionWeight = 0 }));
        Assert.Equal(both, reconstruction + kl, 1e-4);
        var warming = new VaeObjective { KlAnnealing = 0.5 };
        Assert.Equal(reconstruction, Total(new VaeConfig(), warming, 0), 1e-4);
        Assert.Equal(reconstruction + 0.4 * kl, Total(new VaeConfig(), warming, 0.2), 1e-4);
        Assert.Equal(both, Total(new VaeConfig(), warming, 0.7), 1e-4);
    }

    // KLs by dimension, averaged over the two rows: 0.5·1² = 0.5 and 0.5·(0.1² + 0.3²)/2 = 0.025.
    [Fact]
    public void Free_bits_spare_a_dimension_that_says_little()
    {
        using var scope = NewDisposeScope();
        using var network = Small(new VaeConfig());
        using var generator = new Generator(1);
        var mean = Values.Floats(1, 0.1f, -1, 0.3f).view(2, 2).requires_grad_();
        var output = new AutoencoderOutput(mean.unsqueeze(0), zeros([1, 2, 1, 4, 4]), new DiagonalGaussian(mean, zeros(2, 2)));
        var terms = new VaeObjective { ReconstructionWeight = 0, FreeBits = 0.2 }.Compute(
            network, Images[TensorIndex.Slice(0, 2)], output, generator);
        Assert.Equal(0.7, terms.Total.item<float>(), 1e-6);
        Assert.Equal(0.525, terms.Terms.Single(term => term.Name == "kl").Value.item<float>(), 1e-6);
        terms.Total.backward();
        Assert.Equal([0.5f, 0, -0.5f, 0], mean.grad!.flatten().data<float>().ToArray());
    }

    // log w = −R + log p(z) − log q(z); two samples of one image, by hand.
    [Fact]
    public void The_importance_weighted_bound_is_the_log_of_the_mean_weight()
    {
        using var scope = NewDisposeScope();
        using var network = Small(new IwaeConfig { Image = new ImageShape { Height = 1, Width = 1 }, LatentSize = 1 });
        using var generator = new Generator(1);
        var posterior = new DiagonalGaussian(full([1, 1], 0.5f), full([1, 1], MathF.Log(0.25f)));
        var output = new AutoencoderOutput(
            Values.Floats(0.2f, 1.1f).view(2, 1, 1), Values.Floats(0.3f, -0.7f).view(2, 1, 1, 1, 1), posterior);
        static double Weight(double z, double y) => 1 / (1 + Math.Exp(-y)) // x = 1
            * new Models.LatentVariables.Normal(0, 1).Density(z) / new Models.LatentVariables.Normal(0.5, 0.5).Density(z);
        var expected = -Math.Log((Weight(0.2, 0.3) + Weight(1.1, -0.7)) / 2);
        Assert.Equal(expected, new IwaeObjective().Compute(network, ones(1, 1, 1, 1), output, generator).Total.item<float>(), 1e-5);
    }

    [Fact]
    public void Several_codes_an_image_are_averaged()
    {
        using var scope = NewDisposeScope();
        using var network = Small(new VaeConfig());
        using var generator = new Generator(1);
        var (images, posterior) = (Images, new DiagonalGaussian(zeros(4, 2), zeros(4, 2)));
        var decoded = Given.Uniform(5, -1, 1, 3, 4, 1, 4, 4);
        double Of(Tensor some) => new VaeObjective().Compute(network, images,
            new AutoencoderOutput(zeros(some.shape[0], 4, 2), some, posterior), generator).Total.item<float>();
        Assert.Equal(Enumerable.Range(0, 3).Average(l => Of(decoded.narrow(0, l, 1))), Of(decoded), 1e-4);
    }

    // n = 2, K = 1: a = (0, 1), b = (3, 5).
    [Fact]
    public void Mmd_is_the_sums_of_the_kernel_by_hand()
    {
        using var scope = NewDisposeScope();
        static double Kernel(double distance) => ((double[])[0.1, 0.2, 0.5, 1, 2, 5, 10]).Sum(s => 2 * s / (2 * s + distance * distance));
        var expected = Kernel(1) + Kernel(2) - (Kernel(3) + Kernel(5) + Kernel(2) + Kernel(4)) / 2;
        Assert.Equal(
            expected, WaeObjective.SquaredMmd(Values.Floats(0f, 1).view(2, 1), Values.Floats(3f, 5).view(2, 1)).item<float>(), 1e-5);
    }

    [Fact]
    public void Mmd_is_near_zero_of_draws_of_the_prior_and_large_of_others()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(6);
        Tensor Draw() => randn([500, 4], generator: generator);
        Assert.Equal(0, WaeObjective.SquaredMmd(Draw(), Draw()).item<float>(), 0.02);
        Assert.True(WaeObjective.SquaredMmd(Draw() + 1, Draw()).item<float>() > 0.3);
        Assert.Equal(0, WaeObjective.SquaredMmd(Draw()[TensorIndex.Slice(0, 1)], Draw()[TensorIndex.Slice(0, 1)]).item<float>());
    }

    [Fact]
    public void A_regularised_autoencoder_adds_squares_of_codes_and_of_the_decoder()
    {
        using var scope = NewDisposeScope();
        var config = new RaeConfig();
        var plain = Total(config, new RaeObjective { CodeWeight = 0, DecoderWeight = 0 });
        using var network = Small(config);
        var squares = network.Decoder.parameters().Sum(parameter => parameter.square().sum().item<float>());
        var codes = network.Encode(Images).Mean.square().sum(-1).mean().item<float>() / 2;
        Assert.Equal(plain + 3 * codes + 0.01 * squares, Total(config, new RaeObjective { CodeWeight = 3, DecoderWeight = 0.01 }), 1e-3);
    }

    private static AutoencoderNetwork Small(AutoencoderConfig config) => Given.Filled((config with
    {
        Image = config.Image.Numbers == 1 ? config.Image : new ImageShape { Height = 4, Width = 4 },
        Encoder = new EncoderConfig { Kind = NetworkKind.Mlp, Hidden = [8] },
        Decoder = new DecoderConfig { Kind = NetworkKind.Mlp, Hidden = [8] },
    }).Create());

    private static double Total(AutoencoderConfig config, AutoencoderObjective objective, double progress = 1)
    {
        using var scope = NewDisposeScope();
        using var network = Small(config);
        using var generator = new Generator(1);
        var images = Images;
        return objective.Compute(network, images, network.call(images, generator), generator, progress).Total.item<float>();
    }
}
