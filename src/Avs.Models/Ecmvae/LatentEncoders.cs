using Avs.Models.Memory;
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
/// <param name="ImageSize">Side of the square input in pixels, a multiple of 32; other sizes are pooled to its last map. The paper:
/// 224.</param>
/// <param name="AudioChannels">Channels of an audio vector. The paper: 128.</param>
/// <param name="LatentSize">K. The paper: 16.</param>
public sealed record LatentEncoderSize(int BaseChannels, int ImageSize, int AudioChannels, int LatentSize);

/// <summary>A Gaussian from pixels alone.</summary>
public sealed class ImageEncoder : nn.Module<Tensor, LatentMoments>
{
    private readonly nn.Module<Tensor, Tensor>[] trunk;
    private readonly long side;
    private readonly Linear fc1, fc2;

    /// <summary>Creates the encoder.</summary>
    /// <param name="inputs">Channels of the pixels: 3 for a picture, 4 with a mask.</param>
    public ImageEncoder(long inputs, LatentEncoderSize size) : base(nameof(ImageEncoder))
    {
        long c = size.BaseChannels;
        side = size.ImageSize / 32;
        trunk = PixelTrunk.Create(this, inputs, [c, 2 * c, 4 * c, 8 * c, 8 * c]);
        fc1 = nn.Linear(8 * c * side * side, size.LatentSize);
        fc2 = nn.Linear(8 * c * side * side, size.LatentSize);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LatentMoments forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var x = Layers.Run(pixels, trunk); // [N,inputs,H,W] -> [N,8c₀,H/32,W/32]
        x = PixelTrunk.Flatten(x, side); // [N,8c₀·side²]
        return new LatentMoments(fc1.call(x).MoveToOuterDisposeScope(), fc2.call(x).MoveToOuterDisposeScope());
    }
}

/// <summary>A Gaussian from the audio vector alone.</summary>
public sealed class AudioEncoder : nn.Module<Tensor, LatentMoments>
{
    private readonly Linear fc1, fc2;

    /// <summary>Creates the encoder.</summary>
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
public sealed class AudioWithPixelsEncoder : nn.Module<Tensor, Tensor, LatentMoments>
{
    private const long PixelVector = 32;

    private readonly nn.Module<Tensor, Tensor>[] trunk;
    private readonly long side;
    private readonly Linear fc_gt_vector, fc1, fc2;

    /// <summary>Creates the encoder.</summary>
    /// <param name="inputs">Channels of the pixels: 3 for a picture, 1 for a mask, 4 for both.</param>
    public AudioWithPixelsEncoder(long inputs, LatentEncoderSize size) : base(nameof(AudioWithPixelsEncoder))
    {
        long c = size.BaseChannels;
        side = size.ImageSize / 32;
        trunk = PixelTrunk.Create(this, inputs, [c, 2 * c, 4 * c, 4 * c, 4 * c]);
        fc_gt_vector = nn.Linear(4 * c * side * side, PixelVector);
        fc1 = nn.Linear(size.AudioChannels + PixelVector, size.LatentSize);
        fc2 = nn.Linear(size.AudioChannels + PixelVector, size.LatentSize);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LatentMoments forward(Tensor audio, Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var x = Layers.Run(pixels, trunk); // [N,inputs,H,W] -> [N,4c₀,H/32,W/32]
        x = fc_gt_vector.call(PixelTrunk.Flatten(x, side)); // [N,4c₀·side²] -> [N,32]
        x = cat([audio, x], 1); // [N,D+32]
        return new LatentMoments(fc1.call(x).MoveToOuterDisposeScope(), fc2.call(x).MoveToOuterDisposeScope());
    }
}

/// <summary>The convolutions of the encoders that see pixels.</summary>
internal static class PixelTrunk
{
    /// <summary>
    /// Five times conv 4x4/2, BatchNorm, LeakyReLU(0.01), registered in the encoder that owns them as <c>layer1</c>, <c>bn1</c>, ….
    /// </summary>
    public static nn.Module<Tensor, Tensor>[] Create(nn.Module owner, long inputs, long[] widths)
    {
        List<nn.Module<Tensor, Tensor>> layers = [];
        for (var i = 0; i < widths.Length; i++)
        {
            var conv = nn.Conv2d(i == 0 ? inputs : widths[i - 1], widths[i], 4, stride: 2, padding: 1);
            var norm = nn.BatchNorm2d(widths[i]);
            owner.register_module($"layer{i + 1}", conv);
            owner.register_module($"bn{i + 1}", norm);
            layers.AddRange([conv, norm, nn.LeakyReLU(0.01, inplace: true)]);
        }
        return [.. layers];
    }

    /// <summary>[N,C,h,w] -> [N,C·side²], averaged where h or w is not the side.</summary>
    public static Tensor Flatten(Tensor map, long side) =>
        (map.shape[2] == side && map.shape[3] == side ? map : F.adaptive_avg_pool2d(map, [side, side])).flatten(1);
}
