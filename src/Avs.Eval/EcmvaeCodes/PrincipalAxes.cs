using Avs.Eval.Autoencoding;
using static TorchSharp.torch;

namespace Avs.Eval.EcmvaeCodes;

/// <summary>The directions in which points vary the most (K. Pearson, 1901): eigenvectors of their covariance, the largest first.</summary>
/// <param name="Mean">[K].</param>
/// <param name="Directions">
/// [K,K], one a column; the largest number of each is positive, so that a picture does not depend on the machine.
/// </param>
/// <param name="Shares">Of the variance, falling; all 0 where nothing varies.</param>
public sealed record PrincipalAxes(Tensor Mean, Tensor Directions, IReadOnlyList<double> Shares)
{
    /// <param name="points">[N,K].</param>
    public static PrincipalAxes Fit(Tensor points)
    {
        using var scope = NewDisposeScope();
        var rows = points.to(ScalarType.Float64, CPU);
        var mean = rows.mean([0]);
        var centred = rows - mean;
        var (values, vectors) = linalg.eigh(centred.t().matmul(centred) / (double)rows.shape[0]); // ascending
        var directions = vectors.flip(1);
        var largest = directions.gather(0, directions.abs().argmax(0, keepdim: true)); // [1,K]
        directions = where(largest < 0, -directions, directions);
        var variances = ImageBatches.Numbers(values.flip(0).clamp(min: 0));
        var all = variances.Sum();
        return new PrincipalAxes(
            mean.MoveToOuterDisposeScope(), directions.MoveToOuterDisposeScope(),
            [.. variances.Select(variance => all > 0 ? variance / all : 0)]);
    }

    /// <summary>Points in the plane of the first directions, float64 [N,dimensions].</summary>
    public Tensor Project(Tensor points, int dimensions = 2)
    {
        using var scope = NewDisposeScope();
        var rows = points.to(ScalarType.Float64, CPU) - Mean;
        var projected = rows.matmul(Directions.narrow(1, 0, Math.Min(dimensions, Directions.shape[1])));
        return projected.shape[1] == dimensions
            ? projected.MoveToOuterDisposeScope()
            : cat([projected, zeros(rows.shape[0], dimensions - projected.shape[1], ScalarType.Float64)], 1).MoveToOuterDisposeScope();
    }
}
