namespace TorchSharp;

/// <summary>
/// Attention, GELU, LayerNorm and training's BatchNorm of float32 in CPU memory, each in one pass with its gradient (torch_attention.cpp, torch_gelu.cpp,
/// torch_layer_norm.cpp, torch_batch_norm.cpp).
/// The public functions take them by themselves where the tensors suit.
/// </summary>
internal static class FusedLayers
{
    private static readonly Op s_attention = new("avs::attention");
    private static readonly Op s_gelu = new("avs::gelu");
    private static readonly Op s_layerNorm = new("avs::layer_norm");
    private static readonly Op s_batchNorm = new("avs::batch_norm");

    /// <summary>softmax(Q Kᵀ / √d) V; null where the tensors do not suit.</summary>
    internal static torch.Tensor? Attention(torch.Tensor query, torch.Tensor key, torch.Tensor value) =>
        Native.avs_attention_suits(query.Handle, key.Handle, value.Handle) != 0 ? s_attention.Call(query, key, value) : null;

    /// <summary>x Φ(x); null where the tensor does not suit.</summary>
    internal static torch.Tensor? Gelu(torch.Tensor x) => Native.avs_gelu_suits(x.Handle) != 0 ? s_gelu.Call(x) : null;

    /// <summary>LayerNorm over the last dimension; null where the tensors do not suit.</summary>
    internal static torch.Tensor? LayerNorm(torch.Tensor x, long[] shape, torch.Tensor? weight, torch.Tensor? bias, double eps) =>
        shape.Length == 1 && weight is not null && bias is not null && Native.avs_layer_norm_suits(x.Handle, weight.Handle, bias.Handle) != 0
            ? s_layerNorm.Call(x, weight, bias, eps)
            : null;

    /// <summary>BatchNorm by the statistics of x, which moves the running ones; null where the tensors do not suit.</summary>
    internal static torch.Tensor? BatchNorm(
        torch.Tensor x, torch.Tensor? runningMean, torch.Tensor? runningVar, torch.Tensor? weight, torch.Tensor? bias, double momentum, double eps) =>
        weight is not null && bias is not null
        && Native.avs_batch_norm_suits(x.Handle, weight.Handle, bias.Handle, runningMean?.Handle ?? 0, runningVar?.Handle ?? 0) != 0
            ? s_batchNorm.Call(x, weight, bias, runningMean, runningVar, momentum, eps)
            : null;
}
