using Avs.Eval.Autoencoding;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Autoencoding;

public sealed class RankingTests
{
    [Theory]
    [InlineData(new[] { 3.0, 4 }, new[] { 1.0, 2 }, 1)]
    [InlineData(new[] { 1.0, 2 }, new[] { 3.0, 4 }, 0)]
    [InlineData(new[] { 1.0, 3 }, new[] { 2.0, 2 }, 0.5)]
    [InlineData(new[] { 1.0, 1 }, new[] { 1.0, 1, 1 }, 0.5)]
    // Pairs (positive above negative): 5 beats 3; 3 beats one and ties one: (3 + 1 + ½) of 6.
    [InlineData(new[] { 5.0, 3 }, new[] { 1.0, 3, 4 }, 0.75)]
    public void The_auroc_is_the_share_of_pairs_in_the_right_order(double[] positives, double[] negatives, double expected) =>
        Assert.Equal(expected, RankOrder.Auroc(positives, negatives), 1e-12);

    [Fact]
    public void A_score_that_is_not_a_number_is_no_score() =>
        Assert.Throws<ArgumentException>(() => RankOrder.Auroc([1, double.NaN], [0]));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.95, 3.85)]
    [InlineData(1, 4)]
    public void A_quantile_lies_between_values(double share, double expected) =>
        Assert.Equal(expected, RankOrder.Quantile([4, 2, 1, 3], share), 1e-12);

    [Fact]
    public void The_nearest_codes_vote()
    {
        using var scope = NewDisposeScope();
        var codes = tensor(new[] { 0f, 1, 2, 10, 11, 12 }).unsqueeze(1);
        int[] labels = [0, 0, 1, 1, 1, 0];
        var queries = tensor(new[] { 0.4f, 1.9f, 11.2f }).unsqueeze(1);
        // k = 3: {0, 1, 2} -> 0; the same -> 0; {11, 12, 10} -> 1
        Assert.Equal(1, NearestNeighbours.Accuracy(codes, labels, queries, [0, 0, 1], 3));
        // k = 1: 0 -> 0; 2 -> 1; 11 -> 1
        Assert.Equal(2 / 3.0, NearestNeighbours.Accuracy(codes, labels, queries, [0, 0, 1], 1), 1e-12);
        // k = 2: a tie goes to the nearer one: 1.9 -> 2, of class 1
        Assert.Equal(1, NearestNeighbours.Accuracy(codes, labels, queries, [0, 1, 1], 2));
    }

    [Fact]
    public void Distances_are_euclidean()
    {
        using var scope = NewDisposeScope();
        var codes = tensor(new[,] { { 0f, 0 }, { 3, 4 } });
        Assert.All(NearestNeighbours.Distances(codes, tensor(new[,] { { 0f, 1 }, { 6, 8 }, { 3, 4 } })).Zip([1.0, 5, 0]),
            pair => Assert.Equal(pair.Second, pair.First, 1e-6));
    }

    [Fact]
    public void A_mean_comes_with_its_standard_error()
    {
        var mean = MeanOfImages.From([1, 2, 3, 6]); // variance (4 + 1 + 0 + 9)/3
        Assert.Equal((3, Math.Sqrt(14 / 3.0 / 4), 4), (mean.Mean, mean.StandardError, mean.Images));
    }
}
