using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Prepare;

/// <summary>
/// Finds each clip's video in a folder: the file that the table names, else `{split}/{category}/{name}` as AVSBench has it,
/// `{category}/{name}`, `{split}/{name}` or `{name}`, with any extension of a video.
/// </summary>
internal sealed class ClipVideos
{
    private static readonly string[] Extensions = [".mp4", ".webm", ".avi", ".mkv", ".mov", ".m4v", ".mpg", ".mpeg", ".ogv", ".flv", ".ts",
        ".wmv", ".3gp"];

    private readonly string folder;
    private readonly ILookup<string, string> byStem;

    public ClipVideos(string folder)
    {
        this.folder = folder;
        if (!Directory.Exists(folder))
            throw new DataException($"{folder} is missing, expected a folder of videos");
        byStem = Directory.EnumerateFiles(folder, "*",
            new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0 })
            .Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
            .Order(StringComparer.Ordinal)
            .ToLookup(file => Path.ChangeExtension(Path.GetRelativePath(folder, file), null), StringComparer.Ordinal);
    }

    /// <exception cref="DataException">There is none, or more than one.</exception>
    public string Find(ClipRequest clip)
    {
        var (id, category, split) = (clip.Info.Id, clip.Info.Category, clip.Info.Split.Name());
        if (clip.File is { } named)
        {
            var path = Path.GetFullPath(Path.Combine(folder, named));
            return File.Exists(path) ? path : throw new DataException($"{path} is missing: the table names it for the clip {id}");
        }

        string[] stems = [Path.Combine(split, category, id), Path.Combine(category, id), Path.Combine(split, id), id];
        var files = stems.Select(stem => byStem[stem].ToArray()).FirstOrDefault(found => found.Length > 0) ?? [];
        return files switch
        {
            [var only] => only,
            [] => throw new DataException($"{folder} holds no video of the clip {id}, such as {stems[0]}.mp4"),
            _ =>
                throw new DataException(
                $"{files[0]} and {Path.GetFileName(files[1])} are both videos of the clip {id}; name the right one in a column 'file'"),
        };
    }
}
