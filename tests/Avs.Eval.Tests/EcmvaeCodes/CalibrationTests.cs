using Avs.Eval.EcmvaeCodes;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.EcmvaeCodes;

public sealed class CalibrationTests
{
    private static Tensor Truth(params int[] values) => tensor(values) > 0;

    [Fact]
    public void The_calibration_error_is_the_one_computed_by_hand()
    {
        using var scope = NewDisposeScope();
        var calibration = new Calibration();
        calibration.Add(tensor(new[] { 0.9f, 0.9f, 0.9f, 0.9f }), Truth(1, 1, 1, 0)); // 0.9 said, 0.75 true
        calibration.Add(tensor(new[] { 0.1f, 0.1f, 0.1f, 0.1f }), Truth(0, 0, 0, 0)); // 0.1 said, 0 true
        var curve = calibration.Result();
        Assert.Equal((0.15 + 0.1) / 2, curve.Error, 1e-6);
        Assert.Equal([4L, 4L], curve.Bins.Where(bin => bin.Pixels > 0).Select(bin => bin.Pixels));
        Assert.Equal(0.75, curve.Bins.Last(bin => bin.Pixels > 0).Observed, 1e-6);
    }

    [Fact]
    public void The_ends_of_the_range_belong_to_bins()
    {
        using var scope = NewDisposeScope();
        var calibration = new Calibration();
        calibration.Add(tensor(new[] { 0f, 1f }), Truth(0, 1));
        Assert.Equal(0, calibration.Result().Error, 1e-12);
        Assert.Equal(2, calibration.Result().Bins.Sum(bin => bin.Pixels));
    }

    [Fact]
    public void Frequencies_that_are_probabilities_have_little_error()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var p = rand([200_000], generator: generator);
        var calibration = new Calibration();
        calibration.Add(p, rand([200_000], generator: generator) < p);
        Assert.InRange(calibration.Result().Error, 0, 0.005);
    }

    [Fact]
    public void Doubt_that_knows_every_error_is_the_oracle()
    {
        using var scope = NewDisposeScope();
        var isWrong = arange(1000) < 100;
        var knowing = new Sparsification();
        knowing.Add(isWrong.to(ScalarType.Float32) * 0.4, isWrong);
        var curve = knowing.Result();
        Assert.Equal(0.1, curve.Errors[0], 1e-12);
        Assert.Equal(0, curve.Errors[10], 1e-12); // a tenth taken away, all of it wrong
        Assert.Equal(0, curve.AboveOracle, 1e-9);
    }

    [Fact]
    public void Doubt_that_knows_nothing_leaves_the_error_where_it_was()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var isWrong = rand([100_000], generator: generator) < 0.1;
        var blind = new Sparsification();
        blind.Add(rand([100_000], generator: generator) * 0.5, isWrong);
        var curve = blind.Result();
        Assert.All(curve.Errors.Take(80), error => Assert.InRange(error, 0.09, 0.11));
        Assert.InRange(curve.AboveOracle, 0.85, 1.0);
    }
}
