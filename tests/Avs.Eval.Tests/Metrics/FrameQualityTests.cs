using Avs.Eval.Metrics;

namespace Avs.Eval.Tests.Metrics;

public class FrameQualityTests
{
    private const int Side = 32;

    [Fact]
    public void A_perfect_map_has_the_best_value_of_every_measure()
    {
        var (logits, truth) = Square(8, 8, 20f);
        var quality = new QualityScorer().Score(logits, truth, Side, Side);
        Assert.Equal(1, quality.SMeasure, 1e-6);
        Assert.Equal(0, quality.Mae, 1e-6);
        Assert.Equal(1, quality.BoundaryF, 1e-6);
        Assert.Equal(1, new FrameScorer().Score(logits, truth).MaskE, 1e-6);
    }

    [Fact]
    public void An_inverted_map_has_the_worst()
    {
        var (logits, truth) = Square(8, 8, -20f);
        var quality = new QualityScorer().Score(logits, truth, Side, Side);
        Assert.Equal(0, quality.SMeasure, 1e-6);
        Assert.Equal(1, quality.Mae, 1e-6);
        Assert.Equal(0, new FrameScorer().Score(logits, truth).MaskE, 1e-6);
    }

    [Theory]
    [InlineData(1, 1.0)] // one pixel away: within 0.008 of the diagonal of 45 pixels, which is 0.36 and rounded up
    [InlineData(4, 0.0)]
    public void A_boundary_that_is_shifted_is_right_within_the_tolerance(int shift, double expected)
    {
        // Whole rows, so that only the horizontal edges count.
        byte[] truth = Rows(10, 20), mask = Rows(10 + shift, 20 + shift);
        Assert.Equal(expected, new BoundaryScorer().Score(mask, truth, Side, Side), 1e-12);
    }

    [Fact]
    public void Boundaries_that_are_not_there_are_right_only_together()
    {
        var scorer = new BoundaryScorer();
        byte[] nothing = new byte[Side * Side], something = Rows(3, 9);
        Assert.Equal(1, scorer.Score(nothing, nothing, Side, Side));
        Assert.Equal(0, scorer.Score(something, nothing, Side, Side));
        Assert.Equal(0, scorer.Score(nothing, something, Side, Side));
    }

    [Fact]
    public void The_mean_absolute_error_is_that_of_the_probabilities()
    {
        // Logits of 0 are probabilities of one half.
        Assert.Equal(0.5, new QualityScorer().Score(new float[Side * Side], Rows(3, 9), Side, Side).Mae, 1e-7);
    }

    // By hand, from the papers' formulas: 2 x 2 pixels, one of them the object, the whole map 1/2.
    [Fact]
    public void The_structure_measure_of_a_grey_map_is_as_by_hand()
    {
        var quality = new QualityScorer().Score([0, 0, 0, 0], [1, 0, 0, 0], 2, 2);
        // By object: 2·0.5/(0.25 + 1) = 0.8 inside and outside. By region: the centre (0, 0) cuts into four single pixels without variance;
        // where the truth is 0 or the map does not vary with it the likeness is 1, as nothing contradicts.
        Assert.Equal((0.8 + 1) / 2, quality.SMeasure, 1e-9);
    }

    [Fact]
    public void The_alignment_of_half_a_mask_is_as_by_hand()
    {
        // 4 pixels, two of the object, one of them found. Means: mask 1/4, truth 1/2.
        var frame = new FrameScorer().Score([9, -9, -9, -9], [1, 1, 0, 0]);
        static double Term(double a, double b) => Math.Pow(2 * a * b / (a * a + b * b) + 1, 2) / 4;
        var expected = (Term(0.75, 0.5) + Term(-0.25, 0.5) + 2 * Term(-0.25, -0.5)) / 4;
        Assert.Equal(expected, frame.MaskE, 1e-9);
    }

    private static (float[] Logits, byte[] Truth) Square(int from, int size, float inside)
    {
        byte[] truth = [.. Enumerable.Range(0, Side * Side).Select(i =>
            i / Side >= from && i / Side < from + size && i % Side >= from && i % Side < from + size ? (byte)1 : (byte)0)];
        return (Array.ConvertAll(truth, value => value == 1 ? inside : -inside), truth);
    }

    private static byte[] Rows(int from, int to) =>
        [.. Enumerable.Range(0, Side * Side).Select(i => i / Side >= from && i / Side < to ? (byte)1 : (byte)0)];
}
