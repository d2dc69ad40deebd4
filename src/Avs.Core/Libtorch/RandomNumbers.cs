using static TorchSharp.torch;

namespace Avs.Core.Libtorch;

/// <summary>
/// Random numbers that do not depend on where they are used. They are drawn in the CPU's memory and moved, because TorchSharp 0.107 makes a
/// generator of the CPU whatever device it is asked for (THSGenerator_new), and libtorch refuses to draw from it on another. For bfloat16,
/// of which there are 256 different numbers to a draw, they are drawn in float32, so that training under autocast sees the numbers of
/// training without.
/// </summary>
public static class RandomNumbers
{
    /// <summary>Draws from N(0, 1).</summary>
    /// <param name="dtype">The type of the result.</param>
    /// <param name="device">Where the result is to live.</param>
    /// <param name="generator">What draws; null: torch's default.</param>
    public static Tensor Normal(long[] shape, ScalarType dtype, Device device, Generator? generator)
    {
        using var scope = NewDisposeScope();
        return randn(shape, DrawnIn(dtype), CPU, generator: generator).to(dtype, device).MoveToOuterDisposeScope();
    }

    /// <summary>Draws from [0, 1), in float32 where the type is bfloat16.</summary>
    /// <param name="dtype">The type of what the numbers are for.</param>
    /// <param name="device">Where the result is to live.</param>
    /// <param name="generator">What draws; null: torch's default.</param>
    public static Tensor Uniform(long[] shape, ScalarType dtype, Device device, Generator? generator)
    {
        using var scope = NewDisposeScope();
        return rand(shape, DrawnIn(dtype), CPU, generator: generator).to(device).MoveToOuterDisposeScope();
    }

    private static ScalarType DrawnIn(ScalarType wanted) => wanted == ScalarType.BFloat16 ? ScalarType.Float32 : wanted;
}
