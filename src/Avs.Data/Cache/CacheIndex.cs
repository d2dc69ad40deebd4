using System.Text.Json;
using Avs.Data.Clips;

namespace Avs.Data.Cache;

/// <summary>Where some bytes lie in a cache, and their checksum.</summary>
/// <param name="At">The first byte's position in the file.</param>
/// <param name="Sum">Their CRC-32C.</param>
internal readonly record struct CachePart(long At, int Size, uint Sum);

/// <summary>One clip of a cache.</summary>
/// <param name="Info">Its row of the table.</param>
/// <param name="FramesPresent">How many of its frames exist.</param>
/// <param name="LabelledFrames">The frames that have a mask.</param>
/// <param name="Pixels">uint8 `[T, Height, Width, 3]`; clips that show the same pictures share it.</param>
/// <param name="Masks">Bits `[L, MaskHeight, MaskWidth]`, or class labels, one byte each.</param>
/// <param name="LogMel">float32 `[T, 1, 96, 64]`.</param>
/// <param name="Embedding">float32 `[T, D]`; empty where the cache has none.</param>
/// <param name="Error">Why the clip could not be read; null for all whole clips. A bad clip has no parts.</param>
internal sealed record CacheEntry(
    ClipInfo Info, int Height, int Width, int FramesPresent, int MaskHeight, int MaskWidth, int[] LabelledFrames,
    CachePart Pixels, CachePart Masks, CachePart LogMel, CachePart Embedding, string? Error);

/// <summary>What a cache holds and what it was made from: the JSON text at the end of its file.</summary>
/// <param name="Key">A hash of everything that decides its contents, except the embeddings.</param>
/// <param name="EmbeddingKey">What computed the embeddings; null where there are none.</param>
/// <param name="FramesPerClip">T.</param>
/// <param name="Classes">Names of the classes; empty where masks are bits.</param>
/// <param name="Clips">The clips in the table's order.</param>
internal sealed record CacheIndex(
    string Key, string? EmbeddingKey, string Name, int FramesPerClip, IReadOnlyList<string> Classes, IReadOnlyList<CacheEntry> Clips)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="JsonException">The bytes are no index.</exception>
    public static CacheIndex FromBytes(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<CacheIndex>(bytes) ?? throw new JsonException("no index");
}
