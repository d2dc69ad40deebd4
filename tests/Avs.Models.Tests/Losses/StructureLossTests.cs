using Avs.Core;
using Avs.Models.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Losses;

public class StructureLossTests
{
    [Theory]
    [InlineData(31, 64)]
    [InlineData(13, 96)]
    [InlineData(9, 32)]
    [InlineData(31, 20)]
    public void Running_sums_equal_average_pooling(int box, int size)
    {
        using var scope = NewDisposeScope();
        var masks = Given.Masks(1, 2, 1, size, size);
        var pooled = nn.functional.avg_pool2d(masks, [box, box], [1, 1], [box / 2, box / 2]);
        Assert.True(Given.Distance(StructureLoss.BoxMean(masks, box), pooled) < 1e-6);
    }

    [Fact]
    public void Value_by_hand_on_an_all_foreground_frame()
    {
        using var scope = NewDisposeScope();
        // A window of one pixel: every weight is 1. Logit 0: σ = 1/2, cross-entropy log 2, IoU part 1 - (8 + 1)/(8 + 16 - 8 + 1).
        var loss = new StructureLoss(1).Compute(zeros(2, 1, 4, 4), ones(2, 1, 4, 4)).item<float>();
        Assert.Equal(Math.Log(2) + 1 - 9.0 / 17, loss, 5);
    }

    [Fact]
    public void Pixels_near_the_border_weigh_up_to_six()
    {
        using var scope = NewDisposeScope();
        var mask = zeros(1, 1, 9, 9);
        mask[0, 0, 4, 4] = 1;
        var weight = StructureLoss.BorderWeight(mask, 3);
        Assert.Equal(1 + 5 * 8 / 9f, weight[0, 0, 4, 4].item<float>(), 5);
        Assert.Equal(1 + 5 / 9f, weight[0, 0, 3, 3].item<float>(), 5);
        Assert.Equal(1f, weight[0, 0, 0, 0].item<float>());
    }

    [Fact]
    public void Pixel_weighting_counts_a_wrong_border_more()
    {
        using var scope = NewDisposeScope();
        var mask = zeros(1, 1, 16, 16);
        mask.narrow(2, 0, 8).fill_(1);
        var wrongAtBorder = (mask * 2 - 1) * 4;
        wrongAtBorder.narrow(2, 7, 2).neg_();
        var plain = new StructureLoss(5).Compute(wrongAtBorder, mask).item<float>();
        var weighted = new StructureLoss(5, BceWeighting.PixelWeighted).Compute(wrongAtBorder, mask).item<float>();
        Assert.True(weighted > plain);
    }

    [Fact]
    public void Pixel_weighting_is_the_plain_mean_when_all_weights_are_equal()
    {
        using var scope = NewDisposeScope();
        var logits = Given.Uniform(1, -3, 3, 2, 1, 8, 8);
        var mask = Given.Masks(2, 2, 1, 8, 8);
        Assert.Equal(
            new StructureLoss(1).Compute(logits, mask).item<float>(),
            new StructureLoss(1, BceWeighting.PixelWeighted).Compute(logits, mask).item<float>(), 5);
    }

    [Fact]
    public void An_even_window_is_refused() =>
        Assert.Throws<UsageException>(() => new StructureLoss(12).Compute(zeros(1, 1, 16, 16), zeros(1, 1, 16, 16)));
}
