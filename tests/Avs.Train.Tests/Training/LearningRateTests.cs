using Avs.Train.Training;

namespace Avs.Train.Tests.Training;

public sealed class LearningRateTests
{
    [Fact]
    public void A_constant_rate_stays() => Assert.Equal(2e-3, new LearningRate(2e-3, new ScheduleConfig(), 100).At(99));

    [Fact]
    public void The_warm_up_rises_linearly_to_the_full_rate()
    {
        var rate = new LearningRate(1, new ScheduleConfig { WarmUpSteps = 4 }, 100);

        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Enumerable.Range(0, 5).Select(step => rate.At(step)));
    }

    [Fact]
    public void A_cosine_goes_from_the_full_rate_to_the_final_share_of_it()
    {
        var rate = new LearningRate(1, new ScheduleConfig { Name = ScheduleName.Cosine, WarmUpSteps = 10, Final = 0.02 }, 111);

        Assert.Equal(1, rate.At(10), 12);
        Assert.Equal(0.51, rate.At(60), 12);
        Assert.Equal(0.02, rate.At(110), 12);
    }

    // PyTorch 1.13's PolynomialLR of 10 steps at a rate of 2.
    [Theory]
    [InlineData(0.9, 2.0, 1.8190651521659245, 1.0717734625362931, 0.25178508235883335)]
    [InlineData(2, 2.0, 1.62, 0.5, 0.02)]
    public void A_polynomial_falls_to_nothing_one_step_after_the_last(double power, params double[] expected)
    {
        var rate = new LearningRate(2, new ScheduleConfig { Name = ScheduleName.Poly, Power = power }, 10);
        var warmed = new LearningRate(2, new ScheduleConfig { Name = ScheduleName.Poly, Power = power, WarmUpSteps = 4 }, 14);

        Assert.All(new long[] { 0, 1, 5, 9 }.Zip(expected), pair => Assert.Equal(pair.Second, rate.At(pair.First), 12));
        Assert.All(new long[] { 0, 1, 5, 9 }.Zip(expected), pair => Assert.Equal(pair.Second, warmed.At(4 + pair.First), 12));
    }

    [Fact]
    public void Steps_fall_by_the_factor()
    {
        var rate = new LearningRate(1, new ScheduleConfig { Name = ScheduleName.Step, StepSize = 10, Gamma = 0.5 }, 100);

        Assert.Equal([1, 0.5, 0.25], new long[] { 9, 10, 29 }.Select(step => rate.At(step)));
    }
}
