namespace Avs.Models.Weights;

/// <summary>Element types of the safetensors format, by the names the format gives them.</summary>
public enum SafetensorsType
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

/// <summary>One tensor of a safetensors file: raw little-endian elements in row-major order.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes; empty for a single number.</param>
/// <param name="Bytes">The elements.</param>
public sealed record SafetensorsValue(string Name, SafetensorsType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes);

/// <summary>Facts of the format that the reader and the writer share.</summary>
internal static class SafetensorsFormat
{
    /// <summary>Key of the header's entry that holds text instead of a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>A header longer than this is damage, not a header (the format's own limit).</summary>
    public const long MaximumHeaderBytes = 100_000_000;

    /// <summary>Bytes per element.</summary>
    public static int SizeOf(SafetensorsType type) => type switch
    {
        SafetensorsType.F64 or SafetensorsType.I64 => 8,
        SafetensorsType.F32 or SafetensorsType.I32 => 4,
        SafetensorsType.F16 or SafetensorsType.BF16 or SafetensorsType.I16 => 2,
        _ => 1,
    };

    /// <summary>The name in the file, e.g. <c>BF16</c>.</summary>
    public static string NameOf(SafetensorsType type) => type.ToString().ToUpperInvariant();

    /// <summary>The type of that name, or null when the format has none such.</summary>
    public static SafetensorsType? Parse(string? name)
    {
        foreach (SafetensorsType type in Enum.GetValues<SafetensorsType>())
            if (NameOf(type) == name) return type;
        return null;
    }
}
