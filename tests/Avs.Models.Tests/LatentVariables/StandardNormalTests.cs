using Avs.Models.LatentVariables;

namespace Avs.Models.Tests.LatentVariables;

public class StandardNormalTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.8413447460685429)]
    [InlineData(1.959963984540054, 0.975)]
    [InlineData(-3, 1.3498980316300945e-3)]
    [InlineData(-2.9, 1.8658133003840378e-3)]
    [InlineData(-5, 2.866515718791939e-7)]
    [InlineData(-10, 7.61985302416053e-24)]
    public void The_cumulative_probability_is_right_to_twelve_digits(double x, double expected)
    {
        Assert.Equal(1, StandardNormal.Cumulative(x) / expected, 1e-12);
        Assert.Equal(1 - expected, StandardNormal.Cumulative(-x), 1e-14);
    }

    [Fact]
    public void The_quantile_undoes_the_cumulative_probability()
    {
        foreach (var p in (double[])[1e-12, 1e-4, 0.02, 1 / 14.0, 0.3, 0.5, 0.77, 13 / 14.0, 0.999])
            Assert.Equal(p, StandardNormal.Cumulative(StandardNormal.Quantile(p)), 1e-14);
        Assert.Equal(-1.4652338, StandardNormal.Quantile(1 / 14.0), 5e-8);
        Assert.Equal(1.4652338, StandardNormal.Quantile(13 / 14.0), 5e-8);
        Assert.Equal((double.NegativeInfinity, double.PositiveInfinity), (StandardNormal.Quantile(0), StandardNormal.Quantile(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => StandardNormal.Quantile(1.01));
    }
}
