using Avs.Core;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

// A mixture of Gaussians with full covariances, fitted by EM to the codes of the training images: an "ex-post density" (P. Ghosh et al.,
// ICLR 2020).
//
//   E   r_cn = π_c N(z_n; μ_c, Σ_c) / Σ_c' π_c' N(z_n; μ_c', Σ_c')
//   M   π_c, μ_c, Σ_c = the moments of the codes weighted by r, with ε on the diagonal of Σ (scikit-learn's reg_covar, 1e-6)
//
// In float64 and on the CPU; begins at the centers of k-means, and those at codes that are drawn far from each other (k-means++).

namespace Avs.Models.Vae.Sampling;

/// <summary>Codes of a mixture of Gaussians fitted to the codes of images.</summary>
public sealed class GaussianMixtureSampler : ILatentSampler
{
    private const double Ridge = 1e-6;

    private readonly double[] weights;
    private readonly double[,] means;
    private readonly double[,,] factors; // L of Σ = L Lᵀ

    private GaussianMixtureSampler(Tensor weights, Tensor means, Tensor factors, IReadOnlyList<double> trace)
    {
        this.weights = weights.data<double>().ToArray();
        var (components, k) = (means.shape[0], means.shape[1]);
        (this.means, this.factors) = (new double[components, k], new double[components, k, k]);
        Buffer.BlockCopy(means.contiguous().data<double>().ToArray(), 0, this.means, 0, this.means.Length * sizeof(double));
        Buffer.BlockCopy(factors.contiguous().data<double>().ToArray(), 0, this.factors, 0, this.factors.Length * sizeof(double));
        LogLikelihood = trace;
    }

    /// <summary>π [C].</summary>
    public IReadOnlyList<double> Weights => weights;

    /// <summary>μ [C,K].</summary>
    public double[,] Means => means;

    /// <summary>The mean log-likelihood of a code before each step of EM, nats.</summary>
    public IReadOnlyList<double> LogLikelihood { get; }

    /// <summary>Fits the mixture.</summary>
    /// <param name="codes">[N,K]; at least as many as components.</param>
    /// <param name="random">Draws the first centers.</param>
    /// <param name="components">C.</param>
    /// <param name="steps">The most steps of EM.</param>
    /// <param name="tolerance">EM ends where a step gains less, nats a code.</param>
    /// <exception cref="ArgumentException">There are fewer codes than components, or one is not finite.</exception>
    public static GaussianMixtureSampler Fit(
        Tensor codes, NamedRandom random, int components = 10, int steps = 200, double tolerance = 1e-5)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var z = codes.detach().to(ScalarType.Float64, CPU);
        if (z.shape[0] < components)
            throw new ArgumentException(
                $"a mixture of {components} components needs at least as many codes, found {z.shape[0]}", nameof(codes));
        if (!z.isfinite().all().item<bool>())
            throw new ArgumentException("a code to fit a mixture to is not finite", nameof(codes));

        var responsibilities = NearestCenters(z, Centers(z, components, random)); // [C,N]
        var trace = new List<double>();
        Tensor pi, mu, factor;
        while (true)
        {
            using var step = NewDisposeScope();
            (pi, mu, factor) = Maximise(z, responsibilities);
            var joint = JointLogDensity(z, pi, mu, factor); // [C,N]
            var logDensity = joint.logsumexp(0);
            trace.Add(logDensity.mean().item<double>());
            var converged = trace.Count > steps || (trace.Count > 1 && trace[^1] - trace[^2] < tolerance);
            var next = (joint - logDensity).exp().MoveToOuterDisposeScope();
            responsibilities.Dispose();
            responsibilities = next;
            if (converged)
                return new GaussianMixtureSampler(pi, mu, factor, trace);
        }
    }

    /// <inheritdoc/>
    public Tensor Sample(int count, Generator generator)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var component = multinomial(tensor(weights), count, replacement: true, generator: generator); // [n]
        var noise = randn([count, means.GetLength(1), 1], ScalarType.Float64, generator: generator);
        var offset = tensor(factors).index_select(0, component).matmul(noise).squeeze(-1); // L ε, [n,K]
        return (tensor(means).index_select(0, component) + offset).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>log of the mixture's density at codes [N,K], float64 [N].</summary>
    public Tensor LogDensity(Tensor codes)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var z = codes.detach().to(ScalarType.Float64, CPU);
        return JointLogDensity(z, tensor(weights), tensor(means), tensor(factors)).logsumexp(0).MoveToOuterDisposeScope();
    }

    private static (Tensor Weights, Tensor Means, Tensor Factors) Maximise(Tensor z, Tensor responsibilities)
    {
        // A component without codes is left at the origin with next to no weight.
        var count = responsibilities.sum(-1) + 1e-10; // [C]
        var mu = responsibilities.matmul(z) / count.unsqueeze(1); // [C,K]
        var factors = new List<Tensor>();
        for (var c = 0; c < count.shape[0]; c++)
        {
            using var scope = NewDisposeScope();
            var centered = z - mu[c]; // [N,K]
            var covariance = (centered * responsibilities[c].unsqueeze(1)).t().matmul(centered) / count[c];
            factors.Add(linalg.cholesky(covariance + eye(z.shape[1], dtype: ScalarType.Float64) * Ridge).MoveToOuterDisposeScope());
        }
        return (count / count.sum(), mu, stack(factors));
    }

    // log π_c + log N(z; μ_c, Σ_c), [C,N].
    private static Tensor JointLogDensity(Tensor z, Tensor weights, Tensor means, Tensor factors)
    {
        var each = new List<Tensor>();
        for (var c = 0; c < weights.shape[0]; c++)
        {
            using var scope = NewDisposeScope();
            var white = linalg.solve_triangular(factors[c], (z - means[c]).t(), upper: false); // L⁻¹(z − μ), [K,N]
            var logDeterminant = factors[c].diagonal().log().sum() * 2;
            var logDensity = (white.square().sum([0]) + logDeterminant + z.shape[1] * DiagonalGaussian.LogTwoPi) * -0.5;
            each.Add((logDensity + weights[c].log()).MoveToOuterDisposeScope());
        }
        return stack(each);
    }

    private static Tensor Centers(Tensor z, int count, NamedRandom random)
    {
        var chosen = new List<Tensor> { z[random.NextInt((int)z.shape[0])] };
        var nearest = (z - chosen[0]).square().sum(-1); // of each code to a center, [N]
        while (chosen.Count < count)
        {
            using var step = NewDisposeScope();
            var distances = nearest.data<double>().ToArray();
            var left = random.NextDouble() * distances.Sum();
            var next = Array.FindIndex(distances, distance => distance > 0 && (left -= distance) < 0);
            chosen.Add(z[next >= 0 ? next : random.NextInt(distances.Length)].MoveToOuterDisposeScope());
            nearest = minimum(nearest, (z - chosen[^1]).square().sum(-1)).MoveToOuterDisposeScope();
        }
        var centers = stack(chosen);
        for (var i = 0; i < 30; i++)
        {
            using var step = NewDisposeScope();
            var members = NearestCenters(z, centers);
            var sizes = members.sum(-1, keepdim: true); // [C,1]
            var moved = where(sizes > 0, members.matmul(z) / sizes.clamp(min: 1), centers);
            var still = (moved - centers).abs().max().item<double>() == 0;
            centers = moved.MoveToOuterDisposeScope();
            if (still)
                break;
        }
        return centers;
    }

    // 1 where a center is a code's nearest, else 0: [C,N].
    private static Tensor NearestCenters(Tensor z, Tensor centers)
    {
        var distance = centers.square().sum(-1, keepdim: true) - centers.matmul(z.t()) * 2; // ‖c − z‖² without ‖z‖², [C,N]
        return distance.argmin(0).unsqueeze(0).eq(arange(centers.shape[0]).unsqueeze(1)).to(ScalarType.Float64);
    }
}
