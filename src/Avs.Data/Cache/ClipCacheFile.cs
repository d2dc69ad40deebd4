using System.Runtime.InteropServices;
using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Cache;

/// <summary>
/// Writes a cache: clips are decoded on several threads, block by block, and written in the table's order, so the same sources give the
/// same bytes.
/// </summary>
internal sealed class ClipCacheFile
{
    private const int BlockOfThread = 8;
    private const int Alignment = 64;

    private readonly IClipDataset source;
    private readonly CacheBuild build;
    private readonly FileStream file;
    private readonly List<CacheEntry> entries = [];
    private readonly List<BadClip> bad = [];
    private readonly Dictionary<string, CachePart> pictures = []; // by PicturesKey

    private ClipCacheFile(IClipDataset source, CacheBuild build, FileStream file) =>
        (this.source, this.build, this.file) = (source, build, file);

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="key">The hash of what it was made from.</param>
    /// <exception cref="DataException">More clips cannot be read than may be.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, string key, IClipDataset source, CacheBuild build) => AtomicFile.Write(path, partial =>
    {
        using var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        new ClipCacheFile(source, build, file).Write(key);
    });

    /// <summary>The error of a data set with too many bad clips.</summary>
    public static DataException TooManyBad(string name, IReadOnlyList<BadClip> bad, int most) => most == 0
        ? new DataException(bad[0].Reason)
        : new DataException(
            $"{name}: {bad.Count} clips cannot be read, more than the {most} that may be set aside; the last: {bad[^1].Reason}");

    private void Write(string key)
    {
        file.Write(new byte[CacheHeader.Size]);
        var size = build.Threads * BlockOfThread;
        for (var first = 0; first < source.Clips.Count; first += size)
            WriteBlock(first, Math.Min(size, source.Clips.Count - first));

        Align();
        var embedding = build.Embedding?.Key ?? (source as CachedClips)?.EmbeddingKey;
        var index = new CacheIndex(key, embedding, source.Name, source.FramesPerClip, source.Classes, entries).ToBytes();
        var header = new CacheHeader(file.Position + index.Length, file.Position, Checksum.Compute(index));
        file.Write(index);
        file.Position = 0;
        file.Write(header.ToBytes());
    }

    private void WriteBlock(int first, int count)
    {
        var clips = new Clip?[count];
        var errors = new DataException?[count];
        // Clips that show the same pictures are decoded once.
        var keys = Enumerable.Range(first, count).Select(source.PicturesKey).ToArray();
        var workers = new ParallelOptions { MaxDegreeOfParallelism = build.Threads, CancellationToken = build.Stop };
        Parallel.ForEach(GroupsOf(keys), workers, members =>
        {
            Clip? sibling = null;
            foreach (var i in members)
            {
                try
                {
                    clips[i] = sibling is null ? source.Load(first + i) : source.Load(first + i, sibling);
                    sibling = keys[i] is null ? null : clips[i];
                }
                catch (DataException e)
                {
                    errors[i] = e;
                }
            }
        });

        if (build.Embedding is { } embedding)
            Embed(clips, embedding);
        for (var i = 0; i < count; i++)
        {
            entries.Add(clips[i] is { } clip ? WriteClip(clip, keys[i]) : Bad(source.Clips[first + i], errors[i]!));
            build.Progress?.Invoke(first + i + 1, source.Clips.Count);
        }
    }

    // Clips of the block that show the same pictures go to one thread.
    private static IEnumerable<int[]> GroupsOf(string?[] keys) =>
        Enumerable.Range(0, keys.Length).GroupBy(i => keys[i] ?? $"\0{i}").Select(group => group.ToArray());

    private static void Embed(Clip?[] clips, SoundEmbedding embedding)
    {
        var whole = Enumerable.Range(0, clips.Length).Where(i => clips[i] is not null).ToArray();
        if (whole.Length == 0)
            return;
        float[] examples = [.. whole.SelectMany(i => clips[i]!.LogMel)];
        var vectors = embedding.Compute(examples); // [n, 1, 96, 64] -> [n, D]
        if (vectors.Length != examples.Length / Clip.LogMelSize * embedding.Size)
            throw new ArgumentException(
                $"{vectors.Length} values are not {examples.Length / Clip.LogMelSize} embeddings of {embedding.Size}", nameof(embedding));
        var at = 0;
        foreach (var i in whole)
        {
            var values = clips[i]!.Frames * embedding.Size;
            clips[i] = clips[i]!.WithSoundEmbedding(vectors[at..(at + values)]);
            at += values;
        }
    }

    private CacheEntry WriteClip(Clip clip, string? picturesKey)
    {
        if (picturesKey is null || !pictures.TryGetValue(picturesKey, out var pixels))
        {
            pixels = Append(clip.Pixels);
            if (picturesKey is not null)
                pictures[picturesKey] = pixels;
        }

        return new CacheEntry(
            clip.Info, clip.Height, clip.Width, clip.FramesPresent, clip.MaskHeight, clip.MaskWidth, clip.LabelledFrames,
            pixels,
            Append(clip.Labels ?? MaskBits.Pack(clip.Masks)),
            Append(MemoryMarshal.AsBytes(clip.LogMel.AsSpan())),
            clip.SoundEmbedding is { } embedding ? Append(MemoryMarshal.AsBytes(embedding.AsSpan())) : default,
            Error: null);
    }

    private CacheEntry Bad(ClipInfo clip, DataException error)
    {
        bad.Add(new BadClip(clip, error.Message));
        return bad.Count <= build.MaxBadClips
            ? new CacheEntry(clip, 0, 0, 0, 0, 0, [], default, default, default, default, error.Message)
            : throw TooManyBad(source.Name, bad, build.MaxBadClips);
    }

    private CachePart Append(ReadOnlySpan<byte> bytes)
    {
        Align();
        var part = new CachePart(file.Position, bytes.Length, Checksum.Compute(bytes));
        file.Write(bytes);
        return part;
    }

    private void Align() => file.Write(new byte[(Alignment - file.Position % Alignment) % Alignment]);
}
