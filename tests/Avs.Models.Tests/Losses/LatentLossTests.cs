using Avs.Models.Ecmvae;
using Avs.Models.Losses;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Losses;

public class LatentLossTests
{
    [Fact]
    public void Difference_loss_is_zero_for_one_row()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0, DifferenceLoss.Compute(Given.Uniform(1, -1, 1, 1, 4), Given.Uniform(2, -1, 1, 1, 4)).item<float>());
    }

    [Fact]
    public void The_difference_loss_is_the_one_computed_by_hand()
    {
        using var scope = NewDisposeScope();
        // Rows ±(3, 4), already centred: directions ±(0.6, 0.8). With itself XᵀX = 2·[0.36 0.48; 0.48 0.64], mean square = 4·(0.36² +
        // 2·0.48² + 0.64²)/4 = 1.
        var x = tensor(new float[] { 3, 4, -3, -4 }).view(2, 2);
        Assert.Equal(1, DifferenceLoss.Compute(x, x).item<float>(), 5);
    }

    [Fact]
    public void Difference_loss_is_zero_for_uncorrelated_codes()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, -1, 1, -1 }).view(4, 1);
        var y = tensor(new float[] { 1, 1, -1, -1 }).view(4, 1);
        Assert.Equal(0, DifferenceLoss.Compute(x, y).item<float>(), 6);
    }

    [Fact]
    public void The_information_bound_is_the_one_computed_by_hand()
    {
        using var scope = NewDisposeScope();
        // m - a = 0.5, l = 0, 3 dimensions: -3·0.125; normalised: another -3·½ log 2π.
        var heads = new MutualInformationHeads(full([2, 3], 0.5), zeros(2, 3), zeros(2, 3));
        Assert.Equal(-0.375, MutualInformation.LowerBound(heads).item<float>(), 6);
        Assert.Equal(
            -0.375 - 1.5 * Math.Log(2 * Math.PI), MutualInformation.LowerBound(heads, MiBound.GaussianNormalised).item<float>(), 5);
    }

    [Fact]
    public void Similarity_is_zero_where_the_masked_features_are_the_sound()
    {
        using var scope = NewDisposeScope();
        var audio = Given.Uniform(1, -1, 1, 2, 6);
        var visual = audio.view(2, 6, 1, 1).expand(2, 6, 4, 4);
        var loss = new SimilarityLoss().Compute(full([2, 1, 16, 16], 3.0), [visual], [audio]).item<float>();
        Assert.Equal(0, loss, 5);
    }

    [Fact]
    public void Similarity_sum_is_frames_times_the_mean()
    {
        using var scope = NewDisposeScope();
        var (logits, visual, audio) = (Given.Uniform(1, -2, 2, 4, 1, 16, 16), Given.Uniform(2, -1, 1, 4, 6, 4, 4),
            Given.Uniform(3, -1, 1, 4, 6));
        var sum = new SimilarityLoss().Compute(logits, [visual], [audio]).item<float>();
        var mean = new SimilarityLoss(Reduction: MatchingReduction.MeanPerFrame).Compute(logits, [visual], [audio]).item<float>();
        Assert.Equal(sum, 4 * mean, 5);
    }
}
