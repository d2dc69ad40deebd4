using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Blocks;

/// <summary>Convolutions that keep the size, without bias, under the entry names of the ECMVAE release.</summary>
internal static class Conv
{
    /// <summary>The convolution alone; entry <c>conv</c>.</summary>
    public static Sequential Bare(long input, long output, long kernel, long dilation = 1) =>
        nn.Sequential(("conv", Create(input, output, kernel, dilation)));

    /// <summary>Convolution, BatchNorm; entries <c>conv</c> and <c>norm</c>.</summary>
    public static Sequential WithNorm(long input, long output, long kernel) =>
        nn.Sequential(("conv", Create(input, output, kernel)), ("norm", nn.BatchNorm2d(output)));

    /// <summary>Convolution, BatchNorm, ReLU; entries <c>conv</c> and <c>norm</c>.</summary>
    public static Sequential WithNormAndReLU(long input, long output, long kernel) =>
        nn.Sequential(("conv", Create(input, output, kernel)), ("norm", nn.BatchNorm2d(output)), ("relu", nn.ReLU(inplace: true)));

    private static Conv2d Create(long input, long output, long kernel, long dilation = 1) =>
        nn.Conv2d(input, output, kernel, padding: dilation * (kernel / 2), dilation: dilation, bias: false);
}
