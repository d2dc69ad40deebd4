using System.Globalization;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;

namespace Avs.Eval.RunReports;

/// <summary>The pictures of a clip, a row for each kind and a column for each frame.</summary>
internal static class Filmstrip
{
    // Pictures of more frames or runs are smaller, so that a clip's take as many bytes (0.4 MB).
    private const int CellWidth = 208, CellsOfThatWidth = 20;

    /// <param name="shown">The clip and what each run finds in it.</param>
    /// <param name="names">The runs' names.</param>
    public static IReadOnlyList<StripRowModel> Create(ShownClip shown, IReadOnlyList<string> names)
    {
        var (clip, predictions) = (shown.Clip, shown.Predictions);
        var cells = clip.FramesPresent * (2 + Math.Max(2, predictions.Count));
        var drawing = new ContactSheet((int)(CellWidth * Math.Min(1, Math.Sqrt((double)CellsOfThatWidth / cells))));
        StripRowModel Row(string label, string what, Func<int, SheetCell> cell) => new(
            label,
            $"{what} in {clip.FramesPresent} frames of the clip {clip.Info.Id}",
            [.. Enumerable.Range(0, clip.FramesPresent).Select(t => Convert.ToBase64String(drawing.Picture(cell(t), ".jpg")))]);

        var rows = new List<StripRowModel>
        {
            Row("frame", "The picture", t => ClipCells.Frame(clip, t, "")),
            Row("truth", "The true mask, green,", t => ClipCells.Truth(clip, t, "")),
        };
        if (predictions.Count == 1)
        {
            rows.Add(Row("prediction", "The predicted probability, white where it is 1,", t => Probability(predictions[0], t)));
            rows.Add(Row("overlay", "The predicted mask, orange, with the true outline, white,", t => Overlay(clip, predictions[0], t)));
        }
        else
        {
            rows.AddRange(predictions.Select((prediction, run) => Row(
                names[run], $"What {names[run]} finds, orange, with the true outline, white,", t => Overlay(clip, prediction, t))));
        }
        return rows;
    }

    /// <summary>The bars of loudness below the frames, from -60 dB on.</summary>
    public static IReadOnlyList<LoudnessModel> Loudness(PageSound? sound, int frames) => sound is null
        ? []
        : [.. Enumerable.Range(0, frames).Select(t =>
        {
            var decibels = t < sound.Loudness.Count ? sound.Loudness[t] : double.NegativeInfinity;
            var height = Math.Clamp((decibels + 60) / 60, 0, 1);
            return new LoudnessModel(
                (100 * height).ToString("0", CultureInfo.InvariantCulture),
                double.IsFinite(decibels) ? string.Create(CultureInfo.InvariantCulture, $"{decibels:0} dB").Replace('-', '−') : "silent");
        })];

    private static SheetCell Overlay(Clip clip, ClipPrediction prediction, int frame) =>
        ClipCells.Prediction(clip, prediction, frame, "") with { Outline = ClipCells.Truth(clip, frame, "").Mask };

    private static SheetCell Probability(ClipPrediction prediction, int frame)
    {
        var pixels = prediction.Height * prediction.Width;
        var rgb = new byte[3 * pixels];
        for (var i = 0; i < pixels; i++)
        {
            var level = (byte)MathF.Round(255 * LogitLevels.Probability(prediction.Logits[frame * pixels + i]));
            rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = level;
        }
        return new SheetCell(rgb, prediction.Height, prediction.Width, null, "");
    }
}
