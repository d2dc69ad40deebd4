using System.Globalization;
using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Data.AvsBench;
using Avs.Data.Media;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using OpenCvSharp;
using static TorchSharp.torch;

namespace Avs.Eval.Prediction;

/// <summary>
/// Finds what sounds in any video: for each second a mask, and of all of them an overlay video, a strip of pictures and figures over time.
/// </summary>
public sealed class VideoPrediction
{
    private readonly PredictionOptions options;
    private readonly string folder;
    private readonly MediaFile? media;
    private readonly IPictureTrack track;

    private VideoPrediction(PredictionOptions options)
    {
        this.options = options;
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder));
        OutputFolder.RequireEmpty(folder);
        if (Directory.Exists(options.Video))
        {
            track = new FrameFolder(options.Video, options.FramesPerSecond);
            return;
        }
        media = MediaFile.Read(options.Video, options.Upload is not null);
        RequireNoPicture(options.Video);
        track = new VideoFile(media);
        options.Upload?.Require(media);
    }

    /// <summary>Looks at the video and the folder, so that mistakes show before a model is loaded.</summary>
    /// <exception cref="UsageException">The folder is not empty.</exception>
    /// <exception cref="DataException">The video is missing, damaged or a single picture.</exception>
    public static VideoPrediction Open(PredictionOptions options) => new(options);

    /// <summary>Makes the folder: under a temporary name beside it first, renamed when everything is written.</summary>
    /// <param name="segmenter">Called without gradient on windows of <see cref="PredictionOptions.Window"/> seconds.</param>
    /// <param name="evaluation">The segmenter's image size and device, and whether mirrored pictures are averaged in.</param>
    /// <param name="progress">Takes the seconds of the video that are done, and how many it has.</param>
    /// <param name="stop">Stops; nothing is left.</param>
    /// <param name="classNames">The names of a model's classes by number, the background first (AVSS); null: they go by their
    /// numbers.</param>
    /// <exception cref="UsageException">A folder of frames has no sound.</exception>
    /// <exception cref="DataException">The video or the sound is missing or damaged, or the folder cannot be written.</exception>
    public PredictionResult Run(
        Segmenter segmenter, EvaluationOptions evaluation, Action<int, int>? progress = null, CancellationToken stop = default,
        IReadOnlyList<string>? classNames = null)
    {
        var temporary = $"{folder}.{Environment.ProcessId}.partial";
        try
        {
            Directory.CreateDirectory(temporary);
            var sound = SoundOfVideo.Read(options, media);
            var windows = Enumerable.Range(0, options.Rate)
                .Select(_ => new WindowedSegmenter(segmenter, evaluation, sound, options.Window)).ToArray();
            var passes = new TwoPasses(
                track, options, sound, temporary, classNames ?? [], new PassProgress(track, options.ForPlayback ? 1 : 2, progress), stop);
            var result = passes.Segment(windows) with { Folder = folder };
            passes.Draw(result, sound);
            if (Directory.Exists(folder))
                Directory.Delete(folder);
            Directory.Move(temporary, folder);
            return result;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder} cannot be written: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    // ffmpeg would take a picture for a video of one frame and state a length for it.
    private static void RequireNoPicture(string path)
    {
        Span<byte> start = stackalloc byte[12];
        using var file = File.OpenRead(path);
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (KindOfPicture(start[..length]) is { } kind)
            throw new DataException(
                $"{path} is a single picture ({kind}), expected a video or a folder of frames (PNG or JPEG) with a wav file beside them");
    }

    private static string? KindOfPicture(ReadOnlySpan<byte> start) => start switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "PNG",
        [0xFF, 0xD8, 0xFF, ..] => "JPEG",
        [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] => "BMP",
        [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "TIFF",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P'] => "WebP",
        _ => null,
    };

    /// <summary>How far the passes through the video are, one or two, each as much of the work.</summary>
    private sealed class PassProgress(IPictureTrack track, int passes, Action<int, int>? progress)
    {
        private readonly int all = Math.Max(1, (int)Math.Ceiling(track.StatedSeconds));

        public void Segmented(double seconds) => Report(seconds / passes);

        public void Drawn(double seconds) => Report((track.StatedSeconds + seconds) / 2);

        public void Done() => progress?.Invoke(all, all);

        // From nothing done no remaining time can be estimated.
        private void Report(double seconds)
        {
            if (seconds >= 1)
                progress?.Invoke(Math.Min((int)seconds, all - 1), all);
        }
    }

    /// <summary>The video is gone through twice, to segment it and to draw, or once where a page plays the frames of the masks.</summary>
    private sealed class TwoPasses(
        IPictureTrack track, PredictionOptions options, SoundOfVideo sound, string folder, IReadOnlyList<string> classNames,
        PassProgress progress, CancellationToken stop)
    {
        // The frame of a second is the one shown a sixteenth of a second before its end, as in AVSBench.
        private const double BeforeEnd = 1.0 / 16;

        // A shorter beginning without pictures is not noticed.
        private const double ShortestDelay = 0.1;

        private readonly string name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Video)));
        private readonly SortedDictionary<int, TimedMask> masks = [];
        private readonly PlaybackFiles? playback = options.ForPlayback ? new PlaybackFiles(folder) : null;
        private double rate = track.FrameRate;
        private OpenCvSharp.Size size;

        /// <summary>Goes through the video, samples a frame for each mask and writes the masks.</summary>
        public PredictionResult Segment(WindowedSegmenter[] windows)
        {
            Directory.CreateDirectory(Path.Combine(folder, "masks"));
            using var current = new Mat();
            var (next, pictures, first, last) = (0, 0, 0.0, 0.0);
            foreach (var (seconds, picture) in track.Pictures())
            {
                stop.ThrowIfCancellationRequested();
                options.Upload?.Require(options.Video, seconds);
                for (; pictures > 0 && Instant(next) < seconds - 1e-6; next++)
                    Sample(windows, next, current);
                picture.CopyTo(current);
                first = pictures == 0 ? seconds : first;
                (size, last) = (picture.Size(), seconds);
                pictures++;
                progress.Segmented(seconds);
            }

            // What the pictures' times say counts more than what the file states.
            if (pictures > 1)
            {
                var measured = (pictures - 1) / (last - first);
                rate = Math.Abs(measured / track.FrameRate - 1) < 0.01 ? track.FrameRate : measured;
            }
            var end = last + 1 / rate;
            var count = Math.Max(1, (int)Math.Floor((end + BeforeEnd) * options.Rate + 1e-6));
            for (; next < count; next++)
                Sample(windows, next, current);
            foreach (var window in windows)
                window.Finish(WriteMask);
            List<string> notes = [.. sound.Notes, .. (track as VideoFile)?.Notes ?? []];
            if (first > ShortestDelay)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture,
                    $"the pictures begin {first:0.00} s late: the first one stands for what lies before"));
            }
            return new PredictionResult(folder, [.. masks.Values], size.Width, size.Height, end, sound.File is not null)
            {
                StatedSeconds = track.StatedSeconds,
                Notes = notes,
                Classes = FindClasses(),
            };
        }

        /// <summary>Draws what a page plays, or goes through it again and draws the overlay video, the strip and the figures.</summary>
        public void Draw(PredictionResult result, SoundOfVideo sound)
        {
            if (playback is not null)
            {
                playback.Finish(result, sound);
                progress.Done();
                return;
            }
            var drawing = new PredictionPictures(result, folder, name, options);
            drawing.WriteFigures();
            drawing.WriteOverlay(track, rate, sound.File, progress.Drawn, stop);
            drawing.WriteStrip();
            progress.Done();
        }

        private double Instant(int index) => (index + 1.0) / options.Rate - BeforeEnd;

        private void Sample(WindowedSegmenter[] windows, int index, Mat picture)
        {
            using var small = new Mat();
            const int side = AvsBenchDataset.OfficialSize; // as data sets are prepared
            Cv2.Resize(picture, small, new OpenCvSharp.Size(side, side));
            Cv2.CvtColor(small, small, ColorConversionCodes.BGR2RGB);
            small.GetBytes(out var rgb);
            windows[index % options.Rate].Add(new SampledFrame(index, rgb), Instant(index), WriteMask);
            playback?.WriteFrame(index, picture);
            stop.ThrowIfCancellationRequested();
        }

        /// <summary>Writes a mask at the video's size: the logits are enlarged, then cut at the threshold.</summary>
        private void WriteMask(int index, Tensor logits)
        {
            using var scope = NewDisposeScope();
            var maps = PredictedMaps.Enlarge(logits, size.Height, size.Width); // [1, K, S, S] -> [1, 1, H, W]
            var probability = maps.Logits.sigmoid().ToFloats();
            var classes = maps.Classes?.cpu().contiguous().bytes.ToArray();
            if (classes is not null && options.Threshold != MaskThreshold.Usual)
                throw new UsageException("--threshold: this model tells classes apart, and each pixel is of the most probable one");
            var grey = classes ?? MaskThreshold.Apply(probability, options.Threshold);
            var file = Path.Combine("masks", $"{name}_{index.ToString(CultureInfo.InvariantCulture)}.png");
            using var mask = Mat.FromPixelData(size.Height, size.Width, MatType.CV_8UC1, grey);
            File.WriteAllBytes(
                Path.Combine(folder, file),
                classes is null ? mask.ToBytes(".png") : ClassPicture.ToPng(classes, size.Height, size.Width));
            var (from, to) = (index / (double)options.Rate, (index + 1.0) / options.Rate);
            masks[index] = new TimedMask(from, Instant(index), grey.Count(value => value != 0) / (double)grey.Length,
                probability.Average(), sound.Decibels(from, to), file)
            {
                Classes = classes?.Where(number => number != 0).GroupBy(number => (int)number)
                    .ToDictionary(group => group.Key, group => group.Count() / (double)grey.Length),
            };
        }

        // Null of a model without classes.
        private IReadOnlyList<FoundClass>? FindClasses()
        {
            if (masks.Values.Any(mask => mask.Classes is null))
                return null;
            return
            [
                .. masks.Values.SelectMany(mask => mask.Classes!).GroupBy(found => found.Key, found => found.Value)
                    .Select(found => new FoundClass(
                        found.Key, classNames.ElementAtOrDefault(found.Key) ?? $"class {found.Key}",
                        ClassPicture.Colour(found.Key).ToHex(), found.Count(), found.Sum() / masks.Count))
                    .OrderByDescending(found => found.Area).ThenBy(found => found.Number),
            ];
        }
    }
}
