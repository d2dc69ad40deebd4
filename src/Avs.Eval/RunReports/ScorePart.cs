using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using static Avs.Eval.RunReports.ReportNumbers;

namespace Avs.Eval.RunReports;

/// <summary>The scores of a report: the figures at its top, every protocol, and what papers print beside it.</summary>
internal static class ScorePart
{
    private static readonly string AvsBench = Protocol.AvsBench.Name();

    public static SummaryModel Create(IReadOnlyList<ReportRun> runs) => runs.Count == 1 ? ForOne(runs[0]) : ForSeveral(runs);

    /// <summary>
    /// A row of bars for each category, or for each class where there are classes (AVSS); none where the data set names no categories.
    /// </summary>
    public static CategoriesModel Categories(IReadOnlyList<ReportRun> runs)
    {
        var hasClasses = runs[0].Scores.Own.Classes is not null;
        var own = runs.Select(run => hasClasses
            ? run.Scores.Own.Classes?.Classes.ToDictionary(
                one => one.Key, one => new MetricsJson.CategoryPart(one.Value.TargetFrames, one.Value.Iou, one.Value.FScore)) ?? []
            : run.Scores.Own.Categories).ToArray();
        string[] names = [.. own.SelectMany(categories => categories.Keys).Where(name => name.Length > 0).Distinct()];
        var rows = names.OrderByDescending(name => own[0].GetValueOrDefault(name)?.Miou ?? -1).ThenBy(name => name, StringComparer.Ordinal);
        LegendModel[] legend = runs.Count == 1 ? [] : [.. runs.Select((run, i) => new LegendModel(run.Name, Colour(i)))];
        CategoryModel[] bars =
        [
            .. rows.Select(name => new CategoryModel(
                name, $"{own.Select(categories => categories.GetValueOrDefault(name)?.Clips ?? 0).Max()}",
                [
                    .. own.Select((categories, i) =>
                    {
                        var score = categories.GetValueOrDefault(name);
                        return new BarModel(Colour(i), Score(score?.Miou), Score(score?.FScore), Percent(score?.Miou));
                    }),
                ])),
        ];
        return hasClasses
            ? new CategoriesModel(
                "Classes",
                "Mean IoU of a class over the frames in whose truth or prediction it is, the clips' own sound; bars from 0 to 1.", "class",
                "frames", legend, bars)
            : new CategoriesModel(
                "Categories", "Mean IoU of all frames of a category, the clips' own sound; bars from 0 to 1.", "category", "clips", legend,
                bars);
    }

    // What a report begins with: of classes where there are any.
    private static (string Name, MetricsJson.ProtocolPart Scores) Main(MetricsJson.ConditionPart own)
    {
        if (own.Classes is not { } classes)
            return (AvsBench, own.Protocols[AvsBench]);
        var (name, main) = (ClassScores.Main.Name(), classes.Protocols[ClassScores.Main.Name()]);
        return ($"{classes.Count} classes, {name}", new(main.Miou, main.FScore, main.MiouInterval, main.FScoreInterval));
    }

    private static ReportTableModel ByClassProtocol(MetricsJson.ClassesPart classes) => Table(
        $"{classes.Count} classes, by protocol",
        ["protocol", "mIoU", "95 %", "F-score", "95 %", "mIoU without background", "F-score without background"],
        classes.Protocols.Select(entry => (IReadOnlyList<string>)
        [
            entry.Key, Score(entry.Value.Miou), Range(entry.Value.MiouInterval), Score(entry.Value.FScore),
            Range(entry.Value.FScoreInterval), Score(entry.Value.MiouWithoutBackground), Score(entry.Value.FScoreWithoutBackground),
        ]));

    private static SummaryModel ForOne(ReportRun run)
    {
        var (metrics, own) = (run.Scores.Metrics, run.Scores.Own);
        var (mainName, main) = Main(own);
        var published = FindPublished(run);
        string Interval(double[]? ends) => ends is null ? "" : $"95 %: {Range(ends)}";
        var figures = new List<KeyFigureModel>
        {
            new(own.Classes is null ? "mIoU" : $"mIoU, {mainName}", Score(main.Miou), Interval(main.MiouInterval)),
            new("F-score", Score(main.FScore), Interval(main.FScoreInterval)),
        };
        if (published is not null)
        {
            figures.Add(new KeyFigureModel(
                $"published: {published.Method}", Score(published.Miou),
                $"F {Score(published.FScore)}; this run {Difference(Comparable(own)!.Value - published.Miou)} mIoU"));
        }
        if (own.Classes is not null)
            figures.Add(new KeyFigureModel("foreground mIoU", Score(own.Protocols[AvsBench].Miou), "where anything sounds"));
        if (metrics.Robustness is { } robustness)
            figures.Add(new KeyFigureModel("G-mIoU", Score(robustness.GMiou), "found with the sound only"));
        figures.Add(new KeyFigureModel("clips", $"{metrics.Data.Clips}", $"{metrics.Data.Frames} frames"));

        var protocols = own.Protocols.Select(entry => (IReadOnlyList<string>)
        [
            NameProtocol(entry.Key, metrics), Score(entry.Value.Miou), Range(entry.Value.MiouInterval), Score(entry.Value.FScore),
            Range(entry.Value.FScoreInterval),
        ]).ToList();
        if (published is not null && own.Classes is null)
            protocols.Insert(1, [$"  published: {Describe(published)}", Score(published.Miou), None, Score(published.FScore), None]);
        return new SummaryModel(
            figures,
            [
                .. own.Classes is { } classes ? (ReportTableModel[])[ByClassProtocol(classes)] : [],
                Table(NameProtocols(own), ["protocol", "mIoU", "95 %", "F-score", "95 %"],
                    protocols),
                Table("Other measures", ["measure", "value", "note"], Measures(own)),
            ],
            [Published([run])],
            CurvePart.Draw([run]));
    }

    private static string NameProtocols(MetricsJson.ConditionPart own) => own.Classes is null ? "By protocol" : "Foreground, by protocol";

    private static SummaryModel ForSeveral(IReadOnlyList<ReportRun> runs)
    {
        var measured = runs.Select(FindPublished).ToArray();
        var hasPublished = measured.Any(score => score is not null);
        var rows = runs.Select((run, i) =>
        {
            var main = Main(run.Scores.Own).Scores;
            return (IReadOnlyList<string>)
            [
                run.Name, Score(main.Miou), Range(main.MiouInterval), Score(main.FScore), Range(main.FScoreInterval),
                Score(run.Scores.Metrics.Robustness?.GMiou),
                .. hasPublished ? (string[])[Score(measured[i]?.Miou), Score(measured[i]?.FScore)] : [],
            ];
        });
        IReadOnlyList<string> columns =
        [
            "run", "mIoU", "95 %", "F-score", "95 %", "G-mIoU", .. hasPublished ? (string[])["published mIoU", "published F-score"] : [],
        ];
        var protocols = runs[0].Scores.Own.Protocols.Keys.Select(protocol => (IReadOnlyList<string>)
        [
            NameProtocol(protocol, runs[0].Scores.Metrics),
            .. runs.SelectMany(run => run.Scores.Own.Protocols.TryGetValue(protocol, out var scores)
                ? (string[])[Score(scores.Miou), Score(scores.FScore)]
                : [None, None]),
        ]);
        return new SummaryModel(
            [],
            [
                Table($"Scores ({Main(runs[0].Scores.Own).Name})", columns, rows),
                Table(NameProtocols(runs[0].Scores.Own),
                    ["protocol", .. runs.SelectMany(run => (string[])[$"{run.Name}: mIoU", "F-score"])], protocols),
            ],
            [Published(runs)],
            CurvePart.Draw(runs));
    }

    private static List<IReadOnlyList<string>> Measures(MetricsJson.ConditionPart own)
    {
        var rows = new List<IReadOnlyList<string>>();
        void Add(string name, double? value, string note)
        {
            if (value is { } number && double.IsFinite(number))
                rows.Add([name, Score(number), note]);
        }
        if (own.UnheardRecordings is { } unheard)
        {
            Add("mIoU, unheard recordings", unheard.Protocols[AvsBench].Miou,
                $"the {unheard.Clips} clips whose recordings are not in training");
            Add("F-score, unheard recordings", unheard.Protocols[AvsBench].FScore, "");
        }
        Add("F at 0.5", own.MaskF, "of the masks themselves");
        Add("S-measure", own.Quality?.SMeasure, "structure");
        Add("E-measure, largest", own.MaximumE, "alignment, over the 255 thresholds");
        Add("boundary F", own.Quality?.BoundaryF, "as DAVIS has it");
        Add("MAE", own.Quality?.Mae, "mean absolute error of the probabilities; lower is better");
        if (own.WithoutTarget.Frames > 0)
            Add("mIoU, empty truth", own.WithoutTarget.Miou, $"{own.WithoutTarget.Frames} frames in which nothing sounds");
        return rows;
    }

    private static string Published(IReadOnlyList<ReportRun> runs)
    {
        PublishedScore[] found = [.. runs.Select(FindPublished).OfType<PublishedScore>().Distinct()];
        return found.Length == 0
            ? PublishedScores.ExplainAbsence(runs[0].Scores.Metrics, runs[0].Backbone, runs[0].IsComposed)
            : $"Published figures by {AvsBench}: {string.Join("; ", found.Select(score => $"{Describe(score)} ({score.Source})"))}.";
    }

    // Papers print the protocol avsbench.
    private static double? Comparable(MetricsJson.ConditionPart own) =>
        own.Classes is { } classes ? classes.Protocols[AvsBench].Miou : own.Protocols[AvsBench].Miou;

    private static PublishedScore? FindPublished(ReportRun run) =>
        PublishedScores.Find(run.Scores.Metrics, run.Backbone, run.IsComposed);

    private static string Describe(PublishedScore score) => $"{score.Method}, {score.Backbone}, {score.Subset} test";

    private static string NameProtocol(string name, MetricsJson metrics) =>
        name == AvsBench ? $"{name}, calls of {metrics.Settings.ClipsPerCall} clips" : name;

    internal static ReportTableModel Table(string title, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) =>
        new(title, HtmlPage.TableModel.From(new Table(columns, [.. rows])));

    private static string Percent(double? share) =>
        (100 * Math.Clamp(share ?? 0, 0, 1)).ToString("0.#", System.Globalization.CultureInfo.InvariantCulture);

    private static int Colour(int run) => run % PlotLook.Palette.Count;
}
