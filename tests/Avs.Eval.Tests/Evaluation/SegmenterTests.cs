using Avs.Eval.Evaluation;
using Avs.Models;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Evaluation;

public class SegmenterTests
{
    [Fact]
    public void A_model_answers_in_evaluation_mode_and_is_left_in_its_own()
    {
        using var scope = NewDisposeScope();
        using var model = ModelRegistry.Find("ecmvae_small").Create();
        model.train();
        var segmenter = Segmenters.FromModel(model, LatentAtTest.Mean, new ZeroNoise());
        var input = new AvsInput(randn(4, 3, 96, 96), randn(4, 1, 96, 64), FramesPerClip: 2);

        using var noGradient = no_grad();
        Tensor first = segmenter(input).Logits, second = segmenter(input).Logits;
        Assert.Equal([4, 1, 96, 96], first.shape);
        Assert.True(first.isfinite().all().item<bool>());
        // BatchNorm in training mode would move its statistics and so the answer.
        Assert.Equal(0f, (first - second).abs().max().item<float>());
        Assert.True(model.training);
    }

    [Fact]
    public void Several_draws_come_with_their_variance_and_one_without()
    {
        using var scope = NewDisposeScope();
        using var model = ModelRegistry.Find("ecmvae_small").Create();
        using var generator = new Generator(3);
        var input = new AvsInput(randn(2, 3, 96, 96), randn(2, 1, 96, 64), FramesPerClip: 2);
        using var noGradient = no_grad();
        Assert.Null(Segmenters.FromModel(model, LatentAtTest.Mean, new ZeroNoise())(input).Variance);
        Assert.Equal([2, 1, 96, 96],
            Segmenters.FromModel(model, LatentAtTest.Sample(3), new GeneratorNoise(generator))(input).Variance!.shape);
    }
}
