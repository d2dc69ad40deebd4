using System.Globalization;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;

namespace Avs.Cli;

/// <summary>The scores of an evaluation as tables.</summary>
internal static class ScoreTable
{
    public static void Print(Terminal terminal, EvaluationReport report)
    {
        var first = report.Results[0];
        var scores = first.Scores;
        var title = $"{first.Dataset}, {first.Audio.Describe()}: {scores.Clips.Count} clips, {scores.Frames} frames";
        if (scores.Classes is { } classes)
            PrintClasses(terminal, report, classes, title);
        MeasureTables.Write(terminal,
            scores.Classes is null ? title : "the foreground, whatever its class",
            ["protocol", "mIoU", "95 %", "F-score", "95 %"],
            scores.ByProtocol.Select(pair => Protocol(pair.Key, pair.Value, report, scores)));
        PrintConditions(terminal, report);
        PrintParts(terminal, first);
        MeasureTables.Write(terminal, null, ["category", "clips", "mIoU", "F-score"],
            scores.Categories.Where(entry => entry.Key.Length > 0).Select(entry => (IReadOnlyList<string>)
            [
                entry.Key, $"{entry.Value.Clips}", Number(entry.Value.Miou), Number(entry.Value.FScore),
            ]));
        foreach (var line in Remarks(report))
            terminal.Out.WriteLine(line);
    }

    private static void PrintClasses(Terminal terminal, EvaluationReport report, ClassScores scores, string title)
    {
        var intervals = report.ClassIntervals.ElementAtOrDefault(0);
        MeasureTables.Write(terminal, $"{title}, {scores.Classes.Count} classes",
            ["protocol", "mIoU", "95 %", "F-score", "95 %", "mIoU, no background", "F, no background"],
            scores.ByProtocol.Select(pair => (IReadOnlyList<string>)
            [
                pair.Key.Name(), Number(pair.Value.Miou), Range(intervals?[pair.Key].Miou), Number(pair.Value.FScore),
                Range(intervals?[pair.Key].FScore), Number(pair.Value.MiouWithoutBackground), Number(pair.Value.FScoreWithoutBackground),
            ]));
        MeasureTables.Write(terminal, null, ["class", "frames", "IoU", "F-score"],
            scores.Classes.Where(one => one.Frames > 0).Select(one => (IReadOnlyList<string>)
            [
                report.Results[0].ClassNames[one.Number], $"{one.TargetFrames}", Number(one.Iou), Number(one.F),
            ]));
    }

    private static IReadOnlyList<string> Protocol(Protocol protocol, ProtocolScore score, EvaluationReport report, Scores scores)
    {
        var interval = report.Intervals.Count == 0 ? null : report.Intervals[0][protocol];
        var name = protocol == Avs.Eval.Metrics.Protocol.AvsBench ? $"avsbench, calls of {scores.ClipsPerCall} clips" : protocol.Name();
        return [name, Number(score.Miou), Range(interval?.Miou), Number(score.FScore), Range(interval?.FScore)];
    }

    private static void PrintConditions(Terminal terminal, EvaluationReport report)
    {
        if (report.Results.Count == 1)
            return;
        var negatives = report.Robustness?.Negatives.ToDictionary(negative => negative.Audio) ?? [];
        IReadOnlyList<string> Row(string sound, Scores scores, NegativeScore? negative) =>
        [
            sound, Number(scores.Miou), Number(scores.FScore), Number(scores.ActiveShare), Number(negative?.GMiou), Number(negative?.GF),
            Number(negative?.AucNegative), Number(negative?.FPia), Number(negative?.FAuc),
        ];
        var rows = new List<IReadOnlyList<string>>();
        foreach (var result in report.Results)
        {
            var negative = negatives.GetValueOrDefault(result.Audio);
            if (result.AgainstOriginal is { } original)
            {
                rows.Add(Row(result.Audio.Describe() + ", against it", result.Scores, null));
                rows.Add(Row("  against the clips' own", original, negative));
            }
            else
            {
                rows.Add(Row(result.Audio.Describe(), result.Scores, negative));
            }
        }
        if (report.Robustness is { } all)
            rows.Add(["mean of the negatives", "", "", "", Number(all.GMiou), Number(all.GF), "", Number(all.FPia), Number(all.FAuc)]);
        MeasureTables.Write(terminal, "does the mask follow the sound? (avsbench; against the clips' own masks)",
            ["sound", "mIoU", "F-score", "active", "G-mIoU", "G-F", "AUC-", "F(cIoU, 1-pIA)", "F_AUC"], rows);
    }

    // Parts of the clips, and measures of quality.
    private static void PrintParts(Terminal terminal, EvaluationResult result)
    {
        var scores = result.Scores;
        var empty = scores.EmptyFrames;
        var rows = new List<IReadOnlyList<string>>();
        void Row(string measure, double value, string note) => rows.Add([measure, Number(value), note]);
        if (result.UnheardRecordings is { } unheard)
        {
            Row("mIoU, unheard recordings", unheard.Miou, $"the {unheard.Clips.Count} clips whose recordings are not in training");
            Row("F-score, unheard recordings", unheard.FScore, "");
        }
        if (empty.Frames > 0)
        {
            Row("mIoU, empty truth", empty.Miou, $"the {empty.Frames} frames in which nothing sounds: share left background");
            Row("exactly empty", empty.Exact, "of them without any active pixel");
        }
        Row("F at 0.5", scores.MaskF, "of the masks themselves");
        if (scores.Quality is { } quality)
        {
            Row("S-measure", quality.SMeasure, "structure");
            Row("E-measure, largest", scores.MaximumE, "alignment, over the 255 thresholds");
            Row("MAE", quality.Mae, "of the probabilities");
            Row("boundary F", quality.BoundaryF, "DAVIS");
        }
        MeasureTables.Write(terminal, null, ["measure", "value", "note"], rows);
    }

    private static IEnumerable<string> Remarks(EvaluationReport report)
    {
        var times = report.Results[0].Times;
        if (report.Draws > 0)
            yield return $"95 %: bootstrap over clips, {report.Draws} draws";
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{times.All:0.0} s: {times.Network / times.All:0 %} in the network, {times.Waiting / times.All:0 %} waiting for clips, "
            + $"{times.Scoring / times.All:0 %} scoring");
    }

    private static string Number(double? score) =>
        score is { } number && double.IsFinite(number) ? number.ToString("0.000", CultureInfo.InvariantCulture) : "-";

    private static string Range(Interval? interval) =>
        interval is { } ends ? $"{Number(ends.Low)} to {Number(ends.High)}" : "-";
}
