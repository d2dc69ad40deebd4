using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Ecmvae;

public class SharedPicturesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Looking_once_at_a_picture_that_two_clips_share_changes_nothing_but_the_cost(int framesPerClip)
    {
        using var scope = NewDisposeScope();
        var model = Given.Filled(new AudioVisualSegmenter(Given.SmallSegmenter));
        var parameters = model.LearnedParameters().Select(entry => (Tensor)entry.Parameter).ToArray();
        var batch = Given.Batch(4, framesPerClip, 64);
        var picture = batch.Images.view(2, 2, framesPerClip, 3, 64, 64);
        var twice = stack([picture.select(1, 0), picture.select(1, 0)], 1).view(batch.Images.shape); // clips 1 and 3 show what 0 and 2 show

        (Tensor Total, Tensor[] Gradients) Train(int clipsPerPicture)
        {
            var input = batch with { Images = twice, ClipsPerPicture = clipsPerPicture };
            var total = new EcmvaeObjective().Compute(model.call(input), input).Total;
            return (total.detach(), [.. autograd.grad([total], parameters)]);
        }
        var (every, everyGradients) = Train(1);
        var (shared, sharedGradients) = Train(2);

        Assert.Equal(every.item<float>(), shared.item<float>(), 1e-4f);
        var scale = everyGradients.Max(gradient => gradient.abs().max().item<float>());
        foreach (var (expected, found) in everyGradients.Zip(sharedGradients))
            Assert.True(Given.Distance(expected, found) < 2e-3 * scale);
    }

    [Fact]
    public void Several_draws_look_once_at_a_picture_too()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var model = Given.Filled(new AudioVisualSegmenter(Given.SmallSegmenter));
        model.eval();
        var batch = Given.Batch(2, 2, 64);
        var picture = batch.Images.view(2, 2, 3, 64, 64);
        var twice = stack([picture.select(0, 0), picture.select(0, 0)]).view(batch.Images.shape);
        Tensor Predict(int clipsPerPicture) => model.Predict(
            batch with { Images = twice, ClipsPerPicture = clipsPerPicture }, LatentAtTest.Sample(2), new ZeroNoise()).Logits;
        Assert.True(Given.Distance(Predict(1), Predict(2)) < 1e-5);
    }
}
