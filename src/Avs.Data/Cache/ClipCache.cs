using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Cache;

/// <summary>A folder of caches, a file for each split of a data set.</summary>
/// <param name="folder">The folder; made when something is written to it.</param>
public sealed class ClipCache(string folder)
{
    /// <summary>Where the caches of a data set lie by default: in <see cref="CacheFolder.Default"/>.</summary>
    public static string DefaultFolder(string root)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..8];
        return Path.Combine(CacheFolder.Default(), "clips", $"{Path.GetFileName(full)}-{digest}");
    }

    /// <summary>The file of a data set's cache, whether it exists or not.</summary>
    public string PathOf(ICacheSource source) => Path.Combine(folder, source.CacheName + ".avscache");

    /// <summary>Opens a data set's cache; makes it first where it is missing or out of date.</summary>
    /// <exception cref="DataException">
    /// The file is damaged or cut short; or too many clips cannot be read; or the file cannot be written.
    /// </exception>
    public CachedClips OpenOrBuild(ICacheSource source, CacheBuild build)
    {
        var path = PathOf(source);
        var key = KeyOf(source);
        var old = Path.Exists(path) ? CachedClips.Open(path) : null;
        if (old is not null && old.Key == key && (build.Embedding is null || build.Embedding.Key == old.EmbeddingKey))
        {
            if (old.BadClips.Count > build.MaxBadClips)
                throw ClipCacheFile.TooManyBad(source.Name, old.BadClips, build.MaxBadClips);
            return old;
        }

        using (old)
        {
            // When only the embeddings are missing, the old file is the quickest source of the rest.
            IClipDataset from = old is not null && old.Key == key ? old : source;
            var what = old is null ? "making the cache"
                : from == old ? "adding sound embeddings to the cache"
                : "the sources have changed: making the cache again";
            build.Log?.Invoke($"{source.Name}: {what} {path}");
            try
            {
                Directory.CreateDirectory(folder);
                ClipCacheFile.Write(path, key, from, build);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DataException(
                    $"the cache {path} cannot be written: {Reason(e)}; nothing of it was kept, data.cache names another folder", e);
            }
        }

        return CachedClips.Open(path) ?? throw new InvalidOperationException($"{path} was written in another version of the format");
    }

    /// <summary>
    /// A hash of everything that decides a cache of the data set: format, settings, the table's rows, and each file's name, length and
    /// time.
    /// </summary>
    public static string KeyOf(ICacheSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        Add(string.Create(CultureInfo.InvariantCulture, $"{CacheHeader.Version} {source.Name} {source.FramesPerClip} {source.Settings}"));
        foreach (var name in source.Classes)
            Add(name);
        for (var i = 0; i < source.Clips.Count; i++)
        {
            Add(source.Clips[i].ToString());
            foreach (var path in source.FilesOf(i))
            {
                var file = new FileInfo(path);
                var state = file.Exists
                    ? string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}")
                    : "missing";
                Add($"{Path.GetRelativePath(source.Root, path)} {state}");
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Reason(Exception e) =>
        e.Message.StartsWith("No space left", StringComparison.Ordinal) ? "the disk is full" : e.Message.TrimEnd('.');
}
