namespace Avs.Core.Formats;

/// <summary>Element types of arrays in files, by the names that safetensors gives them.</summary>
public enum ElementType
{
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    /// <summary>One byte a value, 0 or 1.</summary>
    Bool,
}

public static class ElementTypes
{
    /// <summary>Bytes of an element.</summary>
    public static int SizeOf(this ElementType type) => type switch
    {
        ElementType.F64 or ElementType.I64 => 8,
        ElementType.F32 or ElementType.I32 => 4,
        ElementType.F16 or ElementType.BF16 or ElementType.I16 => 2,
        _ => 1,
    };

    /// <summary>The name that safetensors gives the type, e.g. <c>BF16</c> or <c>BOOL</c>.</summary>
    public static string NameOf(this ElementType type) => type.ToString().ToUpperInvariant();

    public static bool IsFloating(this ElementType type) =>
        type is ElementType.F64 or ElementType.F32 or ElementType.F16 or ElementType.BF16;
}
