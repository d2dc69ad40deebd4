using Avs.Core;

// The latent-variable model whose evidence and posterior are known exactly, so that a bound can be held against them (probabilistic PCA
// with one latent number: M. Tipping, C. Bishop, 1999):
//
//   z ~ N(0, 1),  x = w·z + b + σ·ε          Pr(x) = N(x; b, w wᵀ + σ² I)
//   Pr(z | x) = N(m, v),  1/v = 1 + wᵀw/σ²,  m = v·wᵀ(x − b)/σ²
//
//   ELBO(q) = E_q[log Pr(x | z)] − KL(q ‖ N(0, 1)) = log Pr(x) − KL(q ‖ Pr(z | x)),   q = N(z; m_q, s_q²)
//   E_q[log Pr(x | z)] = −½[(‖x − w m_q − b‖² + wᵀw s_q²)/σ² + k log 2πσ²]

namespace Avs.Models.LatentVariables;

/// <summary>One latent number, k observed ones, a line between them and noise.</summary>
/// <param name="Direction">w [k].</param>
/// <param name="Offset">b [k].</param>
/// <param name="Deviation">σ, above 0.</param>
public sealed record LinearGaussianModel(IReadOnlyList<double> Direction, IReadOnlyList<double> Offset, double Deviation)
{
    /// <summary>Draws z, then x given z.</summary>
    public (double Latent, double[] Observed) Sample(NamedRandom random)
    {
        var z = random.NextNormal();
        return (z, [.. Direction.Zip(Offset, (w, b) => w * z + b + Deviation * random.NextNormal())]);
    }

    /// <summary>Pr(x), z integrated out.</summary>
    public MultivariateNormal Marginal()
    {
        var k = Direction.Count;
        var covariance = new double[k, k];
        for (var i = 0; i < k; i++)
            for (var j = 0; j < k; j++)
                covariance[i, j] = Direction[i] * Direction[j] + (i == j ? Deviation * Deviation : 0);
        return new MultivariateNormal(Offset, covariance);
    }

    /// <summary>log Pr(x).</summary>
    public double LogEvidence(IReadOnlyList<double> x) => Marginal().LogDensity(x);

    /// <summary>Pr(z | x), the q that makes the bound tight.</summary>
    public Normal Posterior(IReadOnlyList<double> x)
    {
        var precision = Deviation * Deviation;
        var variance = 1 / (1 + Direction.Sum(w => w * w) / precision);
        return new Normal(variance * Direction.Select((w, i) => w * (x[i] - Offset[i])).Sum() / precision, Math.Sqrt(variance));
    }

    /// <summary>The evidence lower bound of log Pr(x) by a normal q, in nats.</summary>
    public double Elbo(IReadOnlyList<double> x, Normal q) => ExpectedLogLikelihood(x, q) - q.KlTo(new Normal(0, 1));

    /// <summary>E_q[log Pr(x | z)].</summary>
    public double ExpectedLogLikelihood(IReadOnlyList<double> x, Normal q)
    {
        var variance = Deviation * Deviation;
        var squares = Direction.Select((w, i) => Square(x[i] - w * q.Mean - Offset[i]) + Square(w * q.Deviation)).Sum();
        return -0.5 * (squares / variance + x.Count * (StandardNormal.LogTwoPi + Math.Log(variance)));
    }

    private static double Square(double x) => x * x;
}

/// <summary>A bound as it runs over one parameter.</summary>
/// <param name="Name">What is held fixed.</param>
/// <param name="Values">The bound at each parameter, nats.</param>
public sealed record BoundCurve(string Name, IReadOnlyList<double> Values);

/// <summary>The two pictures of how tight the bound is, for the model x = φ·z + b + σ·ε of one observed number.</summary>
/// <param name="Parameter">Where the curves were computed.</param>
/// <param name="LogEvidence">log Pr(x) there: the curve that no bound exceeds; a level where only q varies.</param>
/// <param name="Bounds">ELBO curves.</param>
public sealed record ElboCurves(IReadOnlyList<double> Parameter, IReadOnlyList<double> LogEvidence, IReadOnlyList<BoundCurve> Bounds)
{
    /// <summary>
    /// log Pr(x | φ) over φ, and below it the bound of each q, held fixed: the exact posterior at a φ. So each touches the evidence there
    /// and nowhere else but where the posterior is the same.
    /// </summary>
    /// <param name="x">The observed number.</param>
    /// <param name="offset">b.</param>
    /// <param name="deviation">σ.</param>
    /// <param name="touching">The φ whose posteriors are taken.</param>
    /// <param name="slopes">The φ of the curves.</param>
    public static ElboCurves OverModel(
        double x, double offset, double deviation, IReadOnlyList<double> touching, IReadOnlyList<double> slopes)
    {
        LinearGaussianModel Model(double slope) => new([slope], [offset], deviation);
        return new ElboCurves(
            slopes,
            [.. slopes.Select(slope => Model(slope).LogEvidence([x]))],
            [.. touching.Select(at => new BoundCurve(
                FormattableString.Invariant($"q of φ = {at:0.##}"),
                [.. slopes.Select(slope => Model(slope).Elbo([x], Model(at).Posterior([x])))]))]);
    }

    /// <summary>
    /// With φ held fixed the evidence is a level; the bounds run over the mean of q, each with its deviation, and only the posterior's
    /// reaches it.
    /// </summary>
    /// <param name="x">The observed number.</param>
    /// <param name="means">The means of q.</param>
    /// <param name="factors">Deviations of q, as multiples of the posterior's.</param>
    public static ElboCurves OverPosterior(double x, LinearGaussianModel model, IReadOnlyList<double> means, IReadOnlyList<double> factors)
    {
        var posterior = model.Posterior([x]);
        return new ElboCurves(
            means,
            [.. means.Select(_ => model.LogEvidence([x]))],
            [.. factors.Select(factor => new BoundCurve(
                FormattableString.Invariant($"deviation {factor:0.##} of the posterior's"),
                [.. means.Select(mean => model.Elbo([x], new Normal(mean, factor * posterior.Deviation)))]))]);
    }
}
