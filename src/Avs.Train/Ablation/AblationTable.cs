using System.Globalization;
using Avs.Core;
using Avs.Eval.Reports;
using Avs.Train.Experiments;
using Avs.Train.Runs;

namespace Avs.Train.Ablation;

/// <summary>A figure of a run.</summary>
/// <param name="IsCount">Whether it is a whole number.</param>
internal sealed record Measure(string Name, Func<TrialResult, double?> Read, bool IsCount = false);

/// <summary>What a finished trial left.</summary>
/// <param name="Metrics">The last value of each column of its `metrics.csv`, then the figures of its evaluation.</param>
internal sealed record TrialResult(Trial Trial, RunSummary Summary, IReadOnlyList<(string Name, double Value)> Metrics)
{
    /// <summary>Of a finished run of this very experiment; null of any other.</summary>
    public static TrialResult? Read(Trial trial, string folder, TrialEvaluation? evaluation)
    {
        var path = Path.Combine(folder, trial.Name);
        if (TrialState.Read(trial, path, new ExperimentReader(TrainingTasks.All)).Status != TrialStatus.Finished)
            return null;
        var run = RunFolder.Open(path);
        var summary = RunSummary.Read(run.SummaryPath);
        var metrics = File.Exists(run.MetricsPath) ? MetricsFile.ReadLast(run.MetricsPath) : [];
        return new TrialResult(trial, summary, [.. metrics, .. evaluation?.Read(path) ?? []]);
    }

    public double? Find(string column) =>
        Metrics.FirstOrDefault(metric => metric.Name == column) is { Name: not null } found ? found.Value : null;
}

/// <summary>The runs of one variant and one combination of values, which differ in their seeds.</summary>
/// <param name="First">Any of its trials.</param>
/// <param name="Trials">How many there are.</param>
/// <param name="Results">Those that are finished.</param>
internal sealed record AblationRow(Trial First, int Trials, IReadOnlyList<TrialResult> Results);

/// <summary>The figures of a matrix's finished trials, a row for each variant and combination of values.</summary>
public sealed class AblationTable
{
    private const string ValidationPrefix = "val_", Missing = "-";
    private const string PictureFile = "table.png";

    private static readonly Measure BestScore = new("best_score", result => result.Summary.BestScore);

    private static readonly Measure[] Costs =
    [
        new("steps", result => result.Summary.Step, IsCount: true),
        new("seconds", result => result.Summary.Seconds),
        new("samples_per_second", result => result.Summary.SamplesPerSecond),
    ];

    private readonly AblationMatrix matrix;
    private readonly IReadOnlyList<AblationRow> rows;
    private readonly IReadOnlyList<Measure> measures;
    private readonly IReadOnlyList<string> published;

    private AblationTable(AblationMatrix matrix, IReadOnlyList<AblationRow> rows)
    {
        (this.matrix, this.rows) = (matrix, rows);
        var columns = matrix.Columns ?? [.. rows.SelectMany(row => row.Results).SelectMany(result => result.Metrics)
            .Select(metric => metric.Name).Where(name => name.StartsWith(ValidationPrefix, StringComparison.Ordinal)).Distinct()];
        var all = columns.Union(matrix.Evaluation?.Figures ?? []);
        measures = [.. all.Select(column => new Measure(column, result => result.Find(column))), .. Costs];
        published = [.. rows.SelectMany(row => row.First.Published).Select(figure => figure.Name).Distinct()];
    }

    /// <summary>Reads what the trials in a folder left.</summary>
    /// <exception cref="DataException">A summary is damaged.</exception>
    public static AblationTable Read(AblationMatrix matrix, string folder) => new(matrix,
    [
        .. matrix.Trials.GroupBy(trial => (trial.Variant, Values: string.Join('\n', trial.Values))).Select(row => new AblationRow(
            row.First(), row.Count(), [.. row.Select(trial => TrialResult.Read(trial, folder, matrix.Evaluation)).OfType<TrialResult>()])),
    ]);

    /// <summary>The table for a person: mean ± standard deviation over the seeds.</summary>
    public Table ToTable() => Create(
        matrix.FactorNames, row => [row.Results.Count == row.Trials ? $"{row.Trials}" : $"{row.Results.Count} of {row.Trials}"],
        name => name.Replace('_', ' '), name => [name.Replace('_', ' ')],
        (spread, isCount) => [spread is null ? Missing : Text(spread, isCount)], "runs");

    /// <summary>The table for programs: each mean and each standard deviation in a column of its own.</summary>
    public Table ToNumbers()
    {
        static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
        return Create(matrix.Factors, row => [$"{row.Results.Count}", $"{row.Trials}"], name => name,
            name => [$"{name}_mean", $"{name}_std"],
            (spread, _) => [Number(spread?.Mean), Number(spread?.Deviation)], "finished", "runs");
    }

    /// <summary>
    /// Writes `table.md`, `table.csv`, `table.tex` and, where anything is finished, `table.png`, each whole or not at all.
    /// </summary>
    /// <param name="folder">Exists.</param>
    /// <param name="log">Takes a sentence where the picture cannot be drawn, for a native library is missing.</param>
    public void Write(string folder, Action<string> log)
    {
        var table = ToTable();
        AtomicFile.WriteAllText(Path.Combine(folder, "table.md"), TableWriter.ToMarkdown(table));
        AtomicFile.WriteAllText(Path.Combine(folder, "table.csv"), TableWriter.ToCsv(ToNumbers()));
        AtomicFile.WriteAllText(Path.Combine(folder, "table.tex"), TableWriter.ToLatex(table));
        var path = Path.Combine(folder, PictureFile);
        if (rows.Any(row => Score(row) is not null))
            RunCurves.WritePicture(path, () => AtomicFile.WriteAllBytes(path, ToPicture().Png()), log);
    }

    /// <summary>The best scores: over the first factor's values, one series for the rest; without factors, over the variants.</summary>
    public SpreadPicture ToPicture()
    {
        string Place(Trial trial) => matrix.Factors.Count > 0 ? trial.Values[0] : trial.Variant ?? "";
        string Series(Trial trial)
        {
            var values = matrix.FactorNames.Zip(trial.Values).Skip(1).Select(pair => $"{pair.First} {pair.Second}");
            return string.Join(", ", matrix.Factors.Count > 0 && trial.Variant is { } variant ? values.Prepend(variant) : values);
        }
        string[] places = [.. rows.Select(row => Place(row.First)).Distinct()];
        return new SpreadPicture(matrix.Name, matrix.Factors.Count > 0 ? matrix.Factors[0] : "", "best validation score", places,
        [
            .. rows.GroupBy(row => Series(row.First)).Select(series => new SpreadSeries(series.Key,
            [
                .. places.Select(place => Score(series.First(row => Place(row.First) == place)) is { } score
                    ? new SpreadPoint(score.Mean, score.Deviation ?? 0) : null),
            ])),
        ], Joined: places.All(place => double.TryParse(place, NumberStyles.Float, CultureInfo.InvariantCulture, out _)));
    }

    private Table Create(
        IReadOnlyList<string> factors, Func<AblationRow, IEnumerable<string>> count, Func<string, string> heading,
        Func<string, IEnumerable<string>> headings, Func<Spread?, bool, IEnumerable<string>> cells, params string[] counts)
    {
        var compared = matrix.Trials.Select(trial => trial.Variant).Distinct().Count() > 1;
        return new Table(
        [
            .. matrix.HasVariants ? (string[])["variant"] : [], .. factors, .. counts, .. headings(BestScore.Name),
            .. compared ? headings("difference") : [], .. published.Select(name => heading($"published_{name}")),
            .. measures.SelectMany(measure => headings(measure.Name)),
        ],
        [
            .. rows.Select(row => (IReadOnlyList<string>)
            [
                .. row.First.Variant is { } variant ? (string[])[variant] : [], .. row.First.Values, .. count(row),
                .. cells(Score(row), false), .. compared ? cells(Difference(row), false) : [],
                .. published.Select(name => Published(row.First, name) ?? cells(null, false).First()),
                .. measures.SelectMany(measure => cells(Summarise(row.Results, measure), measure.IsCount)),
            ]),
        ]);
    }

    private static string? Published(Trial trial, string name) =>
        trial.Published.FirstOrDefault(figure => figure.Name == name) is { Name: not null, Value: var value }
            ? value.ToString("R", CultureInfo.InvariantCulture) : null;

    private static string Text(Spread spread, bool isCount) =>
        isCount && spread.Deviation is null or 0 ? spread.Mean.ToString("0", CultureInfo.InvariantCulture) : $"{spread}";

    private static Spread? Score(AblationRow row) => Summarise(row.Results, BestScore);

    private static Spread? Summarise(IEnumerable<TrialResult> results, Measure measure) =>
        results.Select(measure.Read).OfType<double>().ToArray() is { Length: > 0 } values ? Spread.From(values) : null;

    // The best score less the first variant's of the same values and seed: what all runs of a seed share falls out.
    private Spread? Difference(AblationRow row)
    {
        var first = rows.First(other => other.First.Variant == rows[0].First.Variant && other.First.Values.SequenceEqual(row.First.Values));
        if (first == row)
            return null;
        var differences = from mine in row.Results
                          join theirs in first.Results on mine.Trial.Seed equals theirs.Trial.Seed
                          select mine.Summary.BestScore - theirs.Summary.BestScore;
        return differences.OfType<double>().ToArray() is { Length: > 0 } values ? Spread.From(values) : null;
    }
}
