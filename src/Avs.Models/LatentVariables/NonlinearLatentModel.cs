using Avs.Core;

// A mixture of infinitely many Gaussians whose centres lie on a curve:
//
//   z ~ N(0, 1),  x = f(z) + σ·ε ∈ R²,   Pr(x) = ∫ N(x; f(z), σ² I) N(z; 0, 1) dz
//
// The integral has no closed form for a curved f; here it is the trapezoid rule on z from −8 to 8, outside of which there is less than
// 1e-14 of the probability. The sum over the grid is itself a finite mixture of that many Gaussians.

namespace Avs.Models.LatentVariables;

/// <summary>One latent number, two observed ones, a curve between them and noise.</summary>
public sealed class NonlinearLatentModel
{
    private const double Reach = 8;

    private readonly Func<double, (double X, double Y)> curve;
    private readonly (double Weight, double X, double Y)[] centers;

    /// <summary>Creates the model.</summary>
    /// <param name="curve">f.</param>
    /// <param name="deviation">σ, above 0.</param>
    /// <param name="intervals">
    /// Of the grid over z. A curve that moves by less than σ between two points of it is integrated to many digits.
    /// </param>
    public NonlinearLatentModel(Func<double, (double X, double Y)> curve, double deviation, int intervals = 1600)
    {
        if (!(deviation > 0))
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "expected a deviation above 0");
        this.curve = curve;
        Deviation = deviation;
        var step = 2 * Reach / intervals;
        centers = [.. Integral.Grid(-Reach, Reach, intervals + 1).Select(z =>
        {
            var (x, y) = curve(z);
            return (StandardNormal.Density(z) * step, x, y);
        })];
    }

    /// <summary>σ.</summary>
    public double Deviation { get; }

    /// <summary>An S-shaped curve through the origin.</summary>
    public static NonlinearLatentModel Example { get; } = new(z => (1.2 * z, 1.5 * Math.Sin(1.6 * z) + 0.3 * z), 0.3);

    /// <summary>The same with a small network as f: one hidden layer of tanh, its weights drawn from a seed.</summary>
    /// <param name="random">Draws the weights.</param>
    /// <param name="deviation">σ.</param>
    /// <param name="hidden">Hidden units.</param>
    public static NonlinearLatentModel FromNetwork(NamedRandom random, double deviation = 0.3, int hidden = 8)
    {
        var units = Enumerable.Range(0, hidden)
            .Select(_ => (In: 1.5 * random.NextNormal(), Bias: random.NextNormal(), X: random.NextNormal(), Y: random.NextNormal()))
            .ToArray();
        return new NonlinearLatentModel(
            z =>
            {
                var active = units.Select(unit => (Value: Math.Tanh(unit.In * z + unit.Bias), unit.X, unit.Y)).ToArray();
                return (active.Sum(unit => unit.Value * unit.X), active.Sum(unit => unit.Value * unit.Y));
            },
            deviation);
    }

    /// <summary>f(z).</summary>
    public (double X, double Y) Curve(double z) => curve(z);

    /// <summary>Pr(x, y).</summary>
    public double Density(double x, double y) => centers.Sum(center => center.Weight * Kernel(x - center.X, y - center.Y));

    /// <summary>Pr(x, y | z), one of the Gaussians whose mixture Pr(x, y) is.</summary>
    public double Slice(double z, double x, double y)
    {
        var (cx, cy) = curve(z);
        return Kernel(x - cx, y - cy);
    }

    /// <summary>A heat map of Pr: [rows, columns], a row for each y.</summary>
    public double[,] HeatMap(IReadOnlyList<double> xs, IReadOnlyList<double> ys)
    {
        var map = new double[ys.Count, xs.Count];
        // exp(−(dx² + dy²)/2σ²) is a product, so a map of R x C points takes (R + C) exponentials a center, not R·C.
        var (ofX, ofY) = (new double[xs.Count], new double[ys.Count]);
        foreach (var (weight, cx, cy) in centers)
        {
            for (var j = 0; j < xs.Count; j++)
                ofX[j] = new Normal(cx, Deviation).Density(xs[j]);
            for (var i = 0; i < ys.Count; i++)
                ofY[i] = weight * new Normal(cy, Deviation).Density(ys[i]);
            for (var i = 0; i < ys.Count; i++)
                for (var j = 0; j < xs.Count; j++)
                    map[i, j] += ofY[i] * ofX[j];
        }
        return map;
    }

    /// <summary>Draws z*, then x* given z*.</summary>
    public (double Latent, double X, double Y) Sample(NamedRandom random)
    {
        var z = random.NextNormal();
        var (x, y) = curve(z);
        return (z, x + Deviation * random.NextNormal(), y + Deviation * random.NextNormal());
    }

    private double Kernel(double dx, double dy) => new Normal(0, Deviation).Density(dx) * new Normal(0, Deviation).Density(dy);
}
