using System.CommandLine;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.RunReports;
using Avs.Train.Reporting;

namespace Avs.Cli;

/// <summary>`avs report RUN…`</summary>
internal static class ReportCommand
{
    private const string OneRun = "report.html", SeveralRuns = "comparison.html";
    private const int MostRuns = 6;

    public static Command Create(Terminal terminal)
    {
        var runs = Runs("The folder of a run of segmentation, or a checkpoint; several stand side by side.");
        var (data, split, device) = (CommonOptions.DataOfRun(), CommonOptions.Split("The split to show."), CommonOptions.Device());
        var file = new Option<string?>("--out")
        {
            Description = $"The page. Default: {OneRun} in the run's folder, of several {SeveralRuns} in the first one's. A former report "
                + "is replaced, another file is not.",
            HelpName = "FILE",
        };
        var clips = CommonOptions.OptionalCount("--clips",
            "Measure on no more clips than this, evenly spread over the split. Default: all.");
        var show = CommonOptions.Count("--show", $"Clips of each group: best, worst, most uncertain; at most {ReportPage.MostClips(1)}, of "
            + $"several runs {ReportPage.MostClips(2)}.", 3, least: 0);
        var scores = new Option<string[]>("--scores")
        {
            Description = "The folder that 'avs eval --audio all --out DIR' made, instead of measuring; one for each run. Default: "
                + "evaluation-SPLIT in the run's folder, made if it is not there.",
            HelpName = "DIR",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var verb = new Verb("report",
            "One web page about a run, or about several side by side: scores, curves, categories, filmstrips with their sound.",
            "avs report runs/demo/short",
            "avs report runs/demo/short runs/demo/long --out comparison.html",
            "avs report runs/demo/short --clips 40 --out /tmp/look.html")
        {
            runs, data, split, clips, show, scores, file, device,
        };
        verb.SetAction(parse =>
        {
            var paths = Paths(parse.GetValue(runs)!, MostRuns);
            var folders = parse.GetValue(scores) ?? [];
            if (folders.Length > 0 && folders.Length != paths.Count)
                throw new UsageException(
                    $"--scores: found {folders.Length} folders for {paths.Count} runs, expected one for each, in their order");
            var most = parse.GetValue(clips);
            if (folders.Length > 0 && most is not null)
                throw new UsageException("--clips says how many clips to measure, and with --scores nothing is measured");
            if (parse.GetValue(show) > ReportPage.MostClips(paths.Count))
            {
                throw new UsageException($"--show: found {parse.GetValue(show)}, expected at most {ReportPage.MostClips(paths.Count)}, or "
                    + "the page grows beyond 15 MB");
            }
            var request = new MeasureRequest(
                CommonOptions.Chosen<Split>(parse.GetValue(split)!), parse.GetValue(data), most,
                CommonOptions.ParseDevice(parse.GetValue(device)!));
            var path = parse.GetValue(file);
            RequireReplaceable(path);
            var written = ProgressView.Run(terminal, view => Stoppable.Run("stopped; no report was written",
                stop => Write(paths, request, folders, parse.GetValue(show), path, view, stop)));
            terminal.Out.WriteLine($"wrote {written}");
        });
        return verb;
    }

    public static Argument<string[]> Runs(string what) => new("RUN") { Description = what, Arity = ArgumentArity.OneOrMore };

    /// <summary>The runs that were named, none of another task.</summary>
    /// <exception cref="UsageException">There are too many, or one is not of segmentation.</exception>
    public static IReadOnlyList<string> Paths(IReadOnlyList<string> paths, int most)
    {
        if (paths.Count > most)
            throw new UsageException($"found {paths.Count} runs, expected at most {most} side by side");
        foreach (var path in paths)
        {
            if (EvalOptions.FindTask(path) is var task && task != EvalOptions.Segmentation)
                throw new UsageException($"'{path}' is a run of the task '{task}'; reports and galleries are of runs of segmentation, see "
                    + "'avs eval' for its measures and 'avs latent' for pictures of its codes");
        }
        return paths;
    }

    private static string Write(
        IReadOnlyList<string> paths, MeasureRequest request, IReadOnlyList<string> folders, int show, string? file, ProgressView view,
        CancellationToken stop)
    {
        using var opened = new OpenedRuns(paths, request);
        var path = file ?? Path.Combine(opened.Runs[0].Folder ?? ".", paths.Count == 1 ? OneRun : SeveralRuns);
        RequireReplaceable(path);
        var names = RunFacts.Name(opened.Runs);
        var runs = opened.Runs.Select((run, i) => RunFacts.Describe(run, names[i], folders.Count > 0
            ? run.ReadScores(folders[i], view.Write)
            : run.FindOrMeasure(view.Count("clips"), view.Write, stop))).ToArray();
        var groups = show == 0 ? [] : ClipChoice.ForReport([.. runs.Select(run => run.Scores.Clips)], names, show);
        int[] shown = [.. groups.SelectMany(group => group.Clips)];
        var predictions = opened.Runs.Select(run => run.Predict(shown, stop)).ToArray();
        if (show > 0 && runs.Length == 1 && runs[0].Scores.Metrics.Conditions.Count > 1)
            runs[0] = runs[0] with { Sounds = opened.Runs[0].DrawSounds(runs[0].Scores, show + 1, stop) };
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var clips = opened.Runs[0].Clips;
        ReportPage.Write(path, runs, groups, clip => new ShownClip(
            clips.Load(clip), clips.LoadWaveform(clip), [.. predictions.Select(found => found[clip])]));
        return path;
    }

    private static void RequireReplaceable(string? file)
    {
        if (file is null)
            return;
        if (Directory.Exists(file))
            throw new UsageException($"--out: '{file}' is a folder, expected a file such as {Path.Combine(file, OneRun)}");
        if (File.Exists(file) && !ReportPage.IsReport(file))
            throw new UsageException($"'{file}' is there already and is no report of this verb, so it stays; name another file with --out");
    }
}
