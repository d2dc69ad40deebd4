using Avs.Core.Libtorch;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Blocks;

/// <summary>Every pixel repeated 2x2.</summary>
internal sealed class NearestUpsample() : nn.Module<Tensor, Tensor>(nameof(NearestUpsample))
{
    /// <summary>[N,C,h,w] -> [N,C,2h,2w].</summary>
    public override Tensor forward(Tensor x) => F.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest);
}

/// <summary>Bilinear enlargement. Of bfloat16 it gives float32: libtorch's CPU enlarges bfloat16 several times slower.</summary>
/// <param name="factor">How many times.</param>
/// <param name="alignCorners">Whether the centres of the corner pixels stay where they are.</param>
internal sealed class BilinearUpsample(double factor, bool alignCorners) : nn.Module<Tensor, Tensor>(nameof(BilinearUpsample))
{
    /// <summary>[N,C,h,w] -> [N,C,factor·h,factor·w].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return F.interpolate(Autocast.Widened(x), scale_factor: [factor, factor], mode: InterpolationMode.Bilinear,
            align_corners: alignCorners)
            .MoveToOuterDisposeScope();
    }
}
