using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Vae.Distributions;

/// <summary>A normal distribution with a diagonal covariance for each row. A log-σ head is the same with s = 2 log σ.</summary>
/// <param name="Mean">μ [...,N,K].</param>
/// <param name="LogVariance">s = log σ² [...,N,K].</param>
public sealed record DiagonalGaussian(Tensor Mean, Tensor LogVariance)
{
    internal const double LogTwoPi = 1.8378770664093453;

    /// <summary>z = μ + σ·ε (D. Kingma, M. Welling, 2014), [L,...,N,K]; gradients reach μ and σ.</summary>
    /// <param name="generator">Draws ε.</param>
    /// <param name="samples">L.</param>
    public Tensor Sample(Generator generator, int samples = 1)
    {
        using var scope = NewDisposeScope();
        return At(StandardNormalNoise.Draw(generator, [samples, .. Mean.shape], Mean)).MoveToOuterDisposeScope();
    }

    /// <summary>μ + σ·ε, the point that stands for a number of the standard normal distribution.</summary>
    /// <param name="noise">ε, any leading dimensions before those of μ.</param>
    public Tensor At(Tensor noise)
    {
        using var scope = NewDisposeScope();
        return (Mean + (LogVariance * 0.5).exp() * noise).MoveToOuterDisposeScope();
    }

    /// <summary>log N(z; μ, σ²), the K dimensions summed: [...,N,K] -> [...,N].</summary>
    public Tensor LogDensity(Tensor z)
    {
        using var scope = NewDisposeScope();
        return (((z - Mean).square() * (-LogVariance).exp() + LogVariance + LogTwoPi).sum(-1) * -0.5).MoveToOuterDisposeScope();
    }

    /// <summary>log N(z; 0, I), [...,N,K] -> [...,N].</summary>
    public static Tensor StandardLogDensity(Tensor z)
    {
        using var scope = NewDisposeScope();
        return ((z.square().sum(-1) + LogTwoPi * z.shape[^1]) * -0.5).MoveToOuterDisposeScope();
    }

    /// <summary>One of several: an index of the first dimension.</summary>
    internal DiagonalGaussian Member(long index) => Each(tensor => tensor.select(0, index));

    internal DiagonalGaussian Each(Func<Tensor, Tensor> change) => new(change(Mean), change(LogVariance));

    internal DiagonalGaussian MoveToOuterDisposeScope() => Each(tensor => tensor.MoveToOuterDisposeScope());
}

/// <summary>ε ~ N(0, 1) from a named generator.</summary>
internal static class StandardNormalNoise
{
    /// <summary>
    /// Numbers of another tensor's type and device. They are drawn in the CPU's memory, the only one that TorchSharp's generators serve, so
    /// they do not depend on the device; and of bfloat16 in float32, as there are 256 different bfloat16 numbers to a draw.
    /// </summary>
    public static Tensor Draw(Generator generator, long[] shape, Tensor like)
    {
        var type = like.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var drawn = randn(shape, type, CPU, generator: generator);
        if (like.dtype == type && like.device_type == DeviceType.CPU)
            return drawn;
        using (drawn)
            return drawn.to(like.dtype, like.device);
    }
}
