using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models;

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
/// <param name="generator">The generator.</param>
public sealed class GeneratorNoise(Generator generator) : ILatentNoise
{
    /// <inheritdoc/>
    public Tensor Normal(string latent, long[] shape, ScalarType dtype, Device device)
    {
        using var drawn = randn(shape, Draws.TypeFor(dtype), generator: generator);
        return drawn.to(dtype, device);
    }
}

/// <summary>
/// What random numbers are drawn in. And where: in the CPU's memory, because TorchSharp 0.107 makes a generator of the CPU whatever device
/// it is asked for (THSGenerator_new), and libtorch refuses to draw from it on another. So the numbers do not depend on the device.
/// </summary>
internal static class Draws
{
    /// <summary>
    /// Of bfloat16, float32: there are 256 different bfloat16 numbers to a draw, and training under autocast sees the numbers that float32
    /// training sees.
    /// </summary>
    /// <param name="wanted">The type of the result.</param>
    public static ScalarType TypeFor(ScalarType wanted) => wanted == ScalarType.BFloat16 ? ScalarType.Float32 : wanted;
}

/// <summary>ε = 0: every code equals its mean, and a prediction is repeatable.</summary>
public sealed class ZeroNoise : ILatentNoise
{
    /// <inheritdoc/>
    public Tensor Normal(string latent, long[] shape, ScalarType dtype, Device device) => zeros(shape, dtype, device);
}
