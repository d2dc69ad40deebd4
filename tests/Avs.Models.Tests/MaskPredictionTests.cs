using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests;

public class MaskPredictionTests
{
    [Fact]
    public void The_mean_of_sure_draws_is_as_sure()
    {
        using var scope = NewDisposeScope();
        var found = MaskPrediction.FromDraws([Pixel(40), Pixel(40)]);
        Assert.Equal(40, found.Logits.item<float>(), 1e-3f);
        Assert.Equal(0, found.Variance!.item<float>());
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(30, -30, 0)]
    [InlineData(-40, -41, -40.3799)] // log of the mean of e^-40 and e^-41
    [InlineData(1.0986123, 0, 0.5108256)] // probabilities 3/4 and 1/2: 5/8
    public void Two_predictions_have_the_mean_probability(double first, double second, double expected)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected, new MaskPrediction(Pixel(first)).MeanWith(Pixel(second)).Logits.item<float>(), 1e-3f);
    }

    [Fact]
    public void Variances_are_averaged_and_one_alone_is_not_a_mean()
    {
        using var scope = NewDisposeScope();
        MaskPrediction one = new(Pixel(0), Pixel(0.25)), other = new(Pixel(0), Pixel(0.75));
        Assert.Equal(0.5f, one.MeanWith(other).Variance!.item<float>());
        Assert.Null(one.MeanWith(Pixel(0)).Variance);
    }

    private static Tensor Pixel(double value) => full([1, 1, 1, 1], value, dtype: ScalarType.Float32);
}
