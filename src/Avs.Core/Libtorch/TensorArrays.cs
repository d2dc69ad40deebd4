using Avs.Core.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Core.Libtorch;

/// <summary>Between arrays of files and tensors, element for element.</summary>
public static class TensorArrays
{
    private static readonly (ElementType Element, ScalarType Scalar)[] Types =
    [
        (ElementType.F64, ScalarType.Float64), (ElementType.F32, ScalarType.Float32), (ElementType.F16, ScalarType.Float16),
        (ElementType.BF16, ScalarType.BFloat16), (ElementType.I64, ScalarType.Int64), (ElementType.I32, ScalarType.Int32),
        (ElementType.I16, ScalarType.Int16), (ElementType.I8, ScalarType.Int8), (ElementType.U8, ScalarType.Byte),
            (ElementType.Bool, ScalarType.Bool),
    ];

    /// <summary>The type of a tensor that holds such elements.</summary>
    public static ScalarType ToScalarType(this ElementType type) => Types.First(pair => pair.Element == type).Scalar;

    /// <summary>The type of an array that holds a tensor's elements.</summary>
    /// <exception cref="ArgumentException">Files have no such type.</exception>
    public static ElementType ToElementType(this ScalarType type) => Types.Any(pair => pair.Scalar == type)
        ? Types.First(pair => pair.Scalar == type).Element
        : throw new ArgumentException($"safetensors has no type for {type}");

    /// <summary>A copy of the array as a tensor in the CPU's memory.</summary>
    public static Tensor ToTensor(this NumberArray array)
    {
        var tensor = empty([.. array.Shape], array.Type.ToScalarType(), CPU);
        array.Bytes.Span.CopyTo(tensor.bytes);
        return tensor;
    }
}
