using Avs.Core;
using Avs.Models.LatentVariables;

namespace Avs.Models.Tests.LatentVariables;

public class MultivariateNormalTests
{
    [Fact]
    public void Without_covariance_the_density_is_a_product()
    {
        var joint = new MultivariateNormal([1, -2], new double[,] { { 4, 0 }, { 0, 0.25 } });
        Assert.Equal(new Normal(1, 2).Density(2.5) * new Normal(-2, 0.5).Density(-1.7), joint.Density([2.5, -1.7]), 1e-14);
        Assert.Equal(new Normal(1, 2), joint.Marginal(0));
        Assert.Equal(0, joint.Correlation(0, 1));
    }

    [Fact]
    public void The_density_of_two_correlated_numbers_is_the_formula()
    {
        // Σ = [[2, 0.6], [0.6, 1]]: |Σ| = 1.64, Σ⁻¹ = [[1, −0.6], [−0.6, 2]]/1.64; at (1, −1) from the mean the square form is (1 + 1.2 +
        // 2)/1.64.
        var joint = new MultivariateNormal([0, 0], new double[,] { { 2, 0.6 }, { 0.6, 1 } });
        Assert.Equal(Math.Exp(-0.5 * 4.2 / 1.64) / (2 * Math.PI * Math.Sqrt(1.64)), joint.Density([1, -1]), 1e-14);
        Assert.Equal(0.6 / Math.Sqrt(2), joint.Correlation(0, 1), 1e-14);
    }

    [Fact]
    public void Samples_have_the_covariance_and_its_sign()
    {
        var joint = new MultivariateNormal([1, 2], new double[,] { { 1, -0.8 }, { -0.8, 2 } });
        var random = new NamedRandom(1, "test/normal");
        LinearGaussianTests.SameMoments(joint, () => joint.Sample(random));
    }

    [Fact]
    public void Points_of_an_ellipse_have_the_same_density()
    {
        var joint = new MultivariateNormal([1, 2], new double[,] { { 1, -0.8 }, { -0.8, 2 } });
        var expected = joint.LogDensity([1, 2]) - 0.5 * 2 * 2;
        Assert.All(joint.Ellipse(2, 12), point => Assert.Equal(expected, joint.LogDensity([point.X, point.Y]), 1e-12));
    }

    [Fact]
    public void What_is_no_covariance_is_refused()
    {
        static string Refusal(double[,] covariance) =>
            Assert.Throws<ArgumentException>(() => new MultivariateNormal([0, 0], covariance)).Message;
        Assert.Contains("not symmetric", Refusal(new double[,] { { 1, 0.5 }, { 0.4, 1 } }));
        Assert.Contains("not positive definite", Refusal(new double[,] { { 1, 2 }, { 2, 1 } }));
        Assert.Contains("expected 2 x 2", Refusal(new double[,] { { 1 } }));
    }
}
