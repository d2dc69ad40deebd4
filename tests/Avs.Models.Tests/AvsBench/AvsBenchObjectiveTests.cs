using Avs.Models.AvsBench;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests.AvsBench;

public class AvsBenchObjectiveTests
{
    [Fact]
    public void S4_scores_the_labelled_frames_only()
    {
        using var scope = NewDisposeScope();
        var logits = zeros([10, 1, 2, 2]);
        logits[5] = full([1, 2, 2], 3.0f);
        var masks = ones([2, 1, 2, 2]);
        var terms = AvsBenchObjective.S4.Compute(Output(logits), Batch(masks, tensor(new long[] { 0, 5 })));
        // mean of ln 2 and ln(1 + e^-3)
        Assert.Equal((Math.Log(2) + Math.Log(1 + Math.Exp(-3))) / 2, terms.CrossEntropy.item<float>(), 1e-6);
        Assert.Equal(0, terms.Matching.item<float>());
        Assert.Equal(terms.CrossEntropy.item<float>(), terms.Total.item<float>());
    }

    [Fact]
    public void MS3_adds_half_the_matching_loss()
    {
        using var scope = NewDisposeScope();
        var terms = AvsBenchObjective.MS3.Compute(Output(zeros([10, 1, 2, 2])), Batch(ones([10, 1, 2, 2])));
        Assert.True(terms.Matching.item<float>() > 0);
        Assert.Equal(terms.CrossEntropy.item<float>() + 0.5f * terms.Matching.item<float>(), terms.Total.item<float>(), 1e-6f);
    }

    [Fact]
    public void Matching_at_a_level_without_sound_is_refused()
    {
        using var scope = NewDisposeScope();
        var silent = Output(zeros([10, 1, 2, 2])) with { Audio = [.. Enumerable.Repeat(zeros([10, 0]), 4)] };
        Assert.Throws<ArgumentException>(() => AvsBenchObjective.MS3.Compute(silent, Batch(ones([10, 1, 2, 2]))));
    }

    [Fact]
    public void Cosine_loss_is_minus_the_logarithm_of_the_cosine()
    {
        using var scope = NewDisposeScope();
        // One frame, two channels: under the mask the features are (3, 4), the sound is (1, 0): cosine 0.6.
        var logits = full([1, 1, 2, 2], 5.0f);
        var visual = cat([full([1, 1, 2, 2], 3.0f), full([1, 1, 2, 2], 4.0f)], 1);
        var audio = tensor(new float[] { 1, 0 }).reshape(1, 2);
        Assert.Equal(-Math.Log(0.6 + 1e-6), new CosineMatchingLoss().Compute(logits, [visual], [audio]).item<float>(), 1e-5);
    }

    // The losses do not look at the pictures.
    private static AvsInput Batch(Tensor masks, Tensor? labelled = null) => new(masks, null, 1, masks, labelled);

    private static AvsBenchOutput Output(Tensor logits) => new(
        logits,
        [.. Enumerable.Range(0, 4).Select(i => Given.Uniform(i, 0, 1, logits.shape[0], 4, 2, 2))],
        [.. Enumerable.Range(4, 4).Select(i => Given.Uniform(i, -1, 1, logits.shape[0], 4))]);
}
