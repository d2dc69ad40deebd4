using Avs.Models.AvsBench;
using Avs.Models.Ecmvae;
using Avs.Models.Losses;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests;

/// <summary>AVSS: several classes, and clips of different lengths in one batch.</summary>
public class ClassesTests
{
    private const int Classes = 5, Size = 64;

    // Clips of two, three and one frames; of the second clip only the first two frames are labelled.
    private static readonly int[] Lengths = [2, 3, 1];
    private static readonly long[] Labelled = [0, 1, 2, 3, 5];

    [Theory]
    [MemberData(nameof(EveryModelTests.NamesInSmall), MemberType = typeof(EveryModelTests))]
    public void Clips_of_different_lengths_are_answered_as_each_alone(string name)
    {
        using var scope = NewDisposeScope();
        using var model = Given.Filled(InSmall(name).Create());
        using var untracked = inference_mode();
        model.eval();
        var batch = Batch();

        var together = model.Predict(batch, LatentAtTest.Mean, new ZeroNoise()).Logits;

        Assert.Equal([6L, Classes, Size, Size], together.shape);
        var first = 0;
        foreach (var length in Lengths)
        {
            Tensor Rows(Tensor all) => all.narrow(0, first, length);
            var alone = model.Predict(
                new AvsInput(Rows(batch.Images), Rows(batch.LogMel!), length), LatentAtTest.Mean, new ZeroNoise()).Logits;
            Assert.True(Given.Distance(alone, Rows(together)) < 1e-4, $"the clip of {length} frames");
            first += length;
        }
    }

    [Theory]
    [MemberData(nameof(EveryModelTests.NamesInSmall), MemberType = typeof(EveryModelTests))]
    public void A_gradient_of_the_classes_reaches_every_parameter(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var preset = InSmall(name);
        using var model = Given.Filled(preset.Create());
        var batch = Batch() with { Noise = new GeneratorNoise(generator) };
        model.train();

        var terms = preset.Objective.WithEveryTerm().Compute(model.call(batch), batch);
        terms.Total.backward();

        Assert.All(terms.Named(), term => Assert.True(float.IsFinite(term.Value.item<float>()), term.Name));
        Assert.All(model.named_parameters().Where(entry => !model.IsUnused(entry.name) && !model.IsFrozen(entry.name)), entry =>
        {
            var size = entry.parameter.grad is { } gradient ? gradient.abs().sum().item<float>() : 0;
            Assert.True(float.IsFinite(size) && size > 0, entry.name);
        });
    }

    [Theory]
    [InlineData(TpaviAttention.Sound)]
    [InlineData(TpaviAttention.Picture)]
    [InlineData(TpaviAttention.SoundAndPicture)]
    public void A_long_clip_can_be_cut_into_stretches_that_attend_to_themselves(TpaviAttention attention)
    {
        using var scope = NewDisposeScope();
        using var untracked = inference_mode();
        var config = (AvsBenchConfig)EveryModel.Narrow(new AvsBenchConfig { Attention = attention });
        using var whole = Given.Filled(new AvsBenchModel(config));
        using var cut = Given.Filled(new AvsBenchModel(config with { AttentionFrames = 2 }));
        whole.eval();
        cut.eval();
        var batch = Batch() with { AudioEmbedding = Given.Uniform(5, 0, 1, 6, config.AudioChannels) };

        var expected = whole.call(batch with { FramesPerClip = new ClipFrames([2, 2, 1, 1]) }).Logits;
        Assert.Equal(0, Given.Distance(cut.call(batch).Logits, expected));
        Assert.True(Given.Distance(whole.call(batch).Logits, expected) > 1e-6);
    }

    [Fact]
    public void Clips_that_show_the_same_frames_may_be_of_different_lengths()
    {
        using var scope = NewDisposeScope();
        using var untracked = inference_mode();
        using var model = Given.Filled(InSmall("tpavi_small").Create());
        model.eval();
        // Two pictures' clips under two sounds each: rows of the clips 0, 0, 1, 1.
        var batch = Given.Batch(1, 10, Size, masks: false) with { FramesPerClip = new ClipFrames([2, 2, 3, 3]) };
        batch = batch with { Images = batch.Images.index_select(0, tensor((long[])[0, 1, 0, 1, 4, 5, 6, 4, 5, 6])) };

        var shared = model.Predict(batch with { ClipsPerPicture = 2 }, LatentAtTest.Mean, new ZeroNoise()).Logits;

        Assert.True(Given.Distance(shared, model.Predict(batch, LatentAtTest.Mean, new ZeroNoise()).Logits) < 1e-5);
        Assert.Throws<ArgumentException>(() => model.Predict(
            batch with { ClipsPerPicture = 2, FramesPerClip = new ClipFrames([2, 3, 2, 3]) }, LatentAtTest.Mean, new ZeroNoise()));
    }

    [Fact]
    public void The_loss_is_the_cross_entropy_of_the_labelled_frames()
    {
        using var scope = NewDisposeScope();
        // Two frames of two pixels and three classes, of which the second frame is labelled: 0 and 2.
        var logits = tensor((float[])[9, 9, 0, 0, 0, 0, /* class 0 */ 1, 0, /* 1 */ 0, 0, /* 2 */ 2, 3]).view(2, 3, 1, 2);
        var input = new AvsInput(zeros(2, 3, 1, 2), null, 2, ones(1, 1, 1, 2), tensor((long[])[1]))
        {
            Labels = tensor((long[])[0, 2]).view(1, 1, 2),
        };
        var expected = (Math.Log(Math.E + 1 + Math.Exp(2)) - 1 + Math.Log(2 + Math.Exp(3)) - 3) / 2;

        var terms = new AvsBenchObjective().Compute(new AvsBenchOutput(logits, [], []), input);

        Assert.Equal(expected, terms.Total.item<float>(), 1e-6);
        Assert.Throws<ArgumentException>(
            () => new AvsBenchObjective().Compute(new AvsBenchOutput(logits, [], []), input with { Labels = null }));
    }

    [Fact]
    public void The_matching_loss_looks_at_the_labelled_frames_under_the_hard_mask_of_what_sounds()
    {
        using var scope = NewDisposeScope();
        // Of the second frame, the labelled one, the left pixel is of class 1, the right one background.
        var logits = tensor((float[])[0, 0, 5, 5, /* class 0 */ 0, 4, /* 1 */ 1, 0]).view(2, 2, 1, 2);
        var visual = tensor((float[])[7, 7, 7, 7, /* channel 0 */ 2, 100, /* 1 */ 4, 100]).view(2, 2, 1, 2);
        var audio = tensor((float[])[7, 7, 1, 0]).view(2, 2);
        var input = new AvsInput(zeros(2, 3, 1, 2), null, 2, ones(1, 1, 1, 2), tensor((long[])[1]));
        // f = (2, 4) / 2 places; KL of softmax(1, 0) and softmax(1, 2).
        double p = 1 / (1 + Math.Exp(-1)), q = 1 / (1 + Math.E);
        var expected = p * Math.Log(p / q) + (1 - p) * Math.Log((1 - p) / (1 - q));

        var loss = new SimilarityLoss(Normalise: false, Reduction: MatchingReduction.MeanPerFrame)
            .Compute(logits, [visual], [audio], input);

        Assert.Equal(expected, loss.item<float>(), 1e-6);
    }

    [Fact]
    public void Several_draws_of_classes_have_the_mean_of_their_probabilities()
    {
        using var scope = NewDisposeScope();
        // One pixel, three classes, with the probabilities (0.5, 0.3, 0.2) and (0.1, 0.2, 0.7).
        static Tensor Logits(params float[] probabilities) => (tensor(probabilities).log() + 3).view(1, 3, 1, 1);

        var (logits, variance) = MaskPrediction.FromDraws([Logits(0.5f, 0.3f, 0.2f), Logits(0.1f, 0.2f, 0.7f)]);

        Assert.True(Given.Distance(logits.softmax(1), tensor((float[])[0.3f, 0.25f, 0.45f]).view(1, 3, 1, 1)) < 1e-6);
        Assert.Equal(0.04, variance!.item<float>(), 1e-6); // of 0.5 and 0.9
        Assert.Equal([1L, 1, 1, 1], variance.shape);
    }

    [Fact]
    public void The_foreground_is_where_another_class_than_the_background_is_the_most_probable()
    {
        using var scope = NewDisposeScope();
        var logits = Given.Uniform(3, -1, 1, 2, Classes, 4, 4);

        var foreground = ClassLogits.Foreground(logits);

        Assert.Equal(0, Given.Distance(foreground, (logits.argmax(1, keepdim: true) != 0).to(ScalarType.Float32)));
        Assert.Equal(0, Given.Distance(foreground, (ClassLogits.AgainstBackground(logits).sigmoid() > 0.5).to(ScalarType.Float32)));
        var mask = Given.Uniform(4, -1, 1, 2, 1, 4, 4);
        Assert.Equal(0, Given.Distance(ClassLogits.AgainstBackground(mask), mask));
    }

    [Theory]
    [InlineData(PosteriorSupervision.RepeatFirstMask)]
    [InlineData(PosteriorSupervision.PseudoLabel)]
    public void The_posterior_stands_in_for_masks_of_clips_of_any_length(PosteriorSupervision supervision)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var preset = InSmall("ecmvae_small");
        var network = (EcmvaeConfig)preset.Config.Network with { Supervision = supervision };
        using var model = Given.Filled(new AudioVisualSegmenter(preset.Config with { Network = network }));
        var batch = Batch() with { Noise = new GeneratorNoise(generator) };

        var output = (EcmvaeOutput)model.call(batch);

        Assert.Null(output.AnnotatedRows);
        Assert.Equal(6, output.Posterior!.Codes.Visual.Mean.shape[0]);
    }

    // spec/tpavi_baseline.md §5: counted in the authors' own networks.
    [Theory]
    [InlineData("tpavi_resnet50_reference", 91_402_247)]
    [InlineData("tpavi_pvt_v2_b5", 101_321_863)]
    [Trait("Speed", "Slow")]
    public void The_baseline_of_AVSS_has_the_parameters_of_the_release(string name, long expected)
    {
        var network = (AvsBenchConfig)ModelRegistry.Find(name).Config.Network with { Classes = 71, AlignBias = false };
        using var model = new AvsBenchModel(network);
        Assert.Equal(expected, model.parameters().Sum(parameter => parameter.numel()));
    }

    private static AvsInput Batch()
    {
        var batch = Given.Batch(1, 6, Size, labelled: tensor(Labelled)) with { FramesPerClip = new ClipFrames(Lengths) };
        var labels = (Given.Uniform(9, 0, Classes, 5, Size, Size).floor() * batch.Masks!.squeeze(1)).to(ScalarType.Int64);
        return batch with { Labels = labels, Masks = (labels > 0).to(ScalarType.Float32).unsqueeze(1) };
    }

    private static ModelPreset InSmall(string name)
    {
        var preset = ModelRegistry.Find(name);
        return preset with
        {
            Config = preset.Config with { Audio = "small", Network = EveryModel.Narrow(preset.Config.Network) with { Classes = Classes } },
        };
    }
}
