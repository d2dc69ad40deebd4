namespace TorchSharp;

/// <summary>
/// Depthwise 3x3 convolutions, padded by one, of float32 maps whose channels lie last in CPU memory: a kernel of our own (torch_depthwise.cpp), because
/// oneDNN's is slow on such maps. Two-dimensional convolutions take it by themselves where it fits.
/// </summary>
internal static class DepthwiseConvolution
{
    private static readonly Op s_depthwise = new("avs::depthwise_conv3x3");

    internal static bool Suits(torch.Tensor input, torch.Tensor weight, torch.Tensor bias, long[] stride, long[] padding, long[] dilation, long groups) =>
        groups > 1 && All(stride, 1) && All(padding, 1) && All(dilation, 1) && input.dim() == 4
        && input.shape[1] == groups && weight.shape is [var outputs, _, 3, 3] && outputs == groups
        && input.device_type == DeviceType.CPU && input.dtype == torch.ScalarType.Float32 && weight.dtype == torch.ScalarType.Float32
        && bias.dtype == torch.ScalarType.Float32
        && !input.is_contiguous() && input.is_contiguous(memory_format.channels_last);

    internal static torch.Tensor Of(torch.Tensor input, torch.Tensor weight, torch.Tensor bias) => s_depthwise.Call(input, weight, bias);

    private static bool All(long[] values, long wanted) => values.All(value => value == wanted);
}
