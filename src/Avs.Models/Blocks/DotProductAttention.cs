using Avs.Core.Libtorch;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Blocks;

/// <summary>softmax(q kᵀ/√d + bias) v.</summary>
internal static class DotProductAttention
{
    /// <summary>
    /// Attention of m queries to m' keys. On the CPU it is float32 under autocast too, unless in inference mode: libtorch's backward of one
    /// in bfloat16 takes twice as long, its forward a third less.
    /// </summary>
    /// <param name="queries">q [...,heads,m,d].</param>
    /// <param name="keys">k [...,heads,m',d].</param>
    /// <param name="values">v [...,heads,m',d].</param>
    /// <param name="bias">Broadcasts to [...,heads,m,m'].</param>
    /// <returns>[...,heads,m,d].</returns>
    public static Tensor Compute(Tensor queries, Tensor keys, Tensor values, Tensor? bias = null)
    {
        if (queries.device_type != DeviceType.CPU || !Autocast.IsEnabled(DeviceType.CPU) || is_inference_mode_enabled())
            return F.scaled_dot_product_attention(queries, keys, values, bias);
        using var scope = NewDisposeScope();
        using var off = new Autocast(DeviceType.CPU, enabled: false);
        return F.scaled_dot_product_attention(
            queries.to(ScalarType.Float32), keys.to(ScalarType.Float32), values.to(ScalarType.Float32), bias?.to(ScalarType.Float32))
            .to(queries.dtype).MoveToOuterDisposeScope();
    }
}
