using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Ecmvae;

/// <summary>f' = conv1x1[f ; sc_v ; sc_a], the codes tiled over the places of f.</summary>
public sealed class NoiseModel : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly Conv2d noise_conv;

    /// <summary>Creates the module.</summary>
    /// <param name="channels">C of the features. The paper: 128.</param>
    /// <param name="latent">K of each code. The paper: 16.</param>
    public NoiseModel(long channels, long latent) : base(nameof(NoiseModel))
    {
        noise_conv = nn.Conv2d(channels + 2 * latent, channels, 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor features, Tensor visual, Tensor audio)
    {
        using var scope = NewDisposeScope();
        long n = features.shape[0], h = features.shape[2], w = features.shape[3];
        Tensor Tile(Tensor code) => code.unsqueeze(-1).unsqueeze(-1).expand(n, code.shape[1], h, w); // [N,K] -> [N,K,h,w]
        return noise_conv.call(cat([features, Tile(visual), Tile(audio)], 1)).MoveToOuterDisposeScope(); // [N,C+2K,h,w] -> [N,C,h,w]
    }
}
