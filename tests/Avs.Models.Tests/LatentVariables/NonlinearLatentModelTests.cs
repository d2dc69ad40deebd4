using Avs.Core;
using Avs.Models.LatentVariables;

namespace Avs.Models.Tests.LatentVariables;

public class NonlinearLatentModelTests
{
    [Fact]
    public void On_a_straight_line_the_density_is_the_closed_form()
    {
        var model = new NonlinearLatentModel(z => (1.2 * z + 0.1, -0.5 * z + 0.4), 0.6);
        var exact = new LinearGaussianModel([1.2, -0.5], [0.1, 0.4], 0.6).Marginal();
        foreach (var (x, y) in ((double, double)[])[(0, 0), (1.3, -0.4), (-2, 2)])
            Assert.Equal(1, model.Density(x, y) / exact.Density([x, y]), 1e-10);
    }

    public static TheoryData<string> Models() => ["curve", "network"];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_heat_map_is_the_density_and_holds_all_of_it(string name)
    {
        var model = Create(name);
        var (xs, ys) = (Integral.Grid(-14, 14, 141), Integral.Grid(-14, 14, 141));
        var map = model.HeatMap(xs, ys);
        Assert.Equal(model.Density(xs[64], ys[73]), map[73, 64], 1e-12);
        Assert.Equal(1, map.Cast<double>().Sum() * 0.2 * 0.2, 2e-3);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Samples_fall_where_the_density_is(string name)
    {
        const int Count = 20_000;
        var model = Create(name);
        var random = new NamedRandom(1, "test/nonlinear");
        var samples = Enumerable.Range(0, Count).Select(_ => model.Sample(random)).ToArray();
        foreach (var (left, bottom) in ((double, double)[])[(-1, -1), (0, 0), (0, 1), (-2, -2)])
        {
            const int Cells = 20;
            var centers = Enumerable.Range(0, Cells).Select(i => (i + 0.5) / Cells).ToArray();
            var expected = model.HeatMap([.. centers.Select(c => left + c)], [.. centers.Select(c => bottom + c)]).Cast<double>().Average();
            var share = samples.Count(s => s.X >= left && s.X < left + 1 && s.Y >= bottom && s.Y < bottom + 1) / (double)Count;
            Assert.Equal(expected, share, 4 * Math.Sqrt(expected / Count) + 1e-3);
        }
    }

    [Fact]
    public void A_slice_is_a_normal_distribution_around_the_curve()
    {
        var model = NonlinearLatentModel.Example;
        var (x, y) = model.Curve(0.7);
        Assert.Equal(1 / (2 * Math.PI * 0.09), model.Slice(0.7, x, y), 1e-12);
        Assert.Equal(model.Slice(0.7, x, y) * Math.Exp(-0.5), model.Slice(0.7, x + 0.3, y), 1e-12);
    }

    private static NonlinearLatentModel Create(string name) =>
        name == "curve" ? NonlinearLatentModel.Example : NonlinearLatentModel.FromNetwork(new NamedRandom(5, "test/weights"));
}
