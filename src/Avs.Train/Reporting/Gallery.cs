using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Reports;

namespace Avs.Train.Reporting;

/// <summary>How a gallery draws masks.</summary>
public enum GalleryStyle
{
    /// <summary>Over the picture, in colour.</summary>
    Overlay,

    /// <summary>White on black.</summary>
    Mask,
}

/// <summary>Clips in rows; in columns the picture, the truth, and what each run finds.</summary>
/// <param name="Runs">They are shown the same clips.</param>
/// <param name="Names">Headings of their columns, as many.</param>
public sealed record Gallery(IReadOnlyList<MeasuredRun> Runs, IReadOnlyList<string> Names)
{
    /// <summary>Frames of each clip, from 0; null: the middle one.</summary>
    public IReadOnlyList<int>? Frames { get; init; }

    public GalleryStyle Style { get; init; }

    /// <summary>The places of clips that were named.</summary>
    /// <exception cref="UsageException">The data set has none of that name.</exception>
    public IReadOnlyList<int> Find(IReadOnlyList<string> ids)
    {
        var clips = Runs[0].Clips;
        return
        [
            .. ids.Select(id => Enumerable.Range(0, clips.Clips.Count).Where(i => clips.Clips[i].Id == id).Cast<int?>().FirstOrDefault()
                ?? throw new UsageException($"--clips: {clips.Name} has no clip '{id}', expected names such as '{clips.Clips[0].Id}'")),
        ];
    }

    /// <summary>The sheet of some clips.</summary>
    /// <param name="places">Their places in the data set.</param>
    /// <exception cref="UsageException">A frame is named that clips do not have.</exception>
    public Sheet Draw(IReadOnlyList<int> places, CancellationToken stop = default)
    {
        var clips = Runs[0].Clips;
        if (Frames?.Where(frame => frame >= clips.FramesPerClip).ToArray() is [var late, ..])
            throw new UsageException(
                $"--frames: found {late + 1}, but the clips of {clips.Name} have {clips.FramesPerClip} frames, counted from 1");
        var found = Runs.Select(run => run.Predict(places, stop)).ToArray();
        var rows = places.SelectMany(place =>
        {
            var clip = clips.Load(place);
            if (Frames?.Where(frame => frame >= clip.FramesPresent).ToArray() is [var beyond, ..])
                throw new UsageException($"--frames: found {beyond + 1}, but the clip {clip.Info.Id} has {clip.FramesPresent} frames");
            return (Frames ?? [clip.FramesPresent / 2]).Select(frame => new SheetRow(
                clip.Info.Category.Replace('_', ' '),
                [
                    ClipCells.Frame(clip, frame, ""),
                    Styled(ClipCells.Truth(clip, frame, "")),
                    .. found.Select(predictions => Styled(Prediction(clip, predictions[place], frame))),
                ]));
        });
        return new Sheet("Clips, truth and predictions", "", ["image", "truth", .. Names], [.. rows]);
    }

    private static SheetCell Prediction(Clip clip, ClipPrediction prediction, int frame) =>
        ClipCells.Prediction(clip, prediction, frame, "");

    // A mask that is white on black is a mask over black without contour, which a picture of the mask itself is.
    private SheetCell Styled(SheetCell cell)
    {
        if (Style == GalleryStyle.Overlay)
            return cell;
        if (cell.Classes is not null)
            return new SheetCell(ClassPicture.ToRgb(cell.Classes), cell.Height, cell.Width, null, "");
        var mask = cell.Mask ?? new float[cell.Height * cell.Width];
        var rgb = new byte[3 * mask.Length];
        for (var i = 0; i < mask.Length; i++)
            rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = mask[i] > Eval.Metrics.MaskThreshold.Usual ? byte.MaxValue : byte.MinValue;
        return new SheetCell(rgb, cell.Height, cell.Width, null, "");
    }
}
