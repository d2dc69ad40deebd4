using System.CommandLine;
using System.Globalization;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.RunReports;
using Avs.Train.Reporting;

namespace Avs.Cli;

/// <summary>`avs gallery RUN…`</summary>
internal static class GalleryCommand
{
    private const int MostRuns = 8;

    // The text of a page in two columns, as CVPR and ICCV have it.
    private const string UsualWidth = "6.875in";

    public static Command Create(Terminal terminal)
    {
        var runs = ReportCommand.Runs("The folder of a run of segmentation, or a checkpoint: a column each.");
        var (data, split, device) = (CommonOptions.DataOfRun(), CommonOptions.Split("The split to show."), CommonOptions.Device());
        var file = Text("--out", "FILE", "The figure to write, .pdf or .png; no existing one is overwritten.");
        var clips = Text("--clips", "ID,ID",
            "Names of the clips, with commas between. Default: of one run from its best to its worst, evenly spread; of several those "
            + "where the last gains most over the first. For that the runs are measured first.");
        var count = CommonOptions.Count("--count", "How many clips are chosen where none is named.", 4);
        var frames = Text("--frames", "1,3,5", "Frames of each clip, from 1, a row each. Default: the middle one.");
        var names = Text("--names", "A,B", "Headings of the runs' columns, with commas between.");
        var style = CommonOptions.Choice(
            "--style", "overlay: masks in colour over the picture; mask: white on black.", GalleryStyle.Overlay);
        var width = new Option<string>("--width")
        {
            Description = "Printed width, as LaTeX says it: 6.875in, 17.4cm, 84mm, 240pt.",
            HelpName = "LENGTH",
            DefaultValueFactory = _ => UsualWidth,
        };
        var verb = new Verb("gallery",
            "A figure for a paper: clips in rows; picture, truth and what each run finds in columns. PDF, or PNG of 300 dpi.",
            "avs gallery runs/demo/short --out figure.pdf",
            "avs gallery runs/demo/short runs/demo/long --names ours,theirs --count 6 --width 3.25in --out figure.pdf",
            "avs gallery runs/demo/short --clips 000001_a,000001_b --frames 1,3,5 --style mask --out figure.png")
        {
            runs, clips, count, frames, names, style, width, file, data, split, device,
        };
        verb.SetAction(parse =>
        {
            var path = parse.GetValue(file) ?? throw new UsageException("--out is missing: the figure to write, .pdf or .png");
            RequireNew(path);
            var paths = ReportCommand.Paths(parse.GetValue(runs)!, MostRuns);
            var headings = parse.GetValue(names)?.Split(',', StringSplitOptions.TrimEntries);
            if (headings is not null && headings.Length != paths.Count)
                throw new UsageException($"--names: found {headings.Length} names for {paths.Count} runs, expected one for each");
            var request = new MeasureRequest(
                CommonOptions.Chosen<Split>(parse.GetValue(split)!), parse.GetValue(data), null,
                CommonOptions.ParseDevice(parse.GetValue(device)!));
            var points = ParseWidth(parse.GetValue(width)!);
            var shown = parse.GetValue(frames) is { } list ? ParseFrames(list) : null;
            var chosenStyle = CommonOptions.Chosen<GalleryStyle>(parse.GetValue(style)!);
            ProgressView.Run(terminal, view => Stoppable.Run("stopped; no figure was written", stop =>
            {
                using var opened = new OpenedRuns(paths, request);
                var gallery = new Gallery(opened.Runs, headings ?? RunFacts.Name(opened.Runs)) { Frames = shown, Style = chosenStyle };
                var places = parse.GetValue(clips) is { } ids
                    ? gallery.Find(ids.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                    : Choose(opened.Runs, parse.GetValue(count), view, stop);
                new GalleryFigure(gallery.Draw(places, stop), points).Write(path);
                return true;
            }));
            terminal.Out.WriteLine($"wrote {path}");
        });
        return verb;
    }

    private static Option<string?> Text(string name, string help, string what) => new(name) { Description = what, HelpName = help };

    private static IReadOnlyList<int> Choose(IReadOnlyList<MeasuredRun> runs, int count, ProgressView view, CancellationToken stop)
    {
        IReadOnlyList<ScoredClip> Measure(MeasuredRun run) => run.FindOrMeasure(view.Count("clips"), view.Write, stop).Clips;
        return runs.Count == 1
            ? ClipChoice.Spread(Measure(runs[0]), count)
            : ClipChoice.Gains(Measure(runs[0]), Measure(runs[^1]), count);
    }

    private static void RequireNew(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".pdf" or ".png"))
            throw new UsageException($"--out: found '{path}', expected a file .pdf or .png");
        if (Path.Exists(path))
            throw new UsageException($"'{path}' is there already, and no figure is overwritten; name another file with --out");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UsageException($"--out: there is no folder '{folder}'");
    }

    private static IReadOnlyList<int> ParseFrames(string list) =>
    [
        .. list.Split(',', StringSplitOptions.TrimEntries).Select(text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1
                ? number - 1
                : throw new UsageException($"--frames: found '{text}', expected numbers from 1 on with commas between")),
    ];

    // In points of 72 to the inch.
    private static double ParseWidth(string text)
    {
        (string Unit, double Points)[] units = [("in", 72), ("cm", 72 / 2.54), ("mm", 7.2 / 2.54), ("pt", 72 / 72.27)]; // LaTeX's pt
        foreach (var (unit, points) in units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && number * points is >= 72 and <= 72 * 40)
                return number * points;
        }
        throw new UsageException(
            $"--width: found '{text}', expected a length from 1in to 40in such as {UsualWidth}, 17.4cm, 84mm or 240pt");
    }
}
