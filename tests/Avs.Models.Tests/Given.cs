using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests;

/// <summary>What the tests start from.</summary>
internal static class Given
{
    /// <summary>The demo's network at 64 px, so that a test takes milliseconds.</summary>
    public static EcmvaeConfig SmallNetwork => (EcmvaeConfig)ModelRegistry.Find("ecmvae_small").Config.Network with { ImageSize = 64 };

    public static SegmenterConfig SmallSegmenter => ModelRegistry.Find("ecmvae_small").Config with { Network = SmallNetwork };

    /// <summary>Numbers in [low, high) from a seed.</summary>
    public static Tensor Uniform(int seed, double low, double high, params long[] shape)
    {
        using var generator = new Generator((ulong)seed);
        return rand(shape, generator: generator) * (high - low) + low;
    }

    /// <summary>Masks of 0 and 1.</summary>
    public static Tensor Masks(int seed, params long[] shape) => (Uniform(seed, 0, 1, shape) > 0.6).to(ScalarType.Float32);

    /// <summary>Gives every parameter a value away from its starting point: zeros would hide mistakes.</summary>
    public static T Filled<T>(T module, int seed = 1) where T : nn.Module
    {
        using var noGradient = no_grad();
        foreach (var (name, parameter) in module.named_parameters())
        {
            var spread = parameter.dim() > 1 ? 1 / Math.Sqrt(parameter.numel() / (double)parameter.shape[0]) : 0.1;
            parameter.copy_(Uniform(seed++, -spread, spread, parameter.shape) + (parameter.dim() == 1 && name.EndsWith("weight") ? 1 : 0));
        }

        return module;
    }

    /// <summary>What an ECMVAE segmenter returns for a batch.</summary>
    public static EcmvaeOutput Answer(this AudioVisualSegmenter model, AvsInput input) => (EcmvaeOutput)model.call(input);

    /// <summary>A batch for a segmenter of T frames a clip, whose latent codes are their means.</summary>
    public static AvsInput Batch(int clips, int framesPerClip, int size, bool masks = true, Tensor? labelled = null)
    {
        long n = clips * framesPerClip;
        return new AvsInput(
            Uniform(11, -2, 2, n, 3, size, size),
            Uniform(12, -3, 2, n, 1, 96, 64),
            framesPerClip,
            masks ? Masks(13, labelled is null ? n : labelled.shape[0], 1, size, size) : null,
            labelled)
        { Noise = new ZeroNoise() };
    }

    /// <summary>The largest absolute difference.</summary>
    public static double Distance(Tensor a, Tensor b) => (a - b).abs().max().to(ScalarType.Float64).item<double>();

    /// <summary>The largest absolute difference over the largest absolute value.</summary>
    public static double RelativeDistance(Tensor a, Tensor b) => Distance(a, b) / b.abs().max().to(ScalarType.Float64).item<double>();
}
