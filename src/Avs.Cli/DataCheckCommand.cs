using System.CommandLine;
using System.Text.Json;
using Avs.Data;

namespace Avs.Cli;

/// <summary>`avs data check DIR`</summary>
internal static class DataCheckCommand
{
    private const int DataError = 3;

    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "A folder with an AVSBench data set, or one that holds Single-source and Multi-sources." };
        var json = CommonOptions.Json("what was found");
        var verb = new Verb("check", "Say whether a folder is a complete S4 or MS3, and name each thing that is wrong; exits 3 if anything is.",
            "avs data check data/avs-stamps", "avs data check data/AVSBench --json") { folder, json };
        verb.SetAction(parse =>
        {
            var reports = DataCheck.Run(parse.GetValue(folder)!, Environment.ProcessorCount, ProgressLine.Of(terminal, "clips"));
            if (parse.GetValue(json))
                terminal.Out.WriteLine(Json(reports));
            else
                foreach (var report in reports)
                    Print(terminal.Out, report);
            return reports.All(report => report.IsComplete) ? 0 : DataError;
        });
        return verb;
    }

    private static void Print(TextWriter output, DataCheckReport report)
    {
        output.WriteLine($"{report.Subset} in {report.Root}, {report.FramesPerClip} frames a clip");
        foreach (var split in report.Splits)
            output.WriteLine($"  {split.Split.ToString().ToLowerInvariant(),-6}{split.Whole,6} of {split.InTable} clips whole (AVSBench has {split.Official})");
        foreach (var note in report.Notes)
            output.WriteLine($"  note: {note}");
        foreach (var problem in report.Problems)
            output.WriteLine($"  {problem.Group}: {problem.Sentence}");
        output.WriteLine(report.IsComplete ? "  complete" : $"  {report.Problems.Count} thing(s) wrong");
    }

    private static string Json(IReadOnlyList<DataCheckReport> reports) => JsonSerializer.Serialize(new
    {
        subsets = reports.Select(report => new
        {
            subset = report.Subset.ToString().ToLowerInvariant(),
            root = report.Root,
            frames_per_clip = report.FramesPerClip,
            complete = report.IsComplete,
            splits = report.Splits.Select(split => new
            {
                split = split.Split.ToString().ToLowerInvariant(),
                in_table = split.InTable,
                whole = split.Whole,
                official = split.Official,
            }),
            problems = report.Problems.Select(problem => new { group = problem.Group, sentence = problem.Sentence }),
            notes = report.Notes,
        }),
    });
}
