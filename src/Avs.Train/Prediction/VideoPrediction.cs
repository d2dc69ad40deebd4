using System.Globalization;
using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Media;
using Avs.Eval.Metrics;
using Avs.Models;
using Avs.Models.Memory;
using Avs.Train.Segmentation;
using OpenCvSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Prediction;

/// <summary>
/// Finds what sounds in any video: for each second a mask, and of all of them an overlay video, a strip of pictures and figures over time.
/// </summary>
public static class VideoPrediction
{
    /// <summary>Makes a folder with all of it: into one beside it first, renamed when all is written.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="progress">Told the seconds of the video that are done, and how many it has.</param>
    /// <param name="stop">Stops; nothing is left.</param>
    /// <exception cref="UsageException">The folder is not empty, there is no such checkpoint, or a folder of frames has no sound.</exception>
    /// <exception cref="DataException">The checkpoint, the video or the sound is missing or damaged.</exception>
    public static PredictionResult Run(PredictionRequest request, Action<int, int>? progress = null, CancellationToken stop = default)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Folder));
        OutputFolder.RequireEmpty(folder);
        var media = Directory.Exists(request.Video) ? null : MediaFile.Read(request.Video);
        IPictureTrack track = media is null ? new FrameFolder(request.Video, request.FramesPerSecond) : new VideoFile(media);
        var temporary = $"{folder}.{Environment.ProcessId}.partial";
        var (model, experiment, _) = SegmenterFactory.Load(request.Checkpoint, request.Device);
        using (model)
        {
            using var folded = new FoldedNorms(model);
            try
            {
                Directory.CreateDirectory(temporary);
                if (experiment.Run.Train.Threads is { } threads)
                    set_num_threads(threads);
                var sound = HeardSound.Read(request, media);
                var options = SegmenterFactory.EvaluationOptions(experiment.Task, request.Device, EvalMode.Reference);
                var segmenter = SegmenterFactory.ForEvaluation(model, experiment);
                var windows = Enumerable.Range(0, request.Rate).Select(_ => new WindowedSegmenter(segmenter, options, sound, request.Window)).ToArray();
                var film = new Film(track, request, sound, temporary, new Halves(track, progress), stop);
                var result = film.Segment(windows) with { Folder = folder };
                film.Draw(result);
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
    }

    /// <summary>The video is gone through twice: to segment, and to draw.</summary>
    private sealed class Halves(IPictureTrack track, Action<int, int>? progress)
    {
        private readonly int all = Math.Max(1, (int)Math.Ceiling(track.StatedSeconds));

        public void Segmented(double seconds) => Tell(seconds / 2);

        public void Drawn(double seconds) => Tell((track.StatedSeconds + seconds) / 2);

        public void Done() => progress?.Invoke(all, all);

        private void Tell(double seconds)
        {
            // Of nothing done nothing can be foretold.
            if (seconds >= 1)
                progress?.Invoke(Math.Min((int)seconds, all - 1), all);
        }
    }

    private sealed class Film(IPictureTrack track, PredictionRequest request, HeardSound sound, string folder, Halves progress, CancellationToken stop)
    {
        private const double Ahead = 1.0 / 16;

        // A beginning without pictures that nobody sees is none.
        private const double Delay = 0.1;

        private readonly string name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Video)));
        private readonly SortedDictionary<int, TimedMask> masks = [];
        private double rate = track.FrameRate;
        private OpenCvSharp.Size size;

        /// <summary>Goes through the video, samples a frame for each mask and writes the masks.</summary>
        public PredictionResult Segment(WindowedSegmenter[] windows)
        {
            Directory.CreateDirectory(Path.Combine(folder, "masks"));
            using var held = new Mat();
            var (next, pictures, first, last) = (0, 0, 0.0, 0.0);
            foreach (var (seconds, picture) in track.Pictures())
            {
                stop.ThrowIfCancellationRequested();
                for (; pictures > 0 && Instant(next) < seconds - 1e-6; next++)
                    Sample(windows, next, held);
                picture.CopyTo(held);
                first = pictures == 0 ? seconds : first;
                (size, last) = (picture.Size(), seconds);
                pictures++;
                progress.Segmented(seconds);
            }

            // What the pictures' times say counts more than what the file states.
            if (pictures > 1)
                rate = (pictures - 1) / (last - first) is var measured && Math.Abs(measured / track.FrameRate - 1) < 0.01 ? track.FrameRate : measured;
            var end = last + 1 / rate;
            var count = Math.Max(1, (int)Math.Floor((end + Ahead) * request.Rate + 1e-6));
            for (; next < count; next++)
                Sample(windows, next, held);
            foreach (var window in windows)
                window.Finish(Keep);
            List<string> notes = [.. sound.Notes, .. (track as VideoFile)?.Notes ?? []];
            if (first > Delay)
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"the pictures begin {first:0.00} s late: the first one stands for what lies before"));
            return new PredictionResult(folder, [.. masks.Values], size.Width, size.Height, end, sound.File is not null)
            {
                StatedSeconds = track.StatedSeconds,
                Notes = notes,
            };
        }

        /// <summary>Goes through it again and draws the overlay video, the strip and the figures.</summary>
        public void Draw(PredictionResult result)
        {
            var drawing = new PredictionPictures(result, folder, name, request);
            drawing.WriteFigures();
            drawing.WriteOverlay(track, rate, sound.File, progress.Drawn, stop);
            drawing.WriteStrip();
            progress.Done();
        }

        private double Instant(int index) => (index + 1.0) / request.Rate - Ahead;

        private void Sample(WindowedSegmenter[] windows, int index, Mat picture)
        {
            using var small = new Mat();
            Cv2.Resize(picture, small, new OpenCvSharp.Size(AvsBenchDataset.OfficialSize, AvsBenchDataset.OfficialSize)); // as data sets are prepared
            Cv2.CvtColor(small, small, ColorConversionCodes.BGR2RGB);
            small.GetBytes(out var rgb);
            windows[index % request.Rate].Add(new SampledFrame(index, rgb), Instant(index), Keep);
            stop.ThrowIfCancellationRequested();
        }

        /// <summary>Writes a mask at the video's size: the logits are enlarged, then cut at the threshold.</summary>
        private void Keep(int index, Tensor logits)
        {
            using var scope = NewDisposeScope();
            var enlarged = nn.functional.interpolate(logits, [size.Height, size.Width], null, InterpolationMode.Bilinear, false).sigmoid(); // [1, 1, H, W]
            var probability = enlarged.cpu().contiguous().data<float>().ToArray();
            byte[] grey = [.. probability.Select(p => p > request.Threshold ? byte.MaxValue : byte.MinValue)];
            var file = Path.Combine("masks", $"{name}_{index.ToString(CultureInfo.InvariantCulture)}.png");
            using var mask = Mat.FromPixelData(size.Height, size.Width, MatType.CV_8UC1, grey);
            File.WriteAllBytes(Path.Combine(folder, file), mask.ToBytes(".png"));
            var (from, to) = (index / (double)request.Rate, (index + 1.0) / request.Rate);
            masks[index] = new TimedMask(from, Instant(index), grey.Count(value => value != 0) / (double)grey.Length,
                probability.Average(), sound.Decibels(from, to), file);
        }
    }
}
