using Avs.Core;

namespace Avs.Models.Weights;

/// <summary>Finds publishers' files of weights on disk, and says what to get from where when they are not there.</summary>
public static class PublishedFile
{
    /// <summary>The file that a configuration names for a part of a model.</summary>
    /// <param name="key">The configuration key, for the error.</param>
    /// <param name="path">A file, a folder that holds the publisher's file under its own name, or what <c>avs weights import</c> calls
    /// it.</param>
    /// <param name="network">The part's network, as configurations name it.</param>
    /// <exception cref="DataException">There is no such file; the sentence says its publisher's name for it and where it is
    /// offered.</exception>
    public static string Find(string key, string path, string network)
    {
        var published = PublishedWeights.Of(network);
        if (published?.ImportName == path) path = ImportedWeights.CachedPath();
        if (File.Exists(path)) return path;
        var where = published is null ? $"nobody publishes weights of {network}" : published.Where;
        if (!Directory.Exists(path)) throw new DataException($"{key}: {path} does not exist; {where}");
        return published?.Files.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
            ?? throw new DataException($"{key}: the folder {path} does not hold "
                + $"{(published is null ? "any weights" : string.Join(" or ", published.Files))}; {where}");
    }

    /// <summary>The checkpoint that a configuration names for a whole model.</summary>
    /// <param name="key">The configuration key, for the error.</param>
    /// <param name="publisher">Where the authors offer theirs; null: they offer none.</param>
    /// <exception cref="DataException">There is no such file; the sentence says where the authors offer theirs.</exception>
    public static string FindCheckpoint(string key, string path, string? publisher) => File.Exists(path)
        ? path
        : throw new DataException($"{key}: {path} does not exist, expected a checkpoint or the folder of a run; "
            + (publisher is null
                ? "nobody publishes checkpoints of this model"
                : $"the authors' checkpoints of this model, under the names they give them there, are offered at {publisher}"));
}
