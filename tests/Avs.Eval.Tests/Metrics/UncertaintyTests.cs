using Avs.Eval.Metrics;

namespace Avs.Eval.Tests.Metrics;

public class UncertaintyTests
{
    private static double Compute(params double[] probabilities)
    {
        float[] logits = [.. probabilities.Select(p => p is 0 or 1 ? (p == 0 ? -50f : 50f) : (float)Math.Log(p / (1 - p)))];
        return Uncertainty.Compute([new FrameScorer().Score(logits, new byte[logits.Length])]);
    }

    // Entropies by hand: 1 bit at one half, 0.8113 bits at one quarter.
    [Theory]
    [InlineData(new[] { 0.5, 0.5, 0.0, 1.0 }, 0.5)]
    [InlineData(new[] { 0.25, 0.75 }, 0.8113)]
    [InlineData(new[] { 0.0, 1.0 }, 0.0)]
    public void A_pixels_entropy_is_averaged(double[] probabilities, double bits) => Assert.Equal(bits, Compute(probabilities), 0.005);

    [Fact]
    public void No_frame_has_no_uncertainty() => Assert.True(double.IsNaN(Uncertainty.Compute([])));
}
