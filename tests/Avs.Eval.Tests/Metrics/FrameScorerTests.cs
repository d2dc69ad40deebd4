using Avs.Eval.Metrics;

namespace Avs.Eval.Tests.Metrics;

public class FrameScorerTests
{
    private const int Pixels = 400;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Curves_of_the_histogram_equal_the_plain_formula(int seed)
    {
        var (logits, truth) = Frame(seed);
        var score = new FrameScorer().Score(logits, truth);
        for (var i = 0; i < FScoreThresholds.Count; i++)
        {
            var threshold = FScoreThresholds.Values[i];
            int positive = 0, both = 0, target = 0;
            for (var pixel = 0; pixel < Pixels; pixel++)
            {
                var above = 1f / (1f + MathF.Exp(-logits[pixel])) >= threshold;
                if (above) positive++;
                if (truth[pixel] == 1) target++;
                if (above && truth[pixel] == 1) both++;
            }
            double p = both / (positive + 1e-20), r = both / (target + 1e-20);
            var f = 1.3 * p * r / (0.3 * p + r);
            Assert.Equal((float)p, score.Precision![i]);
            Assert.Equal((float)r, score.Recall![i]);
            Assert.Equal((float)(double.IsNaN(f) ? 0 : f), score.F![i]);
        }
    }

    [Fact]
    public void Logits_next_to_a_threshold_fall_on_the_side_of_their_probability()
    {
        // Around every threshold the eight floats nearest to its logit, and the same around the mask's.
        var logits = new List<float>();
        foreach (var threshold in FScoreThresholds.Values)
        {
            var logit = (float)Math.Clamp(Math.Log(threshold / (1.0 - threshold)), -20, 20);
            for (var step = -4; step < 4; step++)
                logits.Add(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(logit) + step));
        }
        logits.AddRange([0f, -0f, float.Epsilon, -float.Epsilon, 1e-8f, 5.9604645e-8f, 1.1920929e-7f, 16f, 17.33f, 90f, -90f, -1000f]);
        foreach (var logit in logits)
        {
            var probability = 1f / (1f + MathF.Exp(-logit));
            var score = new FrameScorer().Score([logit], [1]);
            Assert.Equal(FScoreThresholds.Values.ToArray().Select(threshold => probability >= threshold ? 1 : 0), score.Positive);
            Assert.Equal(probability > 0.5f ? 1 : 0, score.Active);
        }
    }

    [Fact]
    public void Probabilities_never_fall_where_logits_rise()
    {
        // What comparing logits instead of probabilities rests on: every 97th float from -20 to 20.
        var last = 0f;
        for (var bits = BitConverter.SingleToInt32Bits(-20f); bits > int.MinValue + 97; bits -= 97)
            Rise(BitConverter.Int32BitsToSingle(bits));
        for (var bits = 0; bits < BitConverter.SingleToInt32Bits(20f); bits += 97)
            Rise(BitConverter.Int32BitsToSingle(bits));

        void Rise(float logit)
        {
            var probability = LogitLevels.Probability(logit);
            if (probability < last)
                Assert.Fail($"{logit:R}");
            last = probability;
        }
    }

    [Fact]
    public void Thresholds_go_from_zero_to_one_in_even_steps()
    {
        Assert.Equal(255, FScoreThresholds.Values.Length);
        Assert.Equal(0f, FScoreThresholds.Values[0]);
        Assert.Equal(1f, FScoreThresholds.Values[^1]);
        for (var i = 0; i < 255; i++) Assert.Equal(i / 254f, FScoreThresholds.Values[i], 1e-6f);
    }

    [Fact]
    public void Iou_is_intersection_over_union()
    {
        var score = new FrameScorer().Score([1, 1, -1, -1], [1, 0, 1, 0]);
        Assert.Equal(1.0 / 3, score.Iou, 1e-7);
    }

    [Fact]
    public void A_logit_of_zero_is_background() =>
        Assert.Equal(0, new FrameScorer().Score([0, 0], [1, 0]).Iou);

    [Theory]
    [InlineData(-1f, -1f, 1.0)]
    [InlineData(1f, -1f, 0.5)]
    [InlineData(1f, 1f, 0.0)]
    public void A_frame_without_target_scores_the_share_left_background(float first, float second, double expected)
    {
        var score = new FrameScorer().Score([first, second], [0, 0]);
        Assert.Equal(expected, score.Iou, 1e-6);
        Assert.Null(score.F);
    }

    [Fact]
    public void Extreme_logits_are_scored_like_any_others()
    {
        var score = new FrameScorer().Score([float.PositiveInfinity, float.NegativeInfinity, 1e30f, float.NaN], [1, 0, 1, 0]);
        Assert.Equal(1, score.Iou, 1e-6);
        Assert.All(score.F!.Skip(1), f => Assert.Equal(1f, f, 1e-6f));
    }

    [Fact]
    public void Pictures_and_masks_of_different_sizes_are_refused() =>
        Assert.Throws<ArgumentException>(() => new FrameScorer().Score([0, 0], [1]));

    // Some probabilities lie exactly on thresholds, where the histogram could be off by one.
    private static (float[] Logits, byte[] Truth) Frame(int seed)
    {
        var random = new Random(seed);
        var logits = new float[Pixels];
        var truth = new byte[Pixels];
        for (var i = 0; i < Pixels; i++)
        {
            truth[i] = (byte)random.Next(2);
            var p = i % 3 == 0 ? random.Next(1, 254) / 254.0 : random.NextDouble();
            // Runs of sure pixels, as masks have them, and others.
            logits[i] = i / 40 % 4 == 0 ? -8 + (float)random.NextDouble() : i / 40 % 4 == 1 ? 7 + (float)random.NextDouble()
                : (float)Math.Log(p / (1 - p));
        }
        return (logits, truth);
    }
}
