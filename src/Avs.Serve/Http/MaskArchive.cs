using System.IO.Compression;
using Avs.Data.Clips;
using Avs.Eval.Reports;
using Avs.Serve.Jobs;

namespace Avs.Serve.Http;

/// <summary>The masks of a job as a zip file, named as the reference names its own.</summary>
internal static class MaskArchive
{
    /// <param name="clip">The clip that the masks are of; null for an upload.</param>
    /// <param name="subset">Of the data set.</param>
    public static byte[] Create(Job job, Outcome outcome, ClipInfo? clip, Subset subset)
    {
        var names = clip is null ? new PredictionFiles("", Subset.MS3) : new PredictionFiles("", subset);
        var info = clip ?? new ClipInfo(PlainName(job.Video.Name), "", Split.Test, Scene: null);
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            for (var i = 0; i < outcome.Masks.Count; i++)
                archive.CreateEntryFromFile(
                    Path.Combine(outcome.Files.Folder, outcome.Masks[i].File), names.GetPath(info, i), CompressionLevel.NoCompression);
        }
        return bytes.ToArray();
    }

    /// <summary>An uploaded file's name without its ending, of plain letters that no system reads as more than a name.</summary>
    public static string PlainName(string name)
    {
        var letters = Path.GetFileNameWithoutExtension(name).Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        return new string([.. letters]) is { Length: > 0 } plain ? plain : "video";
    }
}
