using Avs.Core.Libtorch;
using static TorchSharp.torch;

namespace Avs.Models.Segmentation;

/// <summary>
/// Where the standard normal numbers of the latent codes come from. Every draw is named (<c>z_prior_vs</c>, <c>z_posterior_vac_y</c>,
/// <c>js_source</c>, …),
/// so that a source may answer by name as well as in order.
/// </summary>
public interface ILatentNoise
{
    /// <summary>Draws ε ~ N(0, 1).</summary>
    /// <param name="latent">Which draw this is; see <c>LatentNames</c>.</param>
    /// <param name="shape">The wanted shape, [N, K].</param>
    /// <param name="dtype">The wanted element type.</param>
    /// <param name="device">Where the numbers are to live.</param>
    Tensor Normal(string latent, long[] shape, ScalarType dtype, Device device);
}

/// <summary>ε from one random generator, whose state belongs to the caller and can be saved with a checkpoint.</summary>
/// <param name="generator">What draws.</param>
/// <param name="part">The part of a batch that the numbers are for; null: all of it.</param>
public sealed class GeneratorNoise(Generator generator, BatchPart? part = null) : ILatentNoise
{
    /// <inheritdoc/>
    public Tensor Normal(string latent, long[] shape, ScalarType dtype, Device device) =>
        (part ?? BatchPart.Whole).Draw(shape, whole => RandomNumbers.Normal(whole, dtype, device, generator));
}

/// <summary>ε = 0: every code equals its mean, and a prediction is repeatable.</summary>
public sealed class ZeroNoise : ILatentNoise
{
    /// <inheritdoc/>
    public Tensor Normal(string latent, long[] shape, ScalarType dtype, Device device) => zeros(shape, dtype, device);
}
