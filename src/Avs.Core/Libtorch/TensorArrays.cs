using System.Runtime.InteropServices;
using Avs.Core.Formats;
using static TorchSharp.torch;

namespace Avs.Core.Libtorch;

/// <summary>Between arrays of files and tensors, element for element.</summary>
public static class TensorArrays
{
    /// <summary>A copy of the array as a tensor in the CPU's memory.</summary>
    public static Tensor ToTensor(this NumberArray array)
    {
        var tensor = empty([.. array.Shape], array.Type.ToScalarType(), CPU);
        array.Bytes.Span.CopyTo(tensor.bytes);
        return tensor;
    }

    /// <summary>
    /// A copy of a float32 tensor's values, row by row; TorchSharp's own accessor takes them one at a time, 20 times as long.
    /// </summary>
    public static float[] ToFloats(this Tensor tensor)
    {
        if (tensor.dtype != ScalarType.Float32)
            throw new ArgumentException($"found a tensor of {tensor.dtype}, expected {ScalarType.Float32}", nameof(tensor));
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(tensor.detach().cpu().contiguous().bytes).ToArray();
    }
}
