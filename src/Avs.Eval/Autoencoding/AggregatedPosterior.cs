using static TorchSharp.torch;

// The aggregated posterior q(z) = 1/N Σ q(z | xₙ): where the codes of all images lie together (A. Makhzani et al., 2015). Its moments are
//
//   m = mean of μₙ,   S = covariance of μₙ + diag(mean of σₙ²)
//
// A plain code is a q without spread, σ = 0.

namespace Avs.Eval.Autoencoding;

/// <summary>Mean and variance of the aggregated posterior.</summary>
/// <param name="Means">m, of each dimension.</param>
/// <param name="Variances">The diagonal of S.</param>
/// <param name="DistanceFromPrior">The Fréchet distance of N(m, S) and N(0, I): 0 where they are the same.</param>
public sealed record AggregatedPosterior(IReadOnlyList<double> Means, IReadOnlyList<double> Variances, double DistanceFromPrior)
{
    /// <summary>Of the posteriors of at least 2 images.</summary>
    /// <param name="means">μ [N,K].</param>
    /// <param name="logVariances">log σ² [N,K]; null of plain codes.</param>
    public static AggregatedPosterior Compute(Tensor means, Tensor? logVariances)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var (mean, covariance) = FrechetDistance.Moments(means);
        if (logVariances is not null)
            covariance = covariance + logVariances.detach().to(ScalarType.Float64, CPU).exp().mean([0]).diag();
        var distance = FrechetDistance.Between(
            mean, covariance, zeros_like(mean), eye(mean.shape[0], dtype: ScalarType.Float64));
        return new AggregatedPosterior(ImageBatches.Numbers(mean), ImageBatches.Numbers(covariance.diagonal()), distance);
    }
}
