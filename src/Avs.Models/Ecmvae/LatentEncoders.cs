using Avs.Models.Memory;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The six latent encoders of ECMVAE are of three kinds:
//
//   ImageEncoder            enc_vs (picture), enc_vs_y (picture and mask)
//   AudioEncoder            enc_as (sound)
//   AudioWithPixelsEncoder  enc_vac (sound; picture), enc_as_y (sound; mask), enc_vac_y (sound; picture and mask)
//
// Each ends in two linear heads, fc1 -> μ and fc2 -> s = log σ², of a diagonal Gaussian of K dimensions.

namespace Avs.Models.Ecmvae;

/// <summary>The two heads of a latent encoder.</summary>
/// <param name="Mean">μ [N,K].</param>
/// <param name="LogVariance">s = log σ² [N,K].</param>
public sealed record LatentMoments(Tensor Mean, Tensor LogVariance);

/// <summary>What a latent encoder is sized by.</summary>
/// <param name="BaseChannels">c₀, the channels after the first convolution. The paper: 16.</param>
/// <param name="ImageSize">Side of the square input in pixels, a multiple of 32; other sizes are pooled to its last map. The paper: 224.</param>
/// <param name="AudioChannels">Channels of an audio vector. The paper: 128.</param>
/// <param name="LatentSize">K. The paper: 16.</param>
public sealed record LatentEncoderSize(int BaseChannels, int ImageSize, int AudioChannels, int LatentSize);

/// <summary>A Gaussian from pixels alone.</summary>
public sealed class ImageEncoder : nn.Module<Tensor, LatentMoments>, INormalisedConvolutions
{
    private readonly StridedTrunk trunk;
    private readonly Linear fc1, fc2;

    /// <summary>Creates the encoder.</summary>
    /// <param name="inputs">Channels of the pixels: 3 for a picture, 4 with a mask.</param>
    /// <param name="size">The sizes.</param>
    public ImageEncoder(long inputs, LatentEncoderSize size) : base(nameof(ImageEncoder))
    {
        long c = size.BaseChannels;
        trunk = new StridedTrunk(this, inputs, [c, 2 * c, 4 * c, 8 * c, 8 * c], size.ImageSize / 32);
        fc1 = nn.Linear(trunk.Features, size.LatentSize);
        fc2 = nn.Linear(trunk.Features, size.LatentSize);
        RegisterComponents();
    }

    IEnumerable<NormalisedConvolution> INormalisedConvolutions.Convolutions => trunk.Convolutions;

    /// <inheritdoc/>
    public override LatentMoments forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var x = trunk.Run(pixels); // [N,inputs,H,W] -> [N,8c₀·side²]
        return new LatentMoments(fc1.call(x).MoveToOuterDisposeScope(), fc2.call(x).MoveToOuterDisposeScope());
    }
}

/// <summary>A Gaussian from the audio vector alone.</summary>
public sealed class AudioEncoder : nn.Module<Tensor, LatentMoments>
{
    private readonly Linear fc1, fc2;

    /// <summary>Creates the encoder.</summary>
    /// <param name="size">The sizes.</param>
    public AudioEncoder(LatentEncoderSize size) : base(nameof(AudioEncoder))
    {
        fc1 = nn.Linear(size.AudioChannels, size.LatentSize);
        fc2 = nn.Linear(size.AudioChannels, size.LatentSize);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LatentMoments forward(Tensor audio) => new(fc1.call(audio), fc2.call(audio)); // [N,D] -> [N,K] twice
}

/// <summary>A Gaussian from the audio vector and pixels together.</summary>
public sealed class AudioWithPixelsEncoder : nn.Module<Tensor, Tensor, LatentMoments>, INormalisedConvolutions
{
    private const long PixelVector = 32;

    private readonly StridedTrunk trunk;
    private readonly Linear fc_gt_vector, fc1, fc2;

    /// <summary>Creates the encoder.</summary>
    /// <param name="inputs">Channels of the pixels: 3 for a picture, 1 for a mask, 4 for both.</param>
    /// <param name="size">The sizes.</param>
    public AudioWithPixelsEncoder(long inputs, LatentEncoderSize size) : base(nameof(AudioWithPixelsEncoder))
    {
        long c = size.BaseChannels;
        trunk = new StridedTrunk(this, inputs, [c, 2 * c, 4 * c, 4 * c, 4 * c], size.ImageSize / 32);
        fc_gt_vector = nn.Linear(trunk.Features, PixelVector);
        fc1 = nn.Linear(size.AudioChannels + PixelVector, size.LatentSize);
        fc2 = nn.Linear(size.AudioChannels + PixelVector, size.LatentSize);
        RegisterComponents();
    }

    IEnumerable<NormalisedConvolution> INormalisedConvolutions.Convolutions => trunk.Convolutions;

    /// <inheritdoc/>
    public override LatentMoments forward(Tensor audio, Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var x = fc_gt_vector.call(trunk.Run(pixels)); // [N,inputs,H,W] -> [N,32]
        x = cat([audio, x], 1); // [N,D+32]
        return new LatentMoments(fc1.call(x).MoveToOuterDisposeScope(), fc2.call(x).MoveToOuterDisposeScope());
    }
}

/// <summary>Five times conv 4x4/2 + BatchNorm + LeakyReLU(0.01). Its layers are registered in the encoder that owns it (<c>layer1</c>, <c>bn1</c>, …).</summary>
internal sealed class StridedTrunk
{
    private readonly NormalisedConvolution[] layers;
    private readonly long side;

    public StridedTrunk(nn.Module owner, long inputs, long[] widths, long side)
    {
        this.side = side;
        Features = widths[^1] * side * side;
        layers = new NormalisedConvolution[widths.Length];
        for (var i = 0; i < widths.Length; i++)
        {
            var conv = nn.Conv2d(i == 0 ? inputs : widths[i - 1], widths[i], 4, stride: 2, padding: 1);
            var norm = nn.BatchNorm2d(widths[i]);
            layers[i] = new NormalisedConvolution(conv, norm, 2, 1);
            owner.register_module($"layer{i + 1}", conv);
            owner.register_module($"bn{i + 1}", norm);
        }
    }

    /// <summary>Length of the flattened result.</summary>
    public long Features { get; }

    public IEnumerable<NormalisedConvolution> Convolutions => layers;

    public Tensor Run(Tensor pixels)
    {
        var x = pixels;
        foreach (var layer in layers)
            x = F.leaky_relu(layer.Run(x), 0.01, true); // [N,·,H/2ⁱ,W/2ⁱ]
        if (x.shape[2] != side || x.shape[3] != side)
            x = F.adaptive_avg_pool2d(x, [side, side]);
        return x.flatten(1); // [N, widths[4]·side²]
    }
}
