using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

namespace Avs.Eval.Autoencoding;

/// <summary>The codes of many images, on the CPU.</summary>
/// <param name="Mean">The codes of a plain autoencoder, the means of a VAE's, [N,K].</param>
/// <param name="LogVariance">log σ² of a VAE's; null of a plain autoencoder.</param>
internal sealed record ImageCodes(Tensor Mean, Tensor? LogVariance)
{
    public DiagonalGaussian? Posterior => LogVariance is null ? null : new DiagonalGaussian(Mean, LogVariance);

    public static ImageCodes Encode(AutoencoderNetwork network, long[] rows, Func<long[], Tensor> batch)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        Tensor Both(long[] some)
        {
            var (mean, posterior) = network.Encode(batch(some));
            return posterior is null ? mean.unsqueeze(1) : stack([posterior.Mean, posterior.LogVariance], 1); // [N,1 or 2,K]
        }

        var all = ImageBatches.JoinRows(rows, Both);
        var spread = all.shape[1] == 2 ? all.select(1, 1).contiguous().MoveToOuterDisposeScope() : null;
        return new ImageCodes(all.select(1, 0).contiguous().MoveToOuterDisposeScope(), spread);
    }

    /// <summary>One code of each image: drawn where a code has a distribution.</summary>
    public Tensor Draw(Generator generator) => Posterior is { } posterior ? posterior.Sample(generator).squeeze(0) : Mean.alias();
}
