using System.CommandLine;
using Avs.Cli.Json;
using Avs.Data.Clips;
using Avs.Data.Prepare;

namespace Avs.Cli;

/// <summary>`avs data prepare TABLE VIDEOS DIR`</summary>
internal static class DataPrepareCommand
{
    private const string Auto = "auto";
    private const int MostShown = 10;

    public static Command Create(Terminal terminal)
    {
        var table = new Argument<string>("TABLE")
        {
            Description = "A CSV file as AVSBench's: name,start,category,split (S4) or video_id,split (MS3); " +
                "a column 'file' may name each video.",
        };
        var videos = new Argument<string>("VIDEOS")
        {
            Description = "The folder of the videos: mp4, webm, avi and whatever else ffmpeg reads, of any frame rate, size and channel " +
                "count; as split/category/name, category/name, split/name or name.",
        };
        var folder = new Argument<string>("DIR")
        {
            Description = "Where Single-source or Multi-sources is made; the same command goes on with one that was cut off.",
        };
        var subset = new Option<string>("--subset")
        {
            Description = "s4 or ms3; auto takes s4 where the table has a column 'category'.",
            DefaultValueFactory = _ => Auto,
        };
        subset.AcceptOnlyFromAmong("s4", "ms3", Auto);
        var masks = new Option<string?>("--masks")
        {
            Description = "A folder of masks, name_1.png and so on, that are put into the layout.",
            HelpName = "DIR",
        };
        var seconds = CommonOptions.Count("--seconds", "Length of each clip, and so its number of frames.", 5);
        var trim = new Option<bool>("--trim") { Description = "The videos are longer: each clip begins at its start second." };
        var repeat = new Option<bool>("--repeat-short")
        {
            Description = "Fill up clips that lack a second or more by repeating the last; without it they fail.",
        };
        var failures = CommonOptions.Count("--max-failures", "Clips that may fail; one more ends the work.", 10, least: 0);
        var threads = CommonOptions.Count("--threads", "Clips worked on at the same time.", Environment.ProcessorCount);
        var json = CommonOptions.Json("what was done");
        var verb = new Verb("prepare",
            "Turn raw videos into an S4 or MS3: frames at AVSBench's instants, 16 kHz sound, log-mel examples, masks if any. " +
            "prepare_report.csv in the new folder says what became of each clip; clips that failed are not in the new table.",
            "avs data prepare clips.csv videos data/mine",
            "avs data prepare s4_meta_data.csv raw_videos data/AVSBench --masks gt_masks --max-failures 50",
            "avs data prepare clips.csv films data/mine --trim --seconds 10")
        {
            table, videos, folder, subset, masks, seconds, trim, repeat, failures, threads, json,
        };
        verb.SetAction(parse =>
        {
            var options = new PrepareOptions(parse.GetValue(table)!, parse.GetValue(videos)!, parse.GetValue(folder)!)
            {
                Subset = parse.GetValue(subset) switch { "s4" => Subset.S4, "ms3" => Subset.MS3, _ => null },
                Masks = parse.GetValue(masks),
                Seconds = parse.GetValue(seconds),
                Trim = parse.GetValue(trim),
                RepeatShort = parse.GetValue(repeat),
                MaxFailures = parse.GetValue(failures),
                Threads = parse.GetValue(threads),
            };
            var report = ProgressView.Run(terminal, view => Stoppable.Run(
                "stopped; the same command goes on from here", stop => Preparation.Run(options, view.Count("clips"), stop)));
            if (parse.GetValue(json))
                JsonOutput.Write(terminal, DataPrepareJson.From(report), JsonOutput.Default.DataPrepareJson);
            else
                Print(terminal, report);
        });
        return verb;
    }

    private static void Print(Terminal terminal, PrepareReport report)
    {
        Remarks("failed", report.Failures);
        Remarks("note", report.Notes);
        var counts = $"{report.Prepared} clips prepared, {report.Kept} were there, {report.Failures.Count} failed";
        terminal.Out.WriteLine($"{counts}: {report.Subset} in {report.Root}");
        if (!report.HasMasks)
            terminal.Out.WriteLine("without masks: it can be looked at and annotated; training needs masks (--masks DIR)");
        if (report.Failures.Count > 0 || report.Notes.Count > 0)
            terminal.Out.WriteLine($"each clip's state: {report.Journal}");

        void Remarks(string kind, IReadOnlyList<PrepareRemark> remarks)
        {
            foreach (var remark in remarks.Take(MostShown))
                terminal.Error.WriteLine($"{kind}: {remark.Clip}: {remark.Sentence}");
            if (remarks.Count > MostShown)
                terminal.Error.WriteLine($"{kind}: and {remarks.Count - MostShown} more");
        }
    }
}
