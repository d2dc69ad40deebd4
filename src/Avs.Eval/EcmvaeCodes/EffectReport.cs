using Avs.Data.Clips;
using Avs.Eval.AutoencoderFigures;
using Avs.Eval.Reports;
using Avs.Models;

namespace Avs.Eval.EcmvaeCodes;

/// <summary>What each code does to the masks, as a picture and a table.</summary>
public static class EffectReport
{
    private const int CellWidth = 132;

    /// <summary>Predicts a data set with each code changed and draws some clips.</summary>
    /// <param name="model">An ECMVAE; it is set to evaluation mode.</param>
    /// <param name="name">What headings call it.</param>
    /// <param name="examples">How many clips are drawn.</param>
    public static (FigureReport Report, EffectResult Result) Create(
        AudioVisualSegmenter model, IClipDataset dataset, CodePassOptions options, string name, int examples = 6)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var all = dataset.Clips.Count;
        var codes = CodePass.Collect(model, dataset, options);
        var (result, kept) = CodeEffects.Run(
            model, dataset, codes, options with { Progress = done => options.Progress?.Invoke(all + done) }, examples);
        // The averages stand in the table: in pictures they look like zeros.
        int[] shown = [.. Enumerable.Range(0, result.Scores.Count).Where(i => result.Scores[i].Change != CodeEffects.Average)];
        var sheet = new Sheet(
            $"{name}: the mask when a code is changed",
            $"{dataset.Name}. White: the contour of the truth. J is the intersection over union with it. All but the code is unchanged, "
                + "the sound in TPAVI too.",
            ["truth", .. shown.Select(i => Heading(result.Scores[i]))],
            [.. kept.Select(example => Row(dataset, example, shown))]);
        var table = new Table(
            ["change", "code", "mIoU", "lost", "active share", "like the unchanged mask"],
            [.. result.Scores.Select(score => (IReadOnlyList<string>)
            [
                score.Change, score.Code, Tiles.Number(score.MeanIou, 3), Tiles.Number(result.Scores[0].MeanIou - score.MeanIou, 3),
                Tiles.Number(score.ActiveShare, 3), Tiles.Number(score.LikeUnchanged, 3),
            ])]);
        return (new FigureReport(
            [new Figure("effects", sheet.Title, new ContactSheet(CellWidth).Png(sheet))],
            [new($"{result.Dataset}: {result.Frames} frames of {result.Clips} clips", table)], []), result);
    }

    private static string Heading(EffectScore score) => score.Code.Length == 0 ? score.Change : $"{score.Code} {score.Change}";

    private static SheetRow Row(IClipDataset dataset, EffectExample example, IReadOnlyList<int> shown)
    {
        var clip = dataset.Load(example.Clip);
        var info = dataset.Clips[example.Clip];
        var partner = dataset.Clips[example.Partner];
        var truth = ClipCells.Truth(clip, example.Frame, "");
        SheetCell Cell(int i) => truth with
        {
            Mask = MapSize.Fit(example.Probabilities[i], example.Height, example.Width, clip.Height, clip.Width),
            Outline = truth.Mask,
            Classes = null,
            Colour = null,
            Caption = $"J {Tiles.Number(example.Ious[i])}",
        };
        return new SheetRow(
            $"{Name(info)}, frame {example.Frame}; swapped codes are of {Name(partner)}",
            [truth, .. shown.Select(Cell)]);
    }

    private static string Name(ClipInfo clip) => clip.Category.Length > 0 ? $"{clip.Id} ({clip.Category})" : clip.Id;
}
