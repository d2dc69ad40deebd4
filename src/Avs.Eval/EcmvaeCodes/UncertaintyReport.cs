using Avs.Data.Clips;
using Avs.Eval.AutoencoderFigures;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using Avs.Models;
using ScottPlot;

namespace Avs.Eval.EcmvaeCodes;

/// <summary>Where draws of the codes disagree, and whether the masks are wrong there, as pictures and a table.</summary>
public static class UncertaintyReport
{
    private const int CellWidth = 176;

    private static readonly OverlayStyle ErrorStyle = new(new Rgb(214, 40, 60), Opacity: 0.75, ContourWidth: 0);

    /// <summary>Predicts a data set with several draws and draws the pictures.</summary>
    /// <param name="model">An ECMVAE; it is set to evaluation mode.</param>
    /// <param name="samples">Draws a frame, at least 2.</param>
    /// <param name="name">What headings call the model.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="examples">How many clips are drawn.</param>
    public static (FigureReport Report, UncertaintyResult Result) Create(
        AudioVisualSegmenter model, IClipDataset dataset, CodePassOptions options, int samples, string name, long seed, int examples = 6)
    {
        var (result, frames) = CodeUncertainty.Run(model, dataset, options, samples, seed);
        var table = new Table(
            ["codes", "mIoU", "wrong pixels, %", "ECE"],
            [.. result.Predictions.Select(prediction => (IReadOnlyList<string>)
            [
                prediction.Codes == "mean" ? "their means" : $"{samples} draws", Tiles.Number(prediction.MeanIou, 3),
                Tiles.Number(100 * prediction.WrongPixels), Tiles.Number(prediction.Calibration.Error, 4),
            ])]);
        return (new FigureReport(
            [Maps(dataset, result, frames, name, examples), Curves(result, name)],
            [new($"{result.Dataset}: {result.Frames} frames of {result.Clips} clips", table)],
            [
                $"deviation over the draws: {Tiles.Number(result.MeanDeviation, 4)} a pixel, "
                    + $"{Tiles.Number(result.DeviationWhereWrong, 4)} where the mask is wrong, "
                    + $"{Tiles.Number(result.DeviationWhereRight, 4)} where it is right",
                $"area above the oracle (0: knows every error): by the deviation {Tiles.Number(result.ByDeviation.AboveOracle, 3)}, by the "
                    + $"probability alone {Tiles.Number(result.ByProbability.AboveOracle, 3)}",
            ]), result);
    }

    private static Figure Maps(
        IClipDataset dataset, UncertaintyResult result, IReadOnlyList<UncertaintyExample> frames, string name, int most)
    {
        var ranked = frames.OrderByDescending(frame => frame.MeanDeviation).ToArray();
        var count = Math.Min(most, ranked.Length);
        // From the most to the least uncertain.
        var chosen = Enumerable.Range(0, count).Select(i => ranked[count == 1 ? 0 : (int)((long)i * (ranked.Length - 1) / (count - 1))]);
        var sheet = new Sheet(
            $"{name}: where {result.Samples} draws disagree",
            $"{dataset.Name}: from the most to the least uncertain clip. Amber: deviation of the probability over the draws.",
            ["frame", "truth", "mean of the draws", "deviation", "wrong pixels"],
            [.. chosen.Select(frame => Row(dataset, frame))]);
        return new Figure("uncertainty", sheet.Title, new ContactSheet(CellWidth).Png(sheet));
    }

    private static SheetRow Row(IClipDataset dataset, UncertaintyExample example)
    {
        var (clip, info) = (dataset.Load(example.Clip), dataset.Clips[example.Clip]);
        var frame = ClipCells.Frame(clip, example.Frame, "");
        var truth = ClipCells.Truth(clip, example.Frame, "");
        float[] Fit(float[] map) => MapSize.Fit(map, example.Height, example.Width, clip.Height, clip.Width);
        var probability = Fit(example.Probability);
        return new SheetRow(
            $"{info.Id}{(info.Category.Length > 0 ? $" ({info.Category})" : "")}, frame {example.Frame}",
            [
                frame, truth,
                frame with { Mask = probability, Outline = truth.Mask, Caption = $"J {Tiles.Number(example.Iou)}" },
                frame with
                {
                    Rgb = UncertaintyPicture.Draw(
                        frame.Rgb, frame.Height, frame.Width, example.Deviation, example.Height, example.Width),
                    Caption = $"mean {Tiles.Number(example.MeanDeviation, 4)}",
                },
                // Without a contour, which would hide errors of a pixel or two.
                frame with { Rgb = Overlay.Blend(frame.Rgb, frame.Height, frame.Width, Wrong(probability, truth.Mask!), ErrorStyle) },
            ]);
    }

    private static float[] Wrong(float[] probability, float[] truth) =>
        [.. probability.Zip(truth, (p, y) => p > MaskThreshold.Usual != y > MaskThreshold.Usual ? 1f : 0f)];

    private static Figure Curves(UncertaintyResult result, string name)
    {
        var (ofMean, ofDraws) = (PlotLook.Palette[0], PlotLook.Palette[1]);
        var (mean, draws) = (result.Predictions[0].Calibration, result.Predictions[1].Calibration);

        var reliability = PlotLook.Create("calibration", "predicted probability", "share of pixels that are target");
        var diagonal = reliability.Add.Line(0, 0, 1, 1);
        (diagonal.Color, diagonal.LineWidth, diagonal.LinePattern, diagonal.MarkerSize) = (PlotLook.Faint, 1.2f, LinePattern.Dashed, 0);
        AddCurve(reliability, [.. mean.Bins.Select(bin => bin.Predicted)], [.. mean.Bins.Select(bin => bin.Observed)], ofMean, 6);
        AddCurve(reliability, [.. draws.Bins.Select(bin => bin.Predicted)], [.. draws.Bins.Select(bin => bin.Observed)], ofDraws, 6);
        reliability.Axes.SetLimits(0, 1, 0, 1);

        var counts = PlotLook.Create("pixels in each bin", "predicted probability", "log₁₀ of the share");
        var shift = 0.2 / Calibration.Bins;
        foreach (var (curve, colour, side) in new[] { (mean, ofMean, -shift), (draws, ofDraws, shift) })
        {
            var all = (double)curve.Bins.Sum(bin => bin.Pixels);
            var points = curve.Bins.Where(bin => bin.Pixels > 0).ToArray();
            AddCurve(
                counts, [.. points.Select(bin => (bin.From + bin.To) / 2 + side)],
                [.. points.Select(bin => Math.Log10(bin.Pixels / all))], colour, 6);
        }
        counts.Axes.SetLimitsX(0, 1);

        var errors = PlotLook.Create("without the most uncertain pixels", "share taken away", "wrong pixels of the rest, %");
        var start = result.ByDeviation.Errors[0];
        double[] Percent(IEnumerable<double> shares) => [.. shares.Select(share => 100 * share)];
        AddCurve(errors, [.. result.ByDeviation.Shares], Percent(result.ByDeviation.Errors), ofDraws, 0);
        AddCurve(errors, [.. result.ByProbability.Shares], Percent(result.ByProbability.Errors), PlotLook.Palette[2], 0);
        double Oracle(double share) => Math.Max(0, (start - share) / Math.Max(1 - share, 1e-12));
        AddCurve(errors, [.. result.ByDeviation.Shares], Percent(result.ByDeviation.Shares.Select(Oracle)), PlotLook.Faint, 0);
        errors.Axes.SetLimits(0, 0.5, 0, 105 * start); // the rest of the curve lies near 0
        return new PlotGrid(3, 400, 340).Draw(
            "calibration", $"{name}: are probabilities frequencies, and does doubt know the errors?",
            $"{result.Frames} frames of {result.Dataset}. ECE {Tiles.Number(mean.Error, 4)} with the means of the codes, "
                + $"{Tiles.Number(draws.Error, 4)} of {result.Samples} draws; on the dashed line probabilities are frequencies.",
            [reliability, counts, errors],
            [
                Key(ofMean, "means of the codes"), Key(ofDraws, $"{result.Samples} draws; at the right by their deviation"),
                Key(PlotLook.Palette[2], "by the probability alone"), Key(PlotLook.Faint, "by the errors themselves"),
            ]);
    }

    private static void AddCurve(ScottPlot.Plot plot, double[] x, double[] y, Color colour, float marker)
    {
        var there = Enumerable.Range(0, x.Length).Where(i => double.IsFinite(x[i]) && double.IsFinite(y[i])).ToArray();
        if (there.Length == 0)
            return;
        var line = plot.Add.Scatter(there.Select(i => x[i]).ToArray(), there.Select(i => y[i]).ToArray());
        (line.Color, line.LineWidth, line.MarkerSize) = (colour, 2, marker);
    }

    private static KeyEntry Key(Color colour, string name) => new(new Rgb(colour.R, colour.G, colour.B), name);
}
