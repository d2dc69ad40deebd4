using Avs.Core;
using Avs.Data.Packages;

namespace Avs.Stamps;

/// <summary>The parts of AVS-Stamps in the cache, the recordings decoded.</summary>
public static class PartsCache
{
    /// <summary>
    /// Opens the catalogue's parts, fetching them first if they are not here. A part lies at its <see cref="PackageFile.CachePath"/>.
    /// </summary>
    /// <param name="root">The cache folder, normally <see cref="CacheFolder.Default"/>.</param>
    /// <param name="catalogue">The whole catalogue (not a selection of its objects).</param>
    /// <param name="log">Gets a few words about each step.</param>
    /// <exception cref="DataException">The packages cannot be fetched or unpacked; the sentence says what is missing.</exception>
    public static PackageCache OpenOrFetch(string root, StampsCatalogue catalogue, Action<string> log) =>
        PackageCache.OpenOrFetch(root, "stamps", "the parts of AVS-Stamps", [.. catalogue.Sources], log, folder =>
        {
            log("decoding the recordings");
            var recordings = catalogue.Objects.SelectMany(o => o.Recordings.Concat(o.SecondRecordings)).ToArray();
            Parallel.ForEach(recordings, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, recording =>
            {
                var encoded = Path.Combine(folder, recording.StoredPath);
                ExternalProgram.Run("ffmpeg",
                    ["-nostdin", "-v", "error", "-y", "-i", encoded, "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact",
                        "-ac", "1", "-ar", "16000", "-c:a", "pcm_s16le", Path.Combine(folder, recording.CachePath)],
                    folder, $"the recording {recording.Path} could not be decoded");
                File.Delete(encoded);
            });
        });
}
