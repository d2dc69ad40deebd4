using static TorchSharp.torch;

// The Fréchet (2-Wasserstein) distance, squared, of two normal distributions (D. Dowson, B. Landau, 1982):
//
//   d² = ‖m₁ − m₂‖² + tr(S₁ + S₂ − 2 (S₁S₂)^½),   tr (S₁S₂)^½ = Σ √λᵢ(S₁^½ S₂ S₁^½)
//
// Of features of real and generated images it is how far apart the two lie (M. Heusel et al., NeurIPS 2017, with the features of another
// network). In float64, the covariances divided by N − 1.

namespace Avs.Eval.Autoencoding;

/// <summary>The Fréchet distance of normal distributions.</summary>
public static class FrechetDistance
{
    /// <summary>d² of the normal distributions that have the samples' moments.</summary>
    /// <param name="first">[N,K], N at least 2.</param>
    /// <param name="second">[M,K], M at least 2.</param>
    public static double BetweenSamples(Tensor first, Tensor second)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var (m1, s1) = Moments(first);
        var (m2, s2) = Moments(second);
        return Between(m1, s1, m2, s2);
    }

    /// <summary>d² of two normal distributions.</summary>
    /// <param name="firstMean">m₁ [K].</param>
    /// <param name="firstCovariance">S₁ [K,K].</param>
    public static double Between(Tensor firstMean, Tensor firstCovariance, Tensor secondMean, Tensor secondCovariance)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        Tensor Double(Tensor value) => value.detach().to(ScalarType.Float64, CPU);
        var (m1, s1, m2, s2) = (Double(firstMean), Double(firstCovariance), Double(secondMean), Double(secondCovariance));
        var (values, vectors) = linalg.eigh(s1);
        var root = (vectors * values.clamp(min: 0).sqrt()).matmul(vectors.t()); // S₁^½
        var product = root.matmul(s2).matmul(root);
        var cross = linalg.eigvalsh((product + product.t()) * 0.5).clamp(min: 0).sqrt().sum();
        var distance = (m1 - m2).square().sum() + s1.trace() + s2.trace() - cross * 2;
        return Math.Max(0, distance.item<double>()); // what is rounded off may be below 0
    }

    /// <summary>Mean [K] and covariance [K,K] of rows [N,K], float64.</summary>
    internal static (Tensor Mean, Tensor Covariance) Moments(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var x = rows.detach().to(ScalarType.Float64, CPU);
        if (x.shape[0] < 2)
            throw new ArgumentException($"a covariance needs at least 2 rows, found {x.shape[0]}", nameof(rows));
        var mean = x.mean([0]);
        var centered = x - mean;
        var covariance = centered.t().matmul(centered) / (x.shape[0] - 1);
        return (mean.MoveToOuterDisposeScope(), covariance.MoveToOuterDisposeScope());
    }
}
