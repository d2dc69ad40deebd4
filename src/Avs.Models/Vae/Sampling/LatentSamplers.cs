using static TorchSharp.torch;

namespace Avs.Models.Vae.Sampling;

/// <summary>Where the codes of new images come from.</summary>
public interface ILatentSampler
{
    /// <summary>New codes, float32 [count,K].</summary>
    Tensor Sample(int count, Generator generator);
}

/// <summary>The prior of a VAE, N(0, I).</summary>
/// <param name="latentSize">K.</param>
public sealed class StandardNormalSampler(int latentSize) : ILatentSampler
{
    /// <inheritdoc/>
    public Tensor Sample(int count, Generator generator) => randn([count, latentSize], ScalarType.Float32, generator: generator);
}

/// <summary>Uniform between the smallest and largest code of each dimension, as images are drawn of a plain autoencoder.</summary>
public sealed class UniformBoxSampler : ILatentSampler
{
    private readonly float[] least, range;

    /// <summary>Finds the box.</summary>
    /// <param name="codes">The codes of many images [N,K].</param>
    public UniformBoxSampler(Tensor codes)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var all = codes.detach().to(ScalarType.Float32, CPU);
        var smallest = all.amin([0]);
        least = smallest.data<float>().ToArray();
        range = (all.amax([0]) - smallest).data<float>().ToArray();
    }

    /// <inheritdoc/>
    public Tensor Sample(int count, Generator generator)
    {
        using var scope = NewDisposeScope();
        var share = rand([count, least.Length], ScalarType.Float32, generator: generator);
        return (share * tensor(range) + tensor(least)).MoveToOuterDisposeScope();
    }
}
