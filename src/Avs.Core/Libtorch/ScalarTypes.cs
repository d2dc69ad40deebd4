using Avs.Core.Formats;
using static TorchSharp.torch;

namespace Avs.Core.Libtorch;

/// <summary>The element types of files and of tensors.</summary>
public static class ScalarTypes
{
    private static readonly (ElementType Element, ScalarType Scalar)[] Pairs =
    [
        (ElementType.F64, ScalarType.Float64),
        (ElementType.F32, ScalarType.Float32),
        (ElementType.F16, ScalarType.Float16),
        (ElementType.BF16, ScalarType.BFloat16),
        (ElementType.I64, ScalarType.Int64),
        (ElementType.I32, ScalarType.Int32),
        (ElementType.I16, ScalarType.Int16),
        (ElementType.I8, ScalarType.Int8),
        (ElementType.U8, ScalarType.Byte),
        (ElementType.Bool, ScalarType.Bool),
    ];

    public static ScalarType ToScalarType(this ElementType type) => Pairs.First(pair => pair.Element == type).Scalar;

    /// <exception cref="ArgumentException">No file holds such elements, as complex numbers.</exception>
    public static ElementType ToElementType(this ScalarType type)
    {
        foreach (var (element, scalar) in Pairs)
        {
            if (scalar == type)
                return element;
        }

        throw new ArgumentException($"tensors of {type} cannot be written to a file", nameof(type));
    }
}
