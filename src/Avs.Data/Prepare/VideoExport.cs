using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Clips;

namespace Avs.Data.Prepare;

/// <summary>
/// The opposite of preparing: makes a video of each clip of an S4 or MS3, losslessly (FFV1 and the sound as it is, in Matroska), one frame
/// a second as the layout has them. Preparing these videos gives the same frames and sound again; players show them too.
/// </summary>
public static class VideoExport
{
    /// <summary>Where the videos go in a subset's folder, in AVSBench's own arrangement.</summary>
    public const string VideosFolder = "raw_videos";

    /// <summary>Where the masks go, in the arrangement that preparing finds them in.</summary>
    public const string MasksFolder = "masks";

    /// <summary>Exports every subset that a folder holds into a new folder, which is renamed into place when it is complete.</summary>
    /// <param name="folder">A folder with a table of AVSBench, or the parent of `Single-source` and `Multi-sources`.</param>
    /// <param name="target">The folder to make; it may exist if it is empty.</param>
    /// <param name="threads">Clips processed at the same time.</param>
    /// <param name="progress">Called with the clips done and the clips in all.</param>
    /// <param name="stop">Stops the export and removes what was written.</param>
    /// <returns>How many clips were exported.</returns>
    /// <exception cref="UsageException">The folder to make is not empty.</exception>
    /// <exception cref="DataException">There is no such data set, or a file of it is missing or damaged.</exception>
    public static int Run(string folder, string target, int threads, Action<int, int>? progress = null, CancellationToken stop = default)
    {
        target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        OutputFolder.RequireEmpty(target);
        var subsets = Enum.GetValues<Subset>().Select(subset => (Subset: subset, Layout: AvsBenchLayout.Find(folder, subset)))
            .Where(item => item.Layout is not null)
            .Select(item => (item.Subset, Layout: item.Layout!, Clips: AvsBenchDataset.ReadTable(item.Layout!, item.Subset))).ToArray();
        if (subsets.Length == 0)
            throw new DataException(
                $"{folder} holds no {AvsBenchLayout.TableName(Subset.S4)} and no {AvsBenchLayout.TableName(Subset.MS3)}");

        var temporary = $"{target}.{Environment.ProcessId}.partial";
        var (done, all) = (0, subsets.Sum(item => item.Clips.Count));
        try
        {
            foreach (var (subset, layout, clips) in subsets)
            {
                var home = Path.Combine(temporary, AvsBenchLayout.HomeOf(subset));
                Parallel.ForEach(clips, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop }, clip =>
                {
                    ExportClip(subset, layout, clip, home);
                    progress?.Invoke(Interlocked.Increment(ref done), all);
                });
                foreach (var file in new[] { layout.Table, layout.Stamps }.Where(File.Exists))
                    File.Copy(file, Path.Combine(home, Path.GetFileName(file)));
                var credits = new[] { layout.Root, Path.GetDirectoryName(layout.Root)! }.Select(place => Path.Combine(place, "CREDITS"))
                    .FirstOrDefault(File.Exists);
                if (credits is not null)
                    File.Copy(credits, Path.Combine(home, "CREDITS"));
            }

            if (Directory.Exists(target))
                Directory.Delete(target);
            Directory.Move(temporary, target);
            return all;
        }
        catch (AggregateException e) when (e.InnerExceptions.FirstOrDefault(x => x is AvsException or IOException) is { } cause)
        {
            throw new DataException(cause is AvsException ? cause.Message : $"{target} cannot be written: {cause.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{target} cannot be written: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    private static void ExportClip(Subset subset, AvsBenchLayout layout, ClipInfo clip, string home)
    {
        var place = subset == Subset.S4 ? Path.Combine(clip.Split.Name(), clip.Category) : "";
        var video = Path.Combine(home, VideosFolder, place, clip.Id + ".mkv");
        Directory.CreateDirectory(Path.GetDirectoryName(video)!);
        foreach (var file in new[] { layout.Frame(clip, 1), layout.Sound(clip) }.Where(file => !File.Exists(file)))
            throw new DataException($"{file} is missing: the clip {clip.Id} cannot be exported");

        // The first frame's name ends with a 1 and its ending; ffmpeg counts on from there. A per cent sign of its own is doubled.
        var first = Path.GetFullPath(layout.Frame(clip, 1));
        var ending = Path.GetExtension(first);
        var pattern = first[..^(1 + ending.Length)].Replace("%", "%%", StringComparison.Ordinal) + "%d" + ending;
        ExternalProgram.Run("ffmpeg",
            ["-nostdin", "-v", "error", "-framerate", "1", "-pattern_type", "sequence", "-start_number", "1", "-i", "file:" + pattern, "-i",
                Media.MediaFile.Name(layout.Sound(clip)),
                "-map", "0:v", "-map", "1:a", "-c:v", "ffv1", "-pix_fmt", "bgr0", "-threads", "1", "-c:a", "copy",
                "-fflags", "+bitexact", "-f", "matroska", Path.GetFullPath(video)],
            Path.GetTempPath(), $"the clip {clip.Id} cannot be exported");

        var masks = layout.MaskFolder(clip);
        if (!Directory.Exists(masks))
            return;
        var folder = Path.Combine(home, MasksFolder, clip.Split.Name(), clip.Category, clip.Id);
        Directory.CreateDirectory(folder);
        foreach (var mask in Directory.EnumerateFiles(masks))
            File.Copy(mask, Path.Combine(folder, Path.GetFileName(mask)));
    }
}
