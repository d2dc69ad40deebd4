using System.Text.Json;
using Avs.Core;
using Avs.Eval.Reports;
using Avs.Eval.RunReports;
using Avs.Train.Runs;

namespace Avs.Train.Reporting;

/// <summary>What a run's folder tells a report: curves, how training went, what it ran on, pictures of latent codes.</summary>
public static class RunFacts
{
    private const string LatentFolder = "latent"; // where `avs latent` writes
    private const int MostLatentBytes = 3_000_000;

    /// <summary>A run as its report shows it.</summary>
    /// <param name="name">What the report calls it.</param>
    /// <exception cref="DataException">A file of the run is damaged.</exception>
    public static ReportRun Describe(MeasuredRun run, string name, RunScores scores) => new()
    {
        Name = name,
        Scores = scores,
        Backbone = run.Experiment.Task.Model.Network.Backbone,
        IsComposed = run.Clips.Clips.Any(clip => clip.Scene is not null),
        Experiment = run.Experiment.ToYaml(),
        Curves = run.Folder is { } folder ? ReadCurves(RunFolder.Open(folder).MetricsPath) : [],
        Training = ReadTraining(run, scores),
        Environment = run.Folder is { } place ? ReadEnvironment(RunFolder.Open(place).EnvironmentPath) : [],
        Latents = run.Folder is { } home ? ReadLatents(Path.Combine(home, LatentFolder)) : [],
    };

    /// <summary>A name for each run by which no two are the same: the experiment's where that will do, else with its folder.</summary>
    public static IReadOnlyList<string> Name(IReadOnlyList<MeasuredRun> runs)
    {
        string[] names = [.. runs.Select(run => run.Experiment.Run.Name)];
        if (names.Distinct().Count() == names.Length)
            return names;
        static string LastPart(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        string[] paths = [.. runs.Select((run, i) => $"{names[i]}/{LastPart(run.Folder ?? run.Checkpoint)}")];
        return paths.Distinct().Count() == paths.Length ? paths : [.. paths.Select((path, i) => $"{path} ({i + 1})")];
    }

    private static IReadOnlyList<Curve> ReadCurves(string path)
    {
        if (!File.Exists(path))
            return [];
        try
        {
            return
            [
                .. MetricsFile.ReadLast(path).Select(figure =>
                {
                    var points = MetricsFile.Read(path, figure.Name);
                    return new Curve(figure.Name, [.. points.Select(point => point.Step)], [.. points.Select(point => point.Value)]);
                }),
            ];
        }
        catch (FormatException e)
        {
            throw new DataException($"{path} holds something that is not a number: {e.Message}", e);
        }
    }

    private static IReadOnlyList<(string Name, string Value)> ReadTraining(MeasuredRun run, RunScores scores)
    {
        static string Text(FormattableString text) => FormattableString.Invariant(text);
        var facts = new List<(string, string)> { ("checkpoint", run.Checkpoint) };
        if (run.Folder is { } folder && RunFolder.Open(folder).SummaryPath is var path && File.Exists(path))
        {
            var summary = RunSummary.Read(path);
            facts.Add(("steps", Text($"{summary.Step} of {summary.Steps}{(summary.Finished ? "" : ", not finished")}")));
            if (summary.BestScore is { } best)
                facts.Add(("best validation", Text($"{best:0.000} at step {summary.BestStep}")));
            facts.Add(("training took",
                Text($"{TimeText.Create(TimeSpan.FromSeconds(summary.Seconds))}, {summary.SamplesPerSecond:0.0} samples a second")));
        }
        var metrics = scores.Metrics;
        facts.Add(("measured",
            Text($"on {metrics.Data.Name} in {metrics.Data.Root}, on {metrics.Settings.Device}, latent codes: {metrics.Settings.Latent}")));
        return facts;
    }

    // The last process that trained in the run.
    private static IReadOnlyList<(string Name, string Value)> ReadEnvironment(string path)
    {
        if (!File.Exists(path))
            return [];
        try
        {
            using var json = JsonDocument.Parse(WholeFile.Read(path));
            var root = json.RootElement;
            var last = root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 ? root[root.GetArrayLength() - 1] : root;
            return last.ValueKind != JsonValueKind.Object
                ? []
                : [.. last.EnumerateObject().Where(entry => entry.Value.ValueKind is not JsonValueKind.Null)
                    .Select(entry => (entry.Name.Replace('_', ' '), entry.Value.ToString()))];
        }
        catch (JsonException e)
        {
            throw new DataException($"{path} is not the list of a run's processes: {e.Message}", e);
        }
    }

    // In the order of their names, each that still fits the page.
    private static IReadOnlyList<PagePicture> ReadLatents(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        var (pictures, left) = (new List<PagePicture>(), MostLatentBytes);
        foreach (var file in Directory.GetFiles(folder, "*.png").Order(StringComparer.Ordinal))
        {
            var picture = PagePicture.FromPng(Path.GetFileNameWithoutExtension(file).Replace('_', ' '), File.ReadAllBytes(file));
            if (picture.Content.Length > left)
                continue;
            left -= picture.Content.Length;
            pictures.Add(picture);
        }
        return pictures;
    }
}
