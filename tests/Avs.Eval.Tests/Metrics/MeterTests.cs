using Avs.Eval.Metrics;

namespace Avs.Eval.Tests.Metrics;

public class MeterTests
{
    [Fact]
    public void Reference_mode_averages_calls_and_data_set_mode_frames()
    {
        // Five clips: a full call of four and one of one.
        double[] scores = [0.2, 0.4, 0.6, 0.8, 1.0];
        Assert.Equal((0.5 + 1.0) / 2, Iou(EvalMode.Reference, scores).Value, 1e-12);
        Assert.Equal(0.6, Iou(EvalMode.Dataset, scores).Value, 1e-12);
    }

    [Fact]
    public void Clips_and_categories_are_kept_by_name()
    {
        var result = Iou(EvalMode.Dataset, [0.2, 0.4, 0.9]);
        Assert.Equal(0.4, result.PerClip["clip1"], 1e-12);
        Assert.Equal((0.2 + 0.9) / 2, result.PerCategory["even"], 1e-12);
        Assert.Equal(0.4, result.PerCategory["odd"], 1e-12);
    }

    [Fact]
    public void The_maximum_is_taken_of_the_mean_curve_and_not_of_each_frame()
    {
        // Two frames whose best thresholds differ.
        var meter = new FScoreMeter(EvalMode.Dataset);
        meter.Add("clip", "", [WithCurve(i => i < 100 ? 1f : 0f), WithCurve(i => i < 100 ? 0f : 1f)]);
        Assert.Equal(0.5, meter.Result().Value, 1e-6);
    }

    [Fact]
    public void A_call_without_any_target_counts_as_zero_in_reference_mode_only()
    {
        FrameScore empty = new(1, null, null, null);
        foreach (var (mode, expected) in new[] { (EvalMode.Reference, 0.5), (EvalMode.Dataset, 1.0) })
        {
            var meter = new FScoreMeter(mode, clipsPerCall: 1);
            meter.Add("some", "", [WithCurve(_ => 1f), empty]);
            meter.Add("none", "", [empty]);
            Assert.Equal(expected, meter.Result().Value, 1e-6);
        }
    }

    [Fact]
    public void Nothing_added_is_not_a_number()
    {
        Assert.True(double.IsNaN(new IouMeter(EvalMode.Reference).Result().Value));
        Assert.True(double.IsNaN(new FScoreMeter(EvalMode.Dataset).Result().Value));
    }

    private static MetricResult Iou(EvalMode mode, double[] scores)
    {
        var meter = new IouMeter(mode);
        for (var i = 0; i < scores.Length; i++)
            meter.Add($"clip{i}", i % 2 == 0 ? "even" : "odd", [new FrameScore(scores[i], null, null, null)]);
        return meter.Result();
    }

    private static FrameScore WithCurve(Func<int, float> value)
    {
        float[] curve = [.. Enumerable.Range(0, FScoreThresholds.Count).Select(value)];
        return new FrameScore(1, curve, curve, curve);
    }
}
