using Avs.Eval.Metrics;

namespace Avs.Eval.Tests.Metrics;

public class RobustnessTests
{
    [Fact]
    public void A_model_that_is_deaf_at_86_2_has_the_printed_g_miou() =>
        Assert.Equal(23.79, Math.Round(100 * Robustness.G(0.862, 0.862), 2));

    [Theory]
    [InlineData(1, 0, 1)] // right with its sound, nothing without
    [InlineData(1, 1, 0)] // the same with any sound
    [InlineData(0, 0, 0)]
    [InlineData(0.5, 0, 2.0 / 3)]
    public void G_is_the_harmonic_mean_of_the_own_score_and_what_the_negative_leaves(double own, double negative, double expected) =>
        Assert.Equal(expected, Robustness.G(own, negative), 1e-12);

    [Fact]
    public void The_areas_are_those_of_trapezoids()
    {
        // Half the frames active in no pixel, half in all: the share is 1/2 up to 0.95 and rises to 1 at the end.
        Assert.Equal(0.5 * 0.95 + 0.75 * 0.05, Robustness.AucNegative([0, 1]), 1e-12);
        // Half the IoUs 0, half 1: all reach 0, half the rest.
        Assert.Equal(0.75 * 0.05 + 0.5 * 0.95, Robustness.AucPositive([0, 1]), 1e-12);
        Assert.Equal(1, Robustness.AucPositive([1]), 1e-12);
        Assert.Equal(1, Robustness.AucNegative([0]), 1e-12);
    }

    [Fact]
    public void Nothing_found_where_nothing_is_is_right_for_localisation()
    {
        var scorer = new FrameScorer();
        Assert.Equal(1, Robustness.LocalisationIou(scorer.Score([-1, -1], [0, 0])));
        Assert.Equal(0, Robustness.LocalisationIou(scorer.Score([1, -1], [0, 0])));
        Assert.Equal(0.5, Robustness.LocalisationIou(scorer.Score([1, 1], [1, 0])));
    }
}
