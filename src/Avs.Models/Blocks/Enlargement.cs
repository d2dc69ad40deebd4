using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Blocks;

/// <summary>Bilinear enlargement. Of bfloat16 it gives float32: libtorch's CPU enlarges bfloat16 several times slower.</summary>
internal static class Enlargement
{
    public static Tensor Twice(Tensor x, bool alignCorners) => By(2, x, alignCorners);

    public static Tensor By(double times, Tensor x, bool alignCorners)
    {
        using var scope = NewDisposeScope();
        var exact = x.dtype == ScalarType.BFloat16 ? x.to(ScalarType.Float32) : x;
        return F.interpolate(exact, scale_factor: [times, times], mode: InterpolationMode.Bilinear, align_corners: alignCorners)
            .MoveToOuterDisposeScope();
    }
}
