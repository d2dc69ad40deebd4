namespace Avs.Core.Formats;

/// <summary>Element types of arrays in files, by the names that safetensors gives them.</summary>
public enum ElementType
{
    /// <summary>64-bit floating point.</summary>
    F64,
    /// <summary>32-bit floating point.</summary>
    F32,
    /// <summary>16-bit floating point (IEEE half).</summary>
    F16,
    /// <summary>16-bit brain floating point.</summary>
    BF16,
    /// <summary>64-bit signed integer.</summary>
    I64,
    /// <summary>32-bit signed integer.</summary>
    I32,
    /// <summary>16-bit signed integer.</summary>
    I16,
    /// <summary>8-bit signed integer.</summary>
    I8,
    /// <summary>8-bit unsigned integer.</summary>
    U8,
    /// <summary>One byte a value, 0 or 1.</summary>
    Bool,
}

/// <summary>Facts of the element types.</summary>
public static class ElementTypes
{
    /// <summary>Bytes per element.</summary>
    /// <param name="type">The type.</param>
    public static int SizeOf(this ElementType type) => type switch
    {
        ElementType.F64 or ElementType.I64 => 8,
        ElementType.F32 or ElementType.I32 => 4,
        ElementType.F16 or ElementType.BF16 or ElementType.I16 => 2,
        _ => 1,
    };

    /// <summary>The name that safetensors gives the type, e.g. <c>BF16</c> or <c>BOOL</c>.</summary>
    /// <param name="type">The type.</param>
    public static string NameOf(this ElementType type) => type.ToString().ToUpperInvariant();

    /// <summary>Whether the elements are floating-point numbers.</summary>
    /// <param name="type">The type.</param>
    public static bool IsFloating(this ElementType type) => type is ElementType.F64 or ElementType.F32 or ElementType.F16 or ElementType.BF16;
}
