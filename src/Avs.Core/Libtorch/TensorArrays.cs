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
}
