using TorchSharp.Engine;

namespace TorchSharp;

/// <summary>
/// 3x3 convolutions, padded by their dilation, of float32 maps in whole planes in CPU memory, with a quarter of the multiplications (torch_winograd.cpp).
/// Two-dimensional convolutions take it by themselves where it is the faster way, also under autocast: with both gradients it takes three quarters of the time of
/// libtorch's own in bfloat16. Its result is then rounded to bfloat16, as is any convolution's.
/// </summary>
internal static class WinogradConvolution
{
    private static readonly Op s_conv3x3 = new("avs::conv3x3");

    internal static bool Suits(torch.Tensor input, torch.Tensor weight, long[] stride, long[] padding, long[] dilation, long groups) =>
        groups == 1 && All(stride, 1) && All(dilation, dilation[0]) && All(padding, dilation[0])
        && weight.shape is [var outputs, _, 3, 3] && weight.dtype == torch.ScalarType.Float32
        && (input.dtype == torch.ScalarType.Float32 || Autocast.IsEnabled(DeviceType.CPU))
        && Native.avs_conv3x3_suits(input.Handle, outputs, dilation[0]) != 0;

    internal static torch.Tensor Of(torch.Tensor input, torch.Tensor weight, torch.Tensor? bias, long dilation)
    {
        if (!Autocast.IsEnabled(DeviceType.CPU))
            return s_conv3x3.Call(input, weight, bias, dilation);
        using var cast = Autocast.InFloat32(input);
        using var result = s_conv3x3.Call(cast ?? input, weight, bias, dilation);
        return result.to(torch.ScalarType.BFloat16);
    }

    private static bool All(long[] values, long wanted) => Array.TrueForAll(values, value => value == wanted);
}
