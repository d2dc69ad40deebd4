using System.Xml.Linq;
using Avs.Core;
using Avs.Eval.LatentVariables;
using Avs.Models.LatentVariables;
using OpenCvSharp;

namespace Avs.Eval.Tests.LatentVariables;

public sealed class LatentVariableFigureTests
{
    public static TheoryData<string> Names => [.. LatentVariableFigures.All.Select(figure => figure.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_has_a_picture_and_numbers(string name)
    {
        var report = LatentVariableFigures.All.Single(figure => figure.Name == name).Draw(1);

        var figure = Assert.Single(report.Figures);
        using var png = Cv2.ImDecode(figure.Png, ImreadModes.Color);
        Assert.InRange(png.Cols, 800, 3000);
        Assert.Equal("svg", XDocument.Parse(figure.Svg!).Root!.Name.LocalName);
        Assert.NotEmpty(report.Tables);
    }

    [Fact]
    public void The_mixture_prints_the_densities_of_another_program()
    {
        var table = MixtureFigure.Draw(1).Tables.Single(table => table.Title == "density").Table;

        Assert.Equal(["0.2792596", "0.0593902", "0.1627233", "0.0498678"], table.Rows.Select(row => row[^1])); // vae_fixtures.md
    }

    [Fact]
    public void Samples_lie_in_the_cells_of_a_map_as_often_as_the_integral_says()
    {
        var box = new CoordinateBox(-5, 5, -5, 5);
        var comparison = MapComparison.Create(NonlinearLatentModel.Example, box, 30, 50_000, new NamedRandom(7, "test"));

        Assert.Equal(1, comparison.Probability, 1e-3);
        Assert.InRange(comparison.Distance, 0.7 * comparison.Expected, 1.3 * comparison.Expected);
    }

    [Fact]
    public void Moments_of_ancestral_samples_are_those_of_the_closed_form()
    {
        var chain = LinearGaussianChain.Example;
        var random = new NamedRandom(3, "test");
        var drawn = Enumerable.Range(0, 50_000).Select(_ => chain.Sample(random)).ToArray();

        var moments = AncestralFigure.Compare(chain.Joint(), drawn);

        Assert.Equal(9, moments.Count);
        Assert.All(moments, moment => Assert.InRange(moment.Deviations, -4, 4));
        // E[z] = −0.7·(1.5·1 − 0.5) + 2; Var[y] = 1.5²·0.8² + 0.6²
        Assert.Equal(1.3, moments.Single(moment => moment.Name == "E[z]").Exact, 1e-12);
        Assert.Equal(1.8, moments.Single(moment => moment.Name == "Var[y]").Exact, 1e-12);
    }

    [Fact]
    public void Without_covariance_a_density_is_the_product_of_two()
    {
        MultivariateNormal Pair(double covariance) => new([0, 0], new[,] { { 2.25, covariance }, { covariance, 0.25 } });

        Assert.Equal(0, NormalFigure.LargestDifferenceFromProduct(Pair(0)), 1e-15);
        Assert.True(NormalFigure.LargestDifferenceFromProduct(Pair(0.5)) > 0.05);
    }
}
