using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using static Avs.Eval.RunReports.ReportNumbers;

namespace Avs.Eval.RunReports;

/// <summary>Whether masks follow the sound: the scores under every sound that was played.</summary>
internal static class SoundPart
{
    private const string Reading =
        "With its own sound a clip's mask should be found: higher is better. The other sounds fit nothing in the picture's truth, "
        + "which stays the clip's own: a mask that is found all the same is false, so there lower is better. G-mIoU is the "
        + "harmonic mean of mIoU with the own sound and 1 minus mIoU with the other, G-F the same of F-scores: higher is better. "
        + "docs/metrics.md has every formula.";

    private const string OfForeground = "All of the foreground: whether anything sounds at a pixel, whatever its class.";

    private const int PictureWidth = 208;

    private static readonly string Real = AudioCondition.Real.Name(), AvsBench = Protocol.AvsBench.Name();

    // A row of a table: a sound, and against which masks.
    private sealed record Row(string Text, Func<MetricsJson, (double? Miou, double? FScore, double? Active)?> Scores, string? Negative);

    public static SoundsModel Create(IReadOnlyList<ReportRun> runs)
    {
        string[] sounds = [.. runs.SelectMany(run => run.Scores.Metrics.Conditions.Keys).Distinct()];
        if (sounds.Length < 2)
            return new SoundsModel([], [], []);
        Row[] rows = [.. sounds.SelectMany(sound => Rows(sound, runs))];
        string[] leftOut = [.. runs.SelectMany(run => run.Scores.Metrics.LeftOut ?? new Dictionary<string, string>())
            .DistinctBy(entry => entry.Key).Select(entry => $"Left out: {entry.Key.Replace('_', ' ')}. {entry.Value}")];
        string[] ofForeground = runs.Any(run => run.Scores.Own.Classes is not null) ? [OfForeground] : [];
        return new SoundsModel(
            runs.Count == 1 ? [ForOne(runs[0], rows)] : ForSeveral(runs, rows), [Reading, .. ofForeground, .. leftOut],
            runs is [{ Sounds: { } sheet }] ? [Pictures(sheet)] : []);
    }

    private static SoundSheetModel Pictures(Sheet sheet) => new(
        sheet.Title, sheet.Subtitle, sheet.Columns, [.. sheet.Rows.Select(row => HtmlPage.RowModel.From(row, PictureWidth))]);

    private static IEnumerable<Row> Rows(string sound, IReadOnlyList<ReportRun> runs)
    {
        MetricsJson.ConditionPart? Part(MetricsJson metrics) => metrics.Conditions.GetValueOrDefault(sound);
        var some = runs.Select(run => Part(run.Scores.Metrics)).First(part => part is not null)!;
        (double?, double?, double?)? Main(MetricsJson metrics) =>
            Part(metrics) is { } part ? (part.Protocols[AvsBench].Miou, part.Protocols[AvsBench].FScore, part.ActiveShare) : null;
        if (some.AgainstOwnMasks is null)
        {
            yield return new Row(some.Sound, Main, sound == Real ? null : sound);
            yield break;
        }
        yield return new Row($"{some.Sound}, against that object", Main, null);
        yield return new Row(
            $"{some.Sound}, against the clips' own masks",
            metrics => Part(metrics)?.AgainstOwnMasks is { } own
                ? (own.Protocols[AvsBench].Miou, own.Protocols[AvsBench].FScore, Part(metrics)!.ActiveShare)
                : null,
            sound);
    }

    private static ReportTableModel ForOne(ReportRun run, IReadOnlyList<Row> rows)
    {
        var metrics = run.Scores.Metrics;
        var negatives = metrics.Robustness?.Negatives;
        var lines = rows.Select(row =>
        {
            var scores = row.Scores(metrics);
            var negative = row.Negative is null ? null : negatives?.GetValueOrDefault(row.Negative);
            return (IReadOnlyList<string>)
            [
                row.Text, Score(scores?.Miou), Score(scores?.FScore), Score(scores?.Active), Score(negative?.GMiou), Score(negative?.GF),
                Score(negative?.FPia), Score(negative?.FAuc),
            ];
        }).ToList();
        if (metrics.Robustness is { } all)
        {
            lines.Add(
                ["mean of sounds that do not fit", None, None, None, Score(all.GMiou), Score(all.GF), Score(all.FPia), Score(all.FAuc)]);
        }
        return ScorePart.Table(
            $"Under every sound ({AvsBench})", ["sound", "mIoU", "F-score", "active pixels", "G-mIoU", "G-F", "F(cIoU, 1−pIA)", "F(AUC)"],
                lines);
    }

    private static IReadOnlyList<ReportTableModel> ForSeveral(IReadOnlyList<ReportRun> runs, IReadOnlyList<Row> rows)
    {
        ReportTableModel Under(string title, Func<(double? Miou, double? FScore, double? Active), double?> value) => ScorePart.Table(
            title, ["sound", .. runs.Select(run => run.Name)],
            rows.Select(row => (IReadOnlyList<string>)
            [
                row.Text, .. runs.Select(run => Score(row.Scores(run.Scores.Metrics) is { } scores ? value(scores) : null)),
            ]));
        IReadOnlyList<string> All(string name, Func<MetricsJson.RobustnessPart, double?> value) =>
            [name, .. runs.Select(run => Score(run.Scores.Metrics.Robustness is { } part ? value(part) : null))];
        return
        [
            Under($"mIoU under every sound ({AvsBench})", scores => scores.Miou),
            Under("Share of active pixels", scores => scores.Active),
            ScorePart.Table("Over the sounds that do not fit", ["measure", .. runs.Select(run => run.Name)],
            [
                All("G-mIoU", part => part.GMiou), All("G-F", part => part.GF), All("F(cIoU, 1−pIA)", part => part.FPia),
                All("F(AUC)", part => part.FAuc),
            ]),
        ];
    }
}
