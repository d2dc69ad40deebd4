using System.Globalization;
using Avs.Data.AvsBench;
using Avs.Data.Media;
using Avs.Eval.Reports;
using OpenCvSharp;

namespace Avs.Eval.Prediction;

/// <summary>Draws what a prediction found: an overlay video, a strip of pictures, curves, and the figures as a table.</summary>
/// <param name="result">What was found.</param>
/// <param name="folder">The folder that holds the masks and takes the pictures.</param>
/// <param name="name">The video's name.</param>
/// <param name="options">How it was segmented.</param>
internal sealed class PredictionPictures(PredictionResult result, string folder, string name, PredictionOptions options)
{
    // More pictures than this are too many to look over at once.
    private const int MostPictures = 30, PicturesInRow = 5, PictureWidth = 232;
    private const int LongestSide = 1280;
    private const double SlowestVideo = 10, FastestVideo = 60;

    private static readonly OverlayStyle Style = new(Rgb.Prediction);

    private readonly SortedDictionary<int, SheetCell> cells = [];

    public void WriteFigures()
    {
        var rows = result.Masks.Select(mask => (IReadOnlyList<string>)
        [
            Number(mask.From, 3), Number(mask.Instant, 4), Number(mask.Area, 6), Number(mask.Probability, 6), Number(mask.Decibels, 2),
            mask.File, .. result.Classes is null ? [] : (string[])[Describe(mask, 4, "; ")],
        ]);
        var table = new Table(
            [
                "from_seconds", "frame_seconds", "mask_area", "mean_probability", "sound_db", "mask",
                .. result.Classes is null ? [] : (string[])["classes"],
            ], [.. rows]);
        File.WriteAllText(Path.Combine(folder, PredictionResult.TableFile), TableWriter.ToCsv(table));
        if (result.Classes is { } classes)
            File.WriteAllText(Path.Combine(folder, PredictionResult.ClassesFile), TableWriter.ToCsv(Legend(classes)));

        double[] middle = [.. result.Masks.Select(mask => mask.From + 0.5 / options.Rate)];
        double[] area = [.. result.Masks.Select(mask => 100 * mask.Area)];
        double[] loudness = [.. result.Masks.Select(mask => mask.Decibels)];
        new CurvePicture().Write(Path.Combine(folder, PredictionResult.CurvesFile),
            new Plot("mask area, percent of the picture", "", [new Curve("area", middle, area)], 0, Math.Max(1, 1.1 * area.Max())),
            new Plot("sound, decibels below full scale", "seconds", [new Curve("sound", middle, loudness)]));
    }

    /// <summary>Draws every picture of the video with the mask of its time, and keeps some for the strip.</summary>
    public void WriteOverlay(IPictureTrack track, double frameRate, string? sound, Action<double> progress, CancellationToken stop)
    {
        // A slow film's pictures are repeated, a very quick one's thinned out: players are made for rates between.
        var rate = frameRate < SlowestVideo ? frameRate * Math.Ceiling(SlowestVideo / frameRate) : Math.Min(frameRate, FastestVideo);
        var scale = Math.Min(1, (double)LongestSide / Math.Max(result.Width, result.Height));
        var size = new Size(Math.Max(2, (int)Math.Round(result.Width * scale)), Math.Max(2, (int)Math.Round(result.Height * scale)));
        var writer = new VideoFileWriter(Path.Combine(folder, PredictionResult.OverlayFile), rate, size.Width, size.Height, sound);
        writer.Write(PaintAll(track, frameRate, rate, size, progress, stop));
    }

    /// <summary>Draws the pictures kept.</summary>
    public void WriteStrip()
    {
        var step = cells.Count == result.Masks.Count ? "" : $", {cells.Count} of its {result.Masks.Count} masks";
        var columns = Math.Min(PicturesInRow, cells.Count);
        var rows = cells.Chunk(columns).Select(row => new SheetRow(
            $"from {Clock(result.Masks[row[0].Key].From)}", [.. row.Select(cell => cell.Value)]));
        var (silence, loudness) = result.HasSound ? ("", ", loudness") : (", no sound, so the model was given silence", "");
        var captions = $"below each picture its time, the share that the mask covers{loudness}";
        var subtitle = $"{Number(result.Seconds, 1)} s{step}{silence}; {captions}";
        var sheet = new Sheet(name, subtitle, [.. Enumerable.Repeat("", columns)], [.. rows]);
        new ContactSheet(PictureWidth).Write(Path.Combine(folder, PredictionResult.StripFile), sheet);
    }

    private static Table Legend(IReadOnlyList<FoundClass> classes) => new(
        ["number", "class", "colour", "masks", "mean_area"],
        [
            .. classes.Select(found => (IReadOnlyList<string>)
            [
                $"{found.Number}", found.Name, found.Colour, $"{found.Masks}", Number(found.Area, 6),
            ]),
        ]);

    // What is in a mask, by the names of the classes: the largest first.
    private string Describe(TimedMask mask, int decimals, string between) => string.Join(between, mask.Classes!
        .OrderByDescending(found => found.Value)
        .Select(found => $"{result.Classes!.First(one => one.Number == found.Key).Name} {Number(found.Value, decimals)}"));

    // As many pictures a second as the video is to have, each with the mask of its time: a picture is shown until the next one's time, the
    // last for its own; the first also fills what lies before it. What is returned is valid until the next is asked for.
    private IEnumerable<Mat> PaintAll(
        IPictureTrack track, double frameRate, double rate, Size size, Action<double> progress, CancellationToken stop)
    {
        var pictures = Math.Min(MostPictures, result.Masks.Count);
        var wanted = Enumerable.Range(0, pictures).Select(i => (int)((long)i * result.Masks.Count / pictures)).ToHashSet();
        var (painted, nextCell, written, end) = (-1, 0, 0, 0.0);
        byte[]? current = null;
        using var frame = new Mat();
        using var picture = new Mat(size, MatType.CV_8UC3, Scalar.All(0));
        foreach (var (seconds, bgr) in track.Pictures())
        {
            stop.ThrowIfCancellationRequested();
            progress(seconds);
            if (bgr.Size() == size)
                bgr.CopyTo(frame);
            else
                Cv2.Resize(bgr, frame, size, 0, 0, InterpolationFlags.Area);
            Cv2.CvtColor(frame, frame, ColorConversionCodes.BGR2RGB);
            frame.GetBytes(out var rgb);
            for (; nextCell < result.Masks.Count && result.Masks[nextCell].Instant < seconds - 1e-6; nextCell++)
                KeepCell(wanted, nextCell, current ?? rgb, size);
            // Nobody sees a delay of half a picture's time.
            for (; current is not null && written / rate < seconds - 0.5 / rate; written++)
                yield return Paint(current);
            (current, painted, end) = (rgb, -1, seconds + 1 / frameRate);
        }

        for (; nextCell < result.Masks.Count; nextCell++)
            KeepCell(wanted, nextCell, current!, size);
        do
        {
            yield return Paint(current!);
            written++;
        }
        while (written / rate < end - 0.5 / rate);

        Mat Paint(byte[] rgb)
        {
            var index = Math.Clamp((int)Math.Floor((written / rate + 1e-6) * options.Rate), 0, result.Masks.Count - 1);
            if (index == painted)
                return picture;
            painted = index;
            if (result.Classes is not null)
            {
                using var tinted = Overlay.Frame(rgb, size.Height, size.Width);
                Overlay.PaintClasses(tinted, ReadClasses(index, size), size.Height, size.Width);
                tinted.CopyTo(picture);
                return picture;
            }
            var rgbWithMask = Overlay.Blend(rgb, size.Height, size.Width, ReadMask(index, size), Style);
            using var blended = Mat.FromPixelData(size.Height, size.Width, MatType.CV_8UC3, rgbWithMask);
            Cv2.CvtColor(blended, picture, ColorConversionCodes.RGB2BGR);
            return picture;
        }
    }

    private void KeepCell(HashSet<int> wanted, int index, byte[] rgb, Size size)
    {
        if (!wanted.Contains(index))
            return;
        var mask = result.Masks[index];
        var loudness = result.HasSound ? $"  {Number(mask.Decibels, 0)} dB" : "";
        if (mask.Classes is null)
        {
            var caption = $"{Clock(mask.From)}  mask {Number(100 * mask.Area, 1)} %{loudness}";
            cells[index] = new SheetCell(rgb, size.Height, size.Width, ReadMask(index, size), caption);
            return;
        }
        var names = mask.Classes.Count == 0 ? "nothing" : Describe(mask, 2, ", ");
        cells[index] = new SheetCell(rgb, size.Height, size.Width, null, $"{Clock(mask.From)}  {names}{loudness}")
        {
            Classes = ReadClasses(index, size),
        };
    }

    private byte[] ReadClasses(int index, Size size)
    {
        var (classes, height, width) = AvssPalette.Read(Path.Combine(folder, result.Masks[index].File), AvssPalette.MostClasses);
        if (height == size.Height && width == size.Width)
            return classes;
        var sized = new byte[size.Height * size.Width];
        PixelResize.Nearest(classes, height, width, sized, size.Height, size.Width);
        return sized;
    }

    private float[] ReadMask(int index, Size size)
    {
        var (mask, height, width) = MaskReader.Read(Path.Combine(folder, result.Masks[index].File));
        var sized = height == size.Height && width == size.Width ? mask : PixelResize.Mask(mask, height, width, size.Height, size.Width);
        return Array.ConvertAll(sized, value => (float)value);
    }

    private static string Clock(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60}:{seconds % 60:00.##}");

    private static string Number(double value, int decimals) =>
        value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
