namespace Avs.Core.Formats;

/// <summary>One tensor of a safetensors file: raw little-endian elements in row-major order.</summary>
/// <param name="Shape">Sizes; empty for a single number.</param>
public sealed record SafetensorsValue(string Name, ElementType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes);

/// <summary>What the reader and the writer share.</summary>
internal static class SafetensorsFormat
{
    /// <summary>Key of the header's entry that holds text instead of a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>A header longer than this is damage, not a header (the format's own limit).</summary>
    public const long MaximumHeaderBytes = 100_000_000;

    /// <summary>The type of that name, or null when the format has none such.</summary>
    public static ElementType? Parse(string? name)
    {
        foreach (var type in Enum.GetValues<ElementType>())
            if (type.NameOf() == name)
                return type;
        return null;
    }
}
