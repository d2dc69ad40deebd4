using System.Globalization;
using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.AvsBench;
using Avs.Data.Clips;
using Avs.Data.Media;

namespace Avs.Data.Prepare;

/// <summary>Makes the files of one clip: all of them in a temporary folder, then each moved to its place.</summary>
internal sealed class ClipPreparer(PrepareOptions options, Subset subset, AvsBenchLayout layout, ClipVideos videos, ClipMasks? masks)
{
    // The log-mel front end needs this much less than T seconds for T examples; with less it repeats the last one.
    private const double SpareSeconds = 0.185;

    // A shorter delay is invisible.
    private const double Delay = 0.1;

    // To be increased when the same video gives other files: clips prepared earlier are then made again.
    private const int Making = 2;

    /// <summary>What a clip is made of: when that is unchanged and its files are in place, there is nothing to do.</summary>
    public string SourceOf(ClipRequest clip, string video)
    {
        var file = new FileInfo(video);
        var start = options.Trim ? clip.StartSeconds : null;
        var content = Text($"{Path.GetRelativePath(options.Videos, video)}|{file.Length}|{file.LastWriteTimeUtc.Ticks}");
        return Text($"{content}|{options.Seconds}|{start}|{options.RepeatShort}|{Making}|{MasksOf(clip.Info)}");
    }

    // Their number, newest time and how they are read; empty without masks.
    private string MasksOf(ClipInfo clip)
    {
        if (masks is null)
            return "";
        var files = masks.Find(clip, subset, options.Seconds).Files;
        return string.Create(CultureInfo.InvariantCulture,
            $"{files.Count}@{files.Max(mask => File.GetLastWriteTimeUtc(mask.File).Ticks)}|{MaskReader.Rule}");
    }

    /// <summary>Where a clip's video is.</summary>
    public string VideoOf(ClipRequest clip) => videos.Find(clip);

    /// <summary>Bytes of a clip's files in their places; 0 where one is missing.</summary>
    public long BytesInPlace(ClipInfo clip)
    {
        var files = Enumerable.Range(1, options.Seconds).Select(k => layout.Frame(clip, k)).Append(layout.Sound(clip))
            .Append(layout.LogMel(clip));
        if (masks is not null)
            files = files.Concat(masks.Find(clip, subset, options.Seconds).Files.Select(mask => layout.Mask(clip, mask.Number)));
        var sizes = files.Select(file => new FileInfo(file)).Select(file => file.Exists ? file.Length : 0).ToArray();
        return sizes.Contains(0) ? 0 : sizes.Sum();
    }

    /// <param name="aside">A temporary folder for the unfinished files, on the same file system.</param>
    /// <returns>What was corrected; else empty.</returns>
    /// <exception cref="DataException">The clip cannot be made; nothing of it is left.</exception>
    public string Prepare(ClipRequest clip, string video, string aside)
    {
        var (frames, labels, wave, pickle) = (Path.Combine(aside, "frames"), Path.Combine(aside, "masks"), Path.Combine(aside, "sound.wav"),
            Path.Combine(aside, "sound.pkl"));
        try
        {
            var notes = new List<string>();
            Directory.CreateDirectory(frames);
            // The sound first: ffmpeg's message about a damaged file is clearer.
            var media = MediaFile.Read(video);
            WriteSound(clip, media, wave, pickle, notes);
            WriteFrames(clip, media, frames, notes);
            if (masks is not null)
            {
                Directory.CreateDirectory(labels);
                var found = masks.Find(clip.Info, subset, options.Seconds);
                notes.Add(found.Remark);
                notes.Add(ClipMasks.Write(found.Files.Select(mask =>
                    (mask.Number, mask.File, Path.Combine(labels, Path.GetFileName(layout.Mask(clip.Info, mask.Number)))))));
            }

            MoveFolder(frames, layout.FrameFolder(clip.Info));
            if (masks is not null)
                MoveFolder(labels, layout.MaskFolder(clip.Info));
            MoveFile(pickle, layout.LogMel(clip.Info));
            MoveFile(wave, layout.Sound(clip.Info));
            return string.Join("; ", notes.Where(note => note.Length > 0));
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }
    }

    /// <summary>Removes what is in a clip's places.</summary>
    public void Remove(ClipInfo clip)
    {
        foreach (var folder in new[] { layout.FrameFolder(clip), layout.MaskFolder(clip) }.Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
        foreach (var file in new[] { layout.LogMel(clip), layout.Sound(clip) }.Where(File.Exists))
            File.Delete(file);
    }

    private double StartOf(ClipRequest clip) => !options.Trim ? 0
        : clip.StartSeconds
            ?? throw new DataException(
            $"{options.Table} gives no start second for the clip {clip.Info.Id}, which cutting clips out of longer videos needs");

    private void WriteSound(ClipRequest clip, MediaFile media, string wave, string pickle, List<string> notes)
    {
        var video = media.Path;
        notes.AddRange(SoundTrack.Extract(media, wave, StartOf(clip), options.Seconds));
        var (mono, rate) = WavReader.Read(wave);
        var length = (double)mono.Length / rate;
        RefuseShort(video, "sound", length, options.Seconds - length);
        if (length < options.Seconds - SpareSeconds)
            notes.Add(Text($"the sound lasts {length:0.00} s of {options.Seconds}: its last second is repeated"));
        var logMel = LogMelFrontEnd.ComputeExactly(mono, rate, options.Seconds)
            ?? throw new DataException(Text($"{video} has {length:0.00} s of sound, too short for one second"));
        File.WriteAllBytes(pickle, LogMelPickle.Encode(logMel));
    }

    private void WriteFrames(ClipRequest clip, MediaFile media, string folder, List<string> notes)
    {
        // Clips are prepared in parallel: more threads in each decoder would only slow them down.
        var track = new VideoFile(media, options.Threads > 1 ? 1 : 0);
        using var seconds = SecondFrames.Read(track, StartOf(clip), options.Seconds);
        notes.AddRange(track.Notes);
        RefuseShort(media.Path, "picture", options.Seconds - seconds.Missing, seconds.Missing);
        // The last instant is a sixteenth of a second before the end.
        if (seconds.Missing > 1.0 / 16)
            notes.Add(Text(
                $"the picture lasts {options.Seconds - seconds.Missing:0.00} s of {options.Seconds}: its last frame is repeated"));
        if (seconds.Late > Delay)
            notes.Add(Text($"the pictures begin {seconds.Late:0.00} s late: the first one stands for what lies before"));
        else if (seconds.ByTime)
            notes.Add("the frame rate varies or is stated wrongly: frames were chosen by their time stamps");
        for (var k = 1; k <= options.Seconds; k++)
        {
            // OpenCV's default compression is its fastest, and the composed data set uses it too.
            File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(layout.Frame(clip.Info, k))), seconds.Pictures[k - 1].ToBytes(".png"));
        }
    }

    private void RefuseShort(string video, string what, double length, double missing)
    {
        if (missing >= 1 && !options.RepeatShort)
            throw new DataException(Text($"{video} has {length:0.0} s of {what}, expected {options.Seconds} s"));
    }

    private static void MoveFolder(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (Directory.Exists(to))
            Directory.Delete(to, recursive: true);
        Directory.Move(from, to);
    }

    private static void MoveFile(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Move(from, to, overwrite: true);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
