using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Ecmvae;

public class EcmvaeTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(96)]
    [InlineData(128)]
    public void Logits_have_the_size_of_the_frames(int size)
    {
        using var scope = NewDisposeScope();
        var model = new AudioVisualSegmenter(Given.SmallSegmenter);
        var output = model.Answer(Given.Batch(1, 2, size));
        Assert.Equal([2L, 1L, size, size], output.Logits.shape);
        Assert.Equal([2L, 1L, size, size], output.Posterior!.Logits.shape);
    }

    [Theory]
    [InlineData(FusionKind.Tpavi, NeckKind.Basic)]
    [InlineData(FusionKind.AvCorrelation, NeckKind.Aspp)]
    public void Gradient_reaches_every_parameter_but_the_unused_ones(FusionKind fusion, NeckKind neck)
    {
        using var scope = NewDisposeScope();
        var config = Given.SmallSegmenter with { Network = Given.SmallNetwork with { Fusion = fusion, Neck = neck } };
        var model = Given.Filled(new AudioVisualSegmenter(config));
        var input = Given.Batch(2, 2, 64);
        using var generator = new Generator(1);
        var noise = new GeneratorNoise(generator);
        new EcmvaeObjective { SimilarityWeight = 0.5 }.Compute(model.call(input with { Noise = noise }),
            input with { Noise = noise }).Total.backward();

        foreach (var (name, parameter) in model.named_parameters())
        {
            var reached = parameter.grad is { } gradient && gradient.abs().sum().item<float>() > 0;
            Assert.True(reached != model.IsUnused(name), name);
        }
    }

    [Fact]
    public void Audio_neck_is_unused_where_the_widths_agree()
    {
        using var model = new EcmvaeModel(Given.SmallNetwork with { AudioChannels = 32 });
        Assert.True(model.IsUnused("audio_neck.weight"));
        Assert.False(model.IsUnused("decoder_prior.fusion_block_2.resConfUnit1.ConvBNReLU1.conv.weight"));
        Assert.True(model.IsUnused("decoder_post.fusion_block_1.resConfUnit1.ConvBNReLU1.conv.weight"));
    }

    [Fact]
    public void Posterior_path_starts_as_a_copy_of_the_prior_path()
    {
        using var scope = NewDisposeScope();
        var state = new EcmvaeModel(Given.SmallNetwork).state_dict();
        foreach (var name in state.Keys.Where(name => name.StartsWith("neck_prior") || name.StartsWith("decoder_prior")))
            Assert.Equal(0,
                Given.Distance(state[name].to(ScalarType.Float32), state[name.Replace("_prior.", "_post.")].to(ScalarType.Float32)));
    }

    [Fact]
    public void Prediction_from_the_means_is_repeatable_and_equals_the_forward_pass()
    {
        using var scope = NewDisposeScope();
        var model = Given.Filled(new AudioVisualSegmenter(Given.SmallSegmenter));
        model.eval();
        var input = Given.Batch(2, 2, 64, masks: false);
        var noise = new ZeroNoise();
        var first = model.Predict(input, LatentAtTest.Mean, noise);
        Assert.Equal(0, Given.Distance(first.Logits, model.Predict(input, LatentAtTest.Mean, noise).Logits));
        Assert.Equal(0, Given.Distance(first.Logits, model.call(input with { Noise = noise }).Logits));
        Assert.Null(first.Variance);
    }

    [Fact]
    public void Samples_are_averaged_and_their_variance_is_told()
    {
        using var scope = NewDisposeScope();
        var model = Given.Filled(new AudioVisualSegmenter(Given.SmallSegmenter));
        model.eval();
        using var generator = new Generator(5);
        var prediction = model.Predict(Given.Batch(1, 2, 64, masks: false), LatentAtTest.Sample(4), new GeneratorNoise(generator));
        Assert.Equal([2L, 1L, 64L, 64L], prediction.Logits.shape);
        Assert.True(prediction.Variance!.max().item<float>() > 0);
        Assert.True(prediction.Variance!.min().item<float>() >= 0);
    }

    [Fact]
    public void The_answer_of_several_draws_is_the_logit_of_their_mean_probability()
    {
        using var scope = NewDisposeScope();
        var model = Given.Filled(new AudioVisualSegmenter(Given.SmallSegmenter));
        model.eval();
        using Generator ours = new(5), theirs = new(5);
        var input = Given.Batch(1, 2, 64, masks: false);
        var found = model.Predict(input, LatentAtTest.Sample(3), new GeneratorNoise(ours)).Logits.sigmoid();
        var noise = new GeneratorNoise(theirs);
        var draws = stack([.. Enumerable.Range(0, 3)
            .Select(_ => model.Predict(input, LatentAtTest.ReferenceSingleSample, noise).Logits.sigmoid())]);
        Assert.True(Given.Distance(found, draws.mean([0])) < 1e-6);
    }

    [Fact]
    public void Training_without_a_source_of_noise_is_refused()
    {
        using var scope = NewDisposeScope();
        using var model = new AudioVisualSegmenter(Given.SmallSegmenter);
        model.train();
        Assert.Throws<InvalidOperationException>(() => model.call(Given.Batch(1, 2, 64) with { Noise = null }));
    }

    [Fact]
    public void Without_masks_there_is_no_posterior_path()
    {
        using var scope = NewDisposeScope();
        var output = new AudioVisualSegmenter(Given.SmallSegmenter).Answer(Given.Batch(1, 2, 64, masks: false));
        Assert.Null(output.Posterior);
        Assert.Null(output.Prior.Information);
    }

    [Fact]
    public void A_frame_side_other_than_the_configured_one_is_pooled_in_the_latent_encoders()
    {
        using var scope = NewDisposeScope();
        var encoder = Given.Filled(new ImageEncoder(3, new LatentEncoderSize(4, 64, 128, 16)));
        encoder.eval();
        Assert.Equal([1L, 16L], encoder.call(Given.Uniform(1, -1, 1, 1, 3, 160, 160)).Mean.shape);
    }
}
