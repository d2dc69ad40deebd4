using System.Collections.Concurrent;
using System.Globalization;
using Avs.Core;
using Avs.Data.AvsBench;
using OpenCvSharp;

namespace Avs.Data.Prepare;

/// <summary>
/// Turns raw videos into the S4 or MS3 layout: frames at the instants that AVSBench takes, 16 kHz sound, log-mel examples and, where they
/// are given, masks. The table is written last, with the clips that came out whole; `prepare_report.csv` lists the result for every clip.
/// Run again, it continues where it was interrupted, and repeats clips that failed or whose video changed.
/// </summary>
public static class Preparation
{
    // Files that a composed data set has beside its table and that are valid for the prepared one too.
    private static readonly string[] Companions = ["stamps.csv", "CREDITS"];

    /// <summary>Prepares every clip of a table.</summary>
    /// <param name="progress">Called with the clips done and the clips in all, from any thread.</param>
    /// <param name="stop">Stops after the clips begun; the next run continues.</param>
    /// <exception cref="UsageException">The folder holds a data set that was not prepared here.</exception>
    /// <exception cref="DataException">The table or the folder of videos is wrong, or more clips failed than may.</exception>
    public static PrepareReport Run(PrepareOptions options, Action<int, int>? progress = null, CancellationToken stop = default)
    {
        var table = PrepareTable.Read(options.Table, options.Subset);
        var layout = AvsBenchLayout.At(Path.Combine(Path.GetFullPath(options.Folder), AvsBenchLayout.HomeOf(table.Subset)), table.Subset);
        var journalPath = Path.Combine(layout.Root, PrepareJournal.FileName);
        if (!File.Exists(journalPath) && Directory.Exists(layout.Root) && Directory.EnumerateFileSystemEntries(layout.Root).Any())
            throw new UsageException(
                $"{layout.Root} is not empty and was not prepared here (it has no {PrepareJournal.FileName}); name a new folder");
        if (options.Masks is { } folder && !Directory.Exists(folder))
            throw new DataException($"{folder} is missing, expected a folder of masks");

        var masks = options.Masks is { } given ? new ClipMasks(given) : null;
        var preparer = new ClipPreparer(options, table.Subset, layout, new ClipVideos(options.Videos), masks);
        try
        {
            Directory.CreateDirectory(layout.Root);
            RemoveLeftovers(layout.Root);
            using var journal = new PrepareJournal(journalPath);
            var work = new Work(options, table, layout, preparer, journal);
            work.Run(progress, stop);
            return work.Finish(options.Masks is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{layout.Root} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Removes incomplete files of processes that have ended.</summary>
    private static void RemoveLeftovers(string root)
    {
        foreach (var leftover in Directory.EnumerateDirectories(root, "*.partial"))
        {
            // This process has written nothing yet: its own number was another's before.
            if (int.TryParse(Path.GetFileName(leftover).Split('.')[0], CultureInfo.InvariantCulture, out var process)
                && (process == Environment.ProcessId || !Directory.Exists($"/proc/{process}")))
            {
                Directory.Delete(leftover, recursive: true);
            }
        }
    }

    private sealed class Work(PrepareOptions options, PrepareTable table, AvsBenchLayout layout, ClipPreparer preparer,
        PrepareJournal journal)
    {
        private readonly ConcurrentDictionary<string, string> failures = new(StringComparer.Ordinal);
        private readonly string aside = Path.Combine(layout.Root, $"{Environment.ProcessId}.partial");
        private int prepared, kept;

        public void Run(Action<int, int>? progress, CancellationToken stop)
        {
            var done = 0;
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
            // Clips are prepared in parallel; OpenCV's own threads would only slow them down.
            var threads = Cv2.GetNumThreads();
            Cv2.SetNumThreads(1);
            try
            {
                Parallel.For(0, table.Clips.Count,
                    new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = enough.Token }, i =>
                {
                    Prepare(table.Clips[i], Path.Combine(aside, i.ToString(CultureInfo.InvariantCulture)), stop);
                    progress?.Invoke(Interlocked.Increment(ref done), table.Clips.Count);
                    if (failures.Count > options.MaxFailures)
                        enough.Cancel();
                });
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // Too many failures: reported below.
            }
            catch (AggregateException e) when (e.InnerExceptions.FirstOrDefault(x => x is IOException
                or UnauthorizedAccessException) is { } cause)
            {
                throw new IOException(cause.Message, e);
            }
            finally
            {
                Cv2.SetNumThreads(threads);
                if (Directory.Exists(aside))
                    Directory.Delete(aside, recursive: true);
            }

            if (failures.Count > options.MaxFailures)
            {
                throw new DataException(
                    $"{failures.Count} clips failed, more than the {options.MaxFailures} that may ({journal.Path} names them); "
                    + $"the first: {failures[table.Clips.First(clip => failures.ContainsKey(clip.Key)).Key]}");
            }
        }

        /// <summary>Writes the table of the clips that are whole.</summary>
        public PrepareReport Finish(bool hasMasks)
        {
            var whole = table.Clips.Where(clip => !failures.ContainsKey(clip.Key)).ToArray();
            if (whole.Length == 0)
                throw new DataException($"none of the {table.Clips.Count} clips could be prepared; {journal.Path} says why; the first: "
                    + $"{failures[table.Clips[0].Key]}");
            journal.Rewrite(table.Clips.Select(clip => journal.Find(clip.Key)!));
            foreach (var name in Companions)
            {
                var companion = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(options.Table))!, name);
                if (File.Exists(companion))
                    AtomicFile.WriteAllBytes(Path.Combine(layout.Root, name), File.ReadAllBytes(companion));
            }

            AtomicFile.WriteAllText(layout.Table, table.Text(whole));
            var notes = whole.Select(clip => new PrepareRemark(clip.Info.Id, journal.Find(clip.Key)!.Remark))
                .Where(note => note.Sentence.Length > 0);
            var failed = table.Clips.Where(clip => failures.ContainsKey(clip.Key))
                .Select(clip => new PrepareRemark(clip.Info.Id, failures[clip.Key]));
            return new PrepareReport(layout.Root, table.Subset, prepared, kept, [.. failed], [.. notes], hasMasks, journal.Path);
        }

        private void Prepare(ClipRequest clip, string folder, CancellationToken stop)
        {
            var source = clip.File ?? "";
            try
            {
                var video = preparer.VideoOf(clip);
                source = preparer.SourceOf(clip, video);
                if (journal.Find(clip.Key) is { Prepared: true } line && line.Source == source && line.Bytes > 0
                    && preparer.BytesInPlace(clip.Info) == line.Bytes)
                {
                    Interlocked.Increment(ref kept);
                    return;
                }

                var note = preparer.Prepare(clip, video, folder).ReplaceLineEndings(" ");
                journal.Add(new JournalLine(clip.Key, true, note, source, preparer.BytesInPlace(clip.Info)));
                Interlocked.Increment(ref prepared);
            }
            // Ctrl-C stops ffmpeg too, and a clip that fails for that reason is not a bad one.
            catch (Exception e) when ((e is DataException or OpenCVException) && !stop.IsCancellationRequested)
            {
                var reason = e.Message.ReplaceLineEndings(" ").Trim();
                // Files of an earlier preparation stay, though the table no longer names them: the video may only be unreachable today.
                if (journal.Find(clip.Key) is not { Prepared: true })
                    preparer.Remove(clip.Info);
                failures[clip.Key] = reason;
                journal.Add(new JournalLine(clip.Key, false, reason, source, 0));
            }
        }
    }
}
