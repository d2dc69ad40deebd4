using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Data.Media;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using Avs.Eval.RunReports;
using OpenCvSharp;

namespace Avs.Eval.Prediction;

/// <summary>What a page plays of a prediction: for each second its frame, mask and overlay, and the sound.</summary>
/// <param name="Folder">Where they lie; made when missing.</param>
public sealed record PlaybackFiles(string Folder)
{
    // Of pictures that are looked at; the masks have the video's own size.
    private const int LongestSide = 960, SideOfClips = 448;

    private static readonly OverlayStyle Style = new(Rgb.Prediction);
    private static readonly ImageEncodingParam Quality = new(ImwriteFlags.JpegQuality, 92);

    public string Sound => Path.Combine(Folder, "sound.wav");

    public string Frame(int index) => Path.Combine(Folder, "frames", $"{index}.jpg");

    public string Overlay(int index) => Path.Combine(Folder, "overlays", $"{index}.jpg");

    /// <summary>The mask of a clip's frame; of a video <see cref="TimedMask.File"/> says where it is.</summary>
    private static string Mask(int index) => Path.Combine("masks", $"{index}.png");

    /// <summary>Writes a data set's clip with what was found in it.</summary>
    /// <param name="truth">Whether the true outline is drawn over the overlay.</param>
    /// <param name="sound">What was played to it; null: silence, or a sound of which no recording is kept.</param>
    public IReadOnlyList<TimedMask> WriteClip(Clip clip, ClipPrediction found, bool truth, Waveform? sound)
    {
        foreach (var part in (string[])["frames", "overlays", "masks"])
            Directory.CreateDirectory(Path.Combine(Folder, part));
        var drawing = new ContactSheet(SideOfClips);
        var (pixels, masks) = (found.Height * found.Width, new List<TimedMask>());
        var page = WriteSound(sound, clip.FramesPresent);
        for (var t = 0; t < clip.FramesPresent; t++)
        {
            var overlay = ClipCells.Prediction(clip, found, t, "");
            File.WriteAllBytes(Frame(t), drawing.Picture(ClipCells.Frame(clip, t, ""), ".jpg"));
            File.WriteAllBytes(Overlay(t), drawing.Picture(
                truth ? overlay with { Outline = ClipCells.Truth(clip, t, "").Mask } : overlay, ".jpg"));
            float[] probability = [.. found.Logits.Skip(t * pixels).Take(pixels).Select(LogitLevels.Probability)];
            var grey = MaskThreshold.Apply(probability);
            using var mask = Mat.FromPixelData(found.Height, found.Width, MatType.CV_8UC1, grey);
            File.WriteAllBytes(Path.Combine(Folder, Mask(t)), mask.ToBytes(".png"));
            masks.Add(new TimedMask(t, t, grey.Count(value => value != 0) / (double)pixels, probability.Average(),
                Math.Max(SoundOfVideo.LowestDecibels, page.Loudness[t]), Mask(t)));
        }
        return masks;
    }

    internal void WriteFrame(int index, Mat bgr)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Frame(index))!);
        var scale = Math.Min(1, (double)LongestSide / Math.Max(bgr.Width, bgr.Height));
        using var small = new Mat();
        Cv2.Resize(bgr, small, new Size(Math.Max(1, Math.Round(bgr.Width * scale)), Math.Max(1, Math.Round(bgr.Height * scale))), 0, 0,
            InterpolationFlags.Area);
        File.WriteAllBytes(Frame(index), small.ToBytes(".jpg", Quality));
    }

    /// <summary>Writes the overlays and the sound of a video whose frames and masks are written.</summary>
    internal void Finish(PredictionResult result, SoundOfVideo sound)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Overlay(0))!);
        for (var i = 0; i < result.Masks.Count; i++)
        {
            var (rgb, height, width) = FrameReader.Read(Frame(i));
            var (mask, rows, columns) = MaskReader.Read(Path.Combine(Folder, result.Masks[i].File));
            var fitted = PixelResize.Mask(mask, rows, columns, height, width);
            var overlay = Reports.Overlay.Blend(rgb, height, width, Array.ConvertAll(fitted, value => (float)value), Style);
            using var picture = Reports.Overlay.Frame(overlay, height, width);
            File.WriteAllBytes(Overlay(i), picture.ToBytes(".jpg", Quality));
        }
        WriteSound(sound.Mono.Length > 0 ? new Waveform(sound.Mono, LogMelFrontEnd.SampleRate) : null, result.Masks.Count);
    }

    // As long as the masks, whatever the recording is: the page's clock is this sound's.
    private PageSound WriteSound(Waveform? sound, int seconds)
    {
        var rate = sound?.SampleRate ?? LogMelFrontEnd.SampleRate;
        var samples = new double[seconds * rate];
        sound?.Mono.AsSpan(0, Math.Min(sound.Mono.Length, samples.Length)).CopyTo(samples);
        var page = PageSound.From(new Waveform(samples, rate), seconds);
        File.WriteAllBytes(Sound, page.Wav);
        return page;
    }
}
