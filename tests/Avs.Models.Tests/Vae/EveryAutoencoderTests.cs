using Avs.Core;
using Avs.Core.Configuration;
using Avs.Models.Vae;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae;

/// <summary>What holds of every registered autoencoder.</summary>
public class EveryAutoencoderTests
{
    public static TheoryData<string> Names() => [.. VaeRegistry.Autoencoders.Select(preset => preset.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_answers_images_with_codes_and_images(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Network(name);
        using var generator = new Generator(1);
        network.eval();
        var (config, images) = (Find(name).Config, Images(name));
        var output = network.call(images, generator);
        Assert.Equal([output.Code.shape[0], 3, config.LatentSize], output.Code.shape);
        Assert.Equal([output.Code.shape[0], .. images.shape], output.Decoded.shape);
        Assert.Equal(config is VaeConfig or IwaeConfig, output.Posterior is not null);
        var reconstructed = network.Reconstruct(images);
        Assert.Equal(images.shape, reconstructed.shape);
        Assert.True(reconstructed.min().item<float>() >= 0 && reconstructed.max().item<float>() <= 1);
        Assert.True(Given.Distance(reconstructed, network.Decode(network.Encode(images).Mean.unsqueeze(0)).squeeze(0)) < 1e-6);
        // Rows do not see each other.
        Assert.True(Given.Distance(reconstructed[TensorIndex.Slice(0, 1)], network.Reconstruct(images[TensorIndex.Slice(0, 1)])) < 1e-5);
    }

    [Fact]
    public void Its_choices_are_read_of_yaml()
    {
        var config = Read("""
            latent_size: 8
            encoder: {kind: mlp, hidden: [64, 32]}
            likelihood: {kind: gaussian_learned_sigma}
            head: log_sigma
            keras_defaults: true
            """);
        Assert.Equal([64, 32], config.Encoder.Hidden);
        Assert.Equal((8, GaussianScale.LogSigma, true), (config.LatentSize, config.Head, config.KerasDefaults));
        Assert.Equal((NetworkKind.Mlp, LikelihoodKind.GaussianLearnedSigma), (config.Encoder.Kind, config.Likelihood.Kind));
        var objective = RecordReader.Read(
            new VaeObjective(), ConfigSource.Parse("reduction: per_pixel_mean\nreconstruction_weight: 500", "x.yaml"));
        Assert.Equal(1.024, objective.EquivalentVariance(1024), 1e-12);
    }

    [Theory]
    [InlineData("latent_size: 0", "x.yaml:1: latent_size: found '0', expected a whole number of at least 1")]
    [InlineData("likelihood: {kind: poisson}",
        "likelihood.kind: found 'poisson', expected one of bernoulli, gaussian, gaussian_learned_sigma, mean_squared_error")]
    [InlineData("likelihood: {sigma: 0}", "likelihood.sigma: found '0', expected a number above 0")]
    [InlineData("encoder: {channels: [32, 0]}", "encoder.channels[1]: found '0'")]
    [InlineData("samples: 0", "samples: found '0'")]
    public void What_no_network_can_have_is_refused_by_its_key(string yaml, string message) =>
        Assert.Contains(message, Assert.Throws<UsageException>(() => Read(yaml)).Message);

    private static VaeConfig Read(string yaml) => RecordReader.Read(new VaeConfig(), ConfigSource.Parse(yaml, "x.yaml"));

    internal static AutoencoderPreset Find(string name) => VaeRegistry.Autoencoders.Single(preset => preset.Name == name);

    internal static AutoencoderNetwork Network(string name) => Given.Filled(Find(name).Config.Create());

    internal static Tensor Images(string name)
    {
        var image = Find(name).Config.Image;
        return Given.Uniform(1, 0, 1, 3, image.Channels, image.Height, image.Width);
    }

    internal static ObjectiveTerms Terms(string name, AutoencoderNetwork network, Generator generator)
    {
        network.train();
        var images = Images(name).to(network.parameters().First().device);
        return Find(name).Objective.Compute(network, images, network.call(images, generator), generator);
    }
}
