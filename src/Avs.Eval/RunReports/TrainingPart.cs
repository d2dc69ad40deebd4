using Avs.Core.Configuration;
using Avs.Eval.Reports;

namespace Avs.Eval.RunReports;

/// <summary>How runs were trained: their curves, and what differs between their experiments.</summary>
internal static class TrainingPart
{
    private const string Loss = "total", Validation = "val_", Rate = "learning_rate";
    private static readonly string[] NotDrawn = ["seconds", "clips_per_second", "samples_per_second", Rate, Loss, "grad_norm", "skipped"];

    /// <summary>Loss and validation; of one run also the terms of its loss, of several each figure with all runs in it.</summary>
    public static IReadOnlyList<PlotModel> Draw(IReadOnlyList<ReportRun> runs)
    {
        Curve[] Find(string column) =>
            [.. runs.Select(run => run.Curves.FirstOrDefault(curve => curve.Name == column) is { } curve && curve.X.Count > 0
                ? curve with { Name = run.Name }
                : new Curve(run.Name, [], []))];
        var plots = new List<PlotModel>();
        void Add(string title, IReadOnlyList<Curve> curves, double? low = null, double? high = null)
        {
            if (curves.Any(curve => curve.X.Count > 0))
                plots.Add(ReportPlots.OverSteps(title, curves, low, high));
        }

        string[] validations = [.. runs.SelectMany(run => run.Curves).Select(curve => curve.Name).Distinct()
            .Where(name => name.StartsWith(Validation, StringComparison.Ordinal))];
        if (runs.Count == 1)
        {
            var curves = runs[0].Curves;
            Add("Loss", Find(Loss));
            Add("Validation", [.. curves.Where(curve => validations.Contains(curve.Name)).Select(Named)], 0, 1);
            // Terms that are off stay at zero.
            Add("Terms of the loss",
                [.. curves.Where(curve => !NotDrawn.Contains(curve.Name) && !validations.Contains(curve.Name) && curve.Y.Any(y => y != 0))
                    .Take(PlotLook.Palette.Count)]);
            Add("Learning rate", Find(Rate), 0);
        }
        else
        {
            Add("Loss", Find(Loss));
            foreach (var name in validations)
                Add($"Validation: {Named(new Curve(name, [], [])).Name}", Find(name), 0, 1);
        }
        return plots;
    }

    /// <summary>The keys whose values differ.</summary>
    public static DifferencesModel FindDifferences(IReadOnlyList<ReportRun> runs)
    {
        if (runs.Count < 2)
            return new DifferencesModel([]);
        var settings = runs.Select(run => ConfigSource.ToOverrides(ConfigSource.Parse(run.Experiment, run.Name))
            .Select(line => line.Split('=', 2)).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1])).ToArray();
        var rows = settings.SelectMany(keys => keys.Keys).Distinct()
            .Select(key => (IReadOnlyList<string>)[key, .. settings.Select(keys => keys.GetValueOrDefault(key, ReportNumbers.None))])
            .Where(row => row.Skip(1).Distinct().Count() > 1).ToArray();
        return rows.Length == 0
            ? new DifferencesModel([])
            : new DifferencesModel([ScorePart.Table("Keys that differ", ["key", .. runs.Select(run => run.Name)], rows)]);
    }

    private static Curve Named(Curve curve) => curve with
    {
        Name = curve.Name switch
        {
            "val_miou" => "mIoU",
            "val_f_score" => "F-score",
            var name => name[Validation.Length..].Replace('_', ' '),
        },
    };
}
