using System.Text.Json;
using Avs.Core;
using Avs.Data.Images;
using Avs.Eval.Autoencoding;
using Avs.Models.Classifiers;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Autoencoding;

[Collection(Alone.Name)]
public sealed class AutoencoderEvaluationTests : IDisposable
{
    private readonly ImageTensors train = FakeImages.Load(90, name: "fake train");
    private readonly ImageTensors test = FakeImages.Load(36, name: "fake test");

    public void Dispose()
    {
        train.Dispose();
        test.Dispose();
    }

    private static T Small<T>(T config) where T : AutoencoderConfig => config with
    {
        Image = new ImageShape { Height = 8, Width = 8 },
        LatentSize = 3,
        Encoder = new EncoderConfig { Kind = NetworkKind.Mlp, Hidden = [16] },
        Decoder = new DecoderConfig { Kind = NetworkKind.Mlp, Hidden = [16] },
    };

    private static AutoencoderEvaluationOptions Few(bool prior) => new()
    {
        HasPrior = prior,
        BoundImages = 20,
        BoundSamples = 12,
        Classifier = new ClassifierOptions { Steps = 20, Batch = 32 },
    };

    private AutoencoderResult Run(AutoencoderConfig config, AutoencoderEvaluationOptions options)
    {
        using var network = config.Create();
        return AutoencoderEvaluation.Run(network, train, test, options);
    }

    [Fact]
    public void A_vae_has_every_measure()
    {
        using var others = FakeImages.Load(10, name: "others");
        var result = Run(Small(new VaeConfig()), Few(prior: true) with { Others = [others] });
        Assert.Equal(("fake test", 90, 36), (result.Dataset, result.TrainImages, result.TestImages));
        var bound = result.Bound!;
        Assert.Equal(-(bound.Reconstruction + bound.Kl), bound.Elbo.Mean, 1e-6);
        Assert.Equal(-bound.Elbo.Mean / 64 / Math.Log(2), bound.BitsPerDimension, 1e-9);
        Assert.True(bound.ImportanceWeighted.Mean > bound.Elbo.Mean - 3 * bound.Elbo.StandardError);
        Assert.Equal((36, 20, 12), (bound.Elbo.Images, bound.ImportanceWeighted.Images, bound.ImportanceSamples));
        Assert.Equal(bound.Kl, result.Codes.KlByDimension!.Sum(), 1e-4);
        Assert.Equal(result.Codes.KlByDimension!.Count(kl => kl < 0.01), result.Codes.DeadDimensions);
        Assert.InRange(result.Codes.NeighbourAccuracy!.Value, 0, 1);
        Assert.Equal(CodeRegion.StandardNormal, result.Space.Region);
        Assert.Equal(
            ["training images", "reconstructions", "samples of N(0, I)", "samples of a mixture of 10 Gaussians"],
            result.Classifier!.Distances.Select(distance => distance.Images));
        Assert.All(result.Classifier.Distances, distance => Assert.True(distance.Distance >= 0));
        Assert.Equal(FakeImages.Corners, result.Classifier.Arithmetic.Select(one => one.Target));
        Assert.Equal(["uniform noise", "fake test, turned by 90 degrees", "others"], result.Novelty.Select(other => other.Others));
        Assert.All(result.Novelty, other => Assert.Equal("ELBO", other.Score));
        // The others are the first of the very same images.
        Assert.InRange(result.Novelty[2].Auroc, 0.3, 0.7);
    }

    [Fact]
    public void A_gaussian_likelihoods_bits_are_of_256_levels()
    {
        var config = Small(new VaeConfig { Likelihood = new LikelihoodConfig { Kind = LikelihoodKind.Gaussian, Sigma = 0.3 } });
        var bound = Run(config, Few(prior: true)).Bound!;
        Assert.Equal(-bound.Elbo.Mean / 64 / Math.Log(2) + 8, bound.BitsPerDimension, 1e-9);
    }

    [Fact]
    public void A_plain_autoencoder_has_no_bound_and_is_drawn_from_its_box()
    {
        var result = Run(Small(new PlainAutoencoderConfig()), Few(prior: false));
        Assert.Null(result.Bound);
        Assert.Contains("not a distribution", result.WhyNoBound);
        Assert.Null(result.Codes.KlByDimension);
        Assert.Null(result.Codes.ActiveUnits);
        Assert.Equal(CodeRegion.Box, result.Space.Region);
        Assert.Contains(result.Classifier!.Distances, distance => distance.Images == "samples of the codes' box");
        Assert.All(result.Novelty, other => Assert.Equal("reconstruction error", other.Score));
        Assert.Equal(result.ReconstructionError, result.Novelty[0].MeanHere, 1e-9);
    }

    [Fact]
    public void A_squared_error_has_no_bound_but_codes_with_a_distribution()
    {
        var squares = Small(new VaeConfig { Likelihood = new LikelihoodConfig { Kind = LikelihoodKind.MeanSquaredError } });
        var result = Run(squares, Few(prior: true));
        Assert.Null(result.Bound);
        Assert.Contains("squared error", result.WhyNoBound);
        Assert.Equal(3, result.Codes.KlByDimension!.Count);
    }

    [Fact]
    public void Images_without_classes_are_measured_without_a_classifier()
    {
        using var plain = FakeImages.Load(20, labelled: false);
        using var network = Small(new VaeConfig()).Create();
        var result = AutoencoderEvaluation.Run(network, plain, plain, Few(prior: true));
        Assert.Null(result.Classifier);
        Assert.Null(result.Codes.NeighbourAccuracy);
    }

    [Fact]
    public void An_attribute_takes_the_place_of_the_classes()
    {
        var result = Run(Small(new VaeConfig()), Few(prior: true) with { Attribute = "even" });
        Assert.Equal("fake test even", result.Classifier!.Of);
        Assert.Equal("even", Assert.Single(result.Classifier.Arithmetic).Target);
    }

    [Fact]
    public void An_attribute_that_no_image_has_and_images_of_another_shape_are_refused()
    {
        var unknown = Assert.Throws<UsageException>(() => Run(Small(new VaeConfig()), Few(prior: true) with { Attribute = "smiling" }));
        Assert.Equal("fake train has no attribute 'smiling'; expected one of even", unknown.Message);
        using var allTrain = ImageTensors.Load(new FakeImages(12, everyEven: true));
        using var network = Small(new VaeConfig()).Create();
        Assert.Equal(
            "every image of fake has the attribute 'even'; expected one that some have",
            Assert.Throws<UsageException>(
                () => AutoencoderEvaluation.Run(network, allTrain, allTrain, Few(prior: true) with { Attribute = "even" })).Message);
        using var larger = FakeImages.Load(5, side: 10, name: "larger");
        var shape = Assert.Throws<UsageException>(() => Run(Small(new VaeConfig()), Few(prior: true) with { Others = [larger] }));
        Assert.Equal("the images of larger are 1x10x10, expected 1x8x8 as those of fake test", shape.Message);
    }

    [Fact]
    public void Codes_that_are_not_finite_are_refused()
    {
        using var network = Small(new VaeConfig()).Create();
        using (no_grad())
            network.get_parameter("head.mean.bias")!.fill_(float.PositiveInfinity);
        var wrong = Assert.Throws<DataException>(() => AutoencoderEvaluation.Run(network, train, test, Few(prior: true)));
        Assert.Contains("codes are not finite", wrong.Message);
    }

    [Fact]
    public void The_model_sees_images_as_it_was_trained_on_them()
    {
        var seen = new List<float>();
        Tensor Binarized(Tensor images, Generator _)
        {
            var changed = (images >= 0.5).to(ScalarType.Float32);
            seen.Add(changed.mean().item<float>());
            return changed;
        }

        using var network = Small(new VaeConfig()).Create();
        var (grey, binary) = (
            AutoencoderEvaluation.Run(network, train, test, Few(prior: true)),
            AutoencoderEvaluation.Run(network, train, test, Few(prior: true) with { AsTrained = Binarized }));
        Assert.NotEmpty(seen);
        Assert.NotEqual(grey.ReconstructionError, binary.ReconstructionError);
        Assert.Equal(grey.Classifier!.Distances[0], binary.Classifier!.Distances[0]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers()
    {
        using var network = Small(new VaeConfig()).Create();
        string Json() => JsonSerializer.Serialize(
            AutoencoderEvaluation.Run(network, train, test, Few(prior: true)) with { Seconds = 0 }, MeasuresJson.Default.AutoencoderResult);
        var first = Json();
        Assert.Equal(first, Json());
        Assert.Contains("\"bits_per_dimension\":", first);
    }

    [Fact]
    public void An_evaluation_leaves_no_tensors_behind()
    {
        using var network = Small(new VaeConfig()).Create();
        AutoencoderEvaluation.Run(network, train, test, Few(prior: true));
        var classifier = CountOfClassifier();
        var before = Tensor.TotalCount;
        AutoencoderEvaluation.Run(network, train, test, Few(prior: true));
        Assert.Equal(before + classifier, Tensor.TotalCount);
    }

    /// <summary>What stays in the library's count of a classifier that is disposed of: it counts each parameter twice.</summary>
    internal static long CountOfClassifier()
    {
        using var generator = new Generator(1);
        var before = Tensor.TotalCount;
        new ImageClassifier(new ImageShape(), 3, generator).Dispose();
        return Tensor.TotalCount - before;
    }
}
