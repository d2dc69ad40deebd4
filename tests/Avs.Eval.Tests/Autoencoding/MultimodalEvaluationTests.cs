using System.Text.Json;
using Avs.Core;
using Avs.Data.Images;
using Avs.Eval.Autoencoding;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Multimodal;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Autoencoding;

[Collection(Alone.Name)]
public sealed class MultimodalEvaluationTests : IDisposable
{
    private readonly MultimodalTensors train = Examples(60, 1), test = Examples(40, 2);

    public void Dispose()
    {
        train.Dispose();
        test.Dispose();
    }

    // Three modalities of 4 x 4: a row is bright by the digit, a column by the modality's own side.
    private static MultimodalTensors Examples(int count, long seed)
    {
        var random = new NamedRandom(seed, "examples");
        int[] Drawn(int classes) => [.. Enumerable.Range(0, count).Select(_ => random.NextInt(classes))];
        var digits = Drawn(3);
        var sides = Enumerable.Range(0, 3).Select(_ => Drawn(2)).ToArray();
        var modalities = sides.Select((side, m) =>
        {
            var pixels = new byte[count * 16];
            for (var i = 0; i < count; i++)
                for (var at = 0; at < 4; at++)
                {
                    pixels[i * 16 + digits[i] * 4 + at] = 200;
                    pixels[i * 16 + at * 4 + side[i]] = 255;
                }
            return new ModalityTensor($"m{m}", tensor(pixels, [count, 1, 4, 4], ScalarType.Byte));
        });
        return new MultimodalTensors(
            $"examples {seed}", [.. modalities],
            [new("digit", ["0", "1", "2"], digits, null), .. sides.Select((side, m) => new Factor("side", ["left", "right"], side, m))]);
    }

    private static MultimodalNetwork Create(MultimodalConfig config) => (config with
    {
        LatentSize = 4,
        Encoder = new EncoderConfig { Kind = NetworkKind.Mlp, Hidden = [16] },
        Decoder = new DecoderConfig { Kind = NetworkKind.Mlp, Hidden = [16] },
    }).Create([.. Enumerable.Range(0, 3).Select(m => new Modality($"m{m}", new ImageShape { Height = 4, Width = 4 }))]);

    private static MultimodalEvaluationOptions Few => new()
    {
        GeneratedExamples = 30,
        BoundSamples = 3,
        Classifier = new ClassifierOptions { Steps = 20, Batch = 32 },
    };

    [Fact]
    public void A_model_with_private_codes_has_every_measure()
    {
        using var network = Create(new DmvaeConfig { PrivateSize = 3 });
        var result = MultimodalEvaluation.Run(network, train, test, Few);
        Assert.Equal(("examples 2", 60, 40, "digit"), (result.Dataset, result.TrainExamples, result.TestExamples, result.CoherentFactor));
        Assert.Equal(30, result.Bound!.Elbo.Images);
        Assert.Equal(-result.Bound.Elbo.Mean / 48 / Math.Log(2), result.Bound.BitsPerDimension, 1e-9);
        Assert.True(result.Bound.ImportanceWeighted.Mean > result.Bound.Elbo.Mean - 3 * result.Bound.Elbo.StandardError);
        Assert.Equal(["m0", "m1", "m2"], result.Modalities.Select(modality => modality.Name));
        Assert.All(result.Modalities, modality => Assert.InRange(modality.ClassifierAccuracy!.Value, 0.5, 1));
        Assert.Equal(2, result.Coherence!.ByGiven.Count);
        Assert.Equal(result.Coherence.LeaveOneOut, result.Modalities.Select(modality => modality.LeaveOneOut!.Value));
        // With two of three given, every set leaves one out.
        Assert.Equal(result.Coherence.LeaveOneOut.Average(), result.Coherence.ByGiven[1], 1e-9);
        Assert.Equal(
            [("shared", "digit"), ("shared", "side"), ("private", "side"), ("private", "digit")],
            result.Probes.Select(probe => (probe.Code, probe.Factor)));
    }

    [Fact]
    public void A_model_without_private_codes_has_the_first_two_probes()
    {
        using var network = Create(new MopoeConfig());
        Assert.Equal(
            [("shared", "digit"), ("shared", "side")],
            MultimodalEvaluation.Run(network, train, test, Few).Probes.Select(probe => (probe.Code, probe.Factor)));
    }

    [Fact]
    public void A_squared_error_has_no_bound()
    {
        using var network = Create(new MvaeConfig { Likelihood = new LikelihoodConfig { Kind = LikelihoodKind.MeanSquaredError } });
        var result = MultimodalEvaluation.Run(network, train, test, Few);
        Assert.Null(result.Bound);
        Assert.Contains("squared error of modality 'm0'", result.WhyNoBound);
    }

    [Fact]
    public void Examples_of_other_modalities_are_refused()
    {
        using var network = Create(new MvaeConfig());
        using var two = new MultimodalTensors("two", [.. test.Modalities.Take(2).Select(m => m with { Values = m.Values.clone() })], []);
        Assert.Equal(
            "the modalities of two are m0 1x4x4, m1 1x4x4; expected m0 1x4x4, m1 1x4x4, m2 1x4x4, as the model was trained on",
            Assert.Throws<UsageException>(() => MultimodalEvaluation.Run(network, train, two, Few)).Message);
    }

    [Fact]
    public void Examples_that_share_nothing_known_have_no_coherence()
    {
        using var network = Create(new MvaeConfig());
        using var plain = new MultimodalTensors("plain", [.. test.Modalities.Select(m => m with { Values = m.Values.clone() })], []);
        var result = MultimodalEvaluation.Run(network, plain, plain, Few);
        Assert.Null(result.Coherence);
        Assert.Equal("the set names nothing that all modalities share", result.WhyNoCoherence);
        Assert.Empty(result.Probes);
        Assert.All(result.Modalities, modality => Assert.Null(modality.FrechetDistance));
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_no_tensors_are_left_behind()
    {
        using var network = Create(new MmvaePlusConfig { PrivateSize = 3 });
        string Json() => JsonSerializer.Serialize(
            MultimodalEvaluation.Run(network, train, test, Few) with { Seconds = 0 }, MeasuresJson.Default.MultimodalResult);
        var first = Json();
        var classifiers = 3 * AutoencoderEvaluationTests.CountOfClassifier();
        var before = Tensor.TotalCount;
        Assert.Equal(first, Json());
        Assert.Equal(before + classifiers, Tensor.TotalCount);
        Assert.Contains("\"leave_one_out\":", first);
    }
}
