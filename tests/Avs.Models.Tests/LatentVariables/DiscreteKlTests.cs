using Avs.Models.LatentVariables;

namespace Avs.Models.Tests.LatentVariables;

public class DiscreteKlTests
{
    [Fact]
    public void The_divergence_is_the_sum_by_hand() =>
        Assert.Equal(0.5 * Math.Log(0.5 / 0.25) + 0.5 * Math.Log(0.5 / 0.75), DiscreteKl.Compute([0.5, 0.5], [0.25, 0.75]), 1e-15);

    [Fact]
    public void Zero_means_equal_and_an_outcome_that_only_p_has_is_infinite()
    {
        Assert.Equal(0, DiscreteKl.Compute([0.2, 0.8], [0.2, 0.8]));
        Assert.Equal(double.PositiveInfinity, DiscreteKl.Compute([0.5, 0.5], [1, 0]));
        Assert.Equal(Math.Log(2), DiscreteKl.Compute([1, 0], [0.5, 0.5]), 1e-15);
    }

    [Fact]
    public void The_table_shows_what_the_divergence_is_like()
    {
        Assert.All(DiscreteKl.Table, row => Assert.True(row.KlOfPToQ >= 0 && row.KlOfQToP >= 0));
        Assert.All(DiscreteKl.Table, row => Assert.Equal(row.P.SequenceEqual(row.Q), row.KlOfPToQ == 0));
        Assert.Contains(DiscreteKl.Table, row => row.KlOfPToQ > 1.2 * row.KlOfQToP || row.KlOfQToP > 1.2 * row.KlOfPToQ);
        Assert.Contains(DiscreteKl.Table, row => double.IsPositiveInfinity(row.KlOfPToQ) && double.IsFinite(row.KlOfQToP));
    }

    [Fact]
    public void What_is_no_distribution_is_refused()
    {
        Assert.Contains("p is [0.5, 0.4]", Assert.Throws<ArgumentException>(() => DiscreteKl.Compute([0.5, 0.4], [0.5, 0.5])).Message);
        Assert.Contains("2 outcomes", Assert.Throws<ArgumentException>(() => DiscreteKl.Compute([0.5, 0.5], [1])).Message);
    }
}
