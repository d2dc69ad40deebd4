using System.Runtime.InteropServices;
using System.Text.Json;
using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Cache;

/// <summary>
/// A data set read from one memory-mapped file instead of thousands of pictures and sounds: nothing is decoded, and the outputs of a frozen
/// audio network are there too. Each clip's checksums are compared when it is first read. Safe to read from several threads.
/// </summary>
public sealed class CachedClips : IClipDataset, IDisposable
{
    private readonly CacheIndex index;
    private readonly MappedFile file;
    private readonly bool[] verified;

    private CachedClips(string path, CacheIndex index, MappedFile file, long length)
    {
        (Path, this.index, this.file, Length) = (path, index, file, length);
        Clips = [.. index.Clips.Select(clip => clip.Info)];
        verified = new bool[Clips.Count];
    }

    public string Path { get; }

    public long Length { get; }

    public string Name => index.Name;

    public int FramesPerClip => index.FramesPerClip;

    public IReadOnlyList<ClipInfo> Clips { get; }

    public IReadOnlyList<string> Classes => index.Classes;

    /// <summary>A hash of the sources and settings that the cache was made from.</summary>
    public string Key => index.Key;

    /// <summary>What computed the sound embeddings; null where there are none.</summary>
    public string? EmbeddingKey => index.EmbeddingKey;

    /// <summary>Clips that could not be read when the cache was made.</summary>
    public IReadOnlyList<BadClip> BadClips =>
        [.. index.Clips.Where(clip => clip.Error is not null).Select(clip => new BadClip(clip.Info, clip.Error!))];

    /// <returns>Null when the file is of another version of the format, and so out of date.</returns>
    /// <exception cref="DataException">The file is missing, no cache, cut short or damaged.</exception>
    public static CachedClips? Open(string path)
    {
        MappedFile? file = null;
        try
        {
            var length = Required(path);
            file = new MappedFile(path);
            var first = new byte[CacheHeader.Size];
            file.Read(0, first);
            if (CacheHeader.FromBytes(first) is not { } header)
            {
                file.Dispose();
                return null;
            }

            if (header.FileLength != length)
                throw new InvalidDataException(
                    $"is {(length < header.FileLength ? "cut short" : "damaged")}: {length} bytes, expected {header.FileLength}");
            var text = new byte[length - header.IndexAt];
            file.Read(header.IndexAt, text);
            if (Checksum.Compute(text) != header.IndexSum)
                throw new InvalidDataException("is damaged: its index does not fit its checksum");
            return new CachedClips(path, CacheIndex.FromBytes(text), file, length);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            var what = e is InvalidDataException ? e.Message : $"cannot be read: {e.Message}";
            throw new DataException($"{path} {what}; delete the file to have it made again", e);
        }
    }

    public Clip Load(int index) => Unpacked(index, null);

    public Clip Load(int index, Clip samePictures) => Unpacked(index, samePictures);

    public ClipSound LoadSound(int index)
    {
        var entry = Readable(index);
        return new ClipSound(
            Floats(entry, entry.LogMel, verify: true, "log-mel values"),
            entry.Embedding.Size > 0 ? Floats(entry, entry.Embedding, verify: true, "sound embedding") : null)
        {
            ExamplesPresent = entry.FramesPresent,
        };
    }

    public string? PicturesKey(int index) => this.index.Clips[index] is { Error: null } clip ? $"{clip.Pixels.At}" : null;

    public void Dispose() => file.Dispose();

    private Clip Unpacked(int at, Clip? samePictures)
    {
        var entry = Readable(at);
        var verify = !Volatile.Read(ref verified[at]);
        var pixels = samePictures?.Pixels ?? Bytes(entry, entry.Pixels, verify, "pictures");
        var (height, width) = samePictures is null ? (entry.Height, entry.Width) : (samePictures.Height, samePictures.Width);
        var stored = Bytes(entry, entry.Masks, verify, "masks");
        var masks = stored;
        if (index.Classes.Count == 0)
        {
            masks = GC.AllocateUninitializedArray<byte>(entry.LabelledFrames.Length * entry.MaskHeight * entry.MaskWidth);
            MaskBits.Unpack(stored, masks);
        }

        var clip = new Clip(entry.Info, height, width, pixels, masks, entry.LabelledFrames,
            Floats(entry, entry.LogMel, verify, "log-mel values"),
            entry.MaskHeight, entry.MaskWidth);
        if (index.Classes.Count > 0)
            clip = clip.WithLabels(stored);
        if (entry.FramesPresent < clip.Frames)
            clip = clip.WithFramesPresent(entry.FramesPresent);
        if (entry.Embedding.Size > 0)
            clip = clip.WithSoundEmbedding(Floats(entry, entry.Embedding, verify, "sound embedding"));
        if (samePictures is null)
            Volatile.Write(ref verified[at], true);
        return clip;
    }

    private CacheEntry Readable(int at) => index.Clips[at] is { Error: { } error } ? throw new DataException(error) : index.Clips[at];

    private byte[] Bytes(CacheEntry entry, CachePart part, bool verify, string what)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(part.Size);
        Read(entry, part, bytes, verify, what);
        return bytes;
    }

    private float[] Floats(CacheEntry entry, CachePart part, bool verify, string what)
    {
        var floats = GC.AllocateUninitializedArray<float>(part.Size / sizeof(float));
        Read(entry, part, MemoryMarshal.AsBytes(floats.AsSpan()), verify, what);
        return floats;
    }

    private void Read(CacheEntry entry, CachePart part, Span<byte> bytes, bool verify, string what)
    {
        file.Read(part.At, bytes);
        if (verify && Checksum.Compute(bytes) != part.Sum)
            throw new DataException($"{Path} is damaged: the {what} of the clip {entry.Info.Id} do not fit their checksum; delete the file "
                + "to have it made again");
    }

    private static long Required(string path)
    {
        if (Directory.Exists(path))
            throw new InvalidDataException("is a folder, expected a file");
        var length = new FileInfo(path).Length;
        return length >= CacheHeader.Size
            ? length
            : throw new InvalidDataException($"is cut short: {length} bytes, less than a cache's first part");
    }
}
