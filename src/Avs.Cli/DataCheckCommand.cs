using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Avs.Data.AvsBench;
using Avs.Data.Clips;
using Avs.Eval.Reports;

namespace Avs.Cli;

/// <summary>`avs data check DIR`</summary>
internal static class DataCheckCommand
{
    private const int DataError = 3;

    // Of one kind; --json has all of them.
    private const int MostShown = 12;

    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "A folder with an AVSBench data set, or one that holds Single-source, Multi-sources or Semantic-labels." };
        var json = CommonOptions.Json("what was found");
        var verb = new Verb("check", "Say whether a folder is a complete S4, MS3 or AVSS, reading every file: what is wrong, what is unusual, what the files are like, and what different splits share. Exits 3 if anything is wrong.",
            "avs data check data/avs-stamps", "avs data check data/AVSBench --json") { folder, json };
        verb.SetAction(parse =>
        {
            var reports = DataCheck.Run(parse.GetValue(folder)!, Environment.ProcessorCount, ProgressLine.Of(terminal, "clips"));
            if (parse.GetValue(json))
                terminal.Out.WriteLine(Json(reports));
            else
                foreach (var report in reports)
                    Print(terminal, report);
            return reports.All(report => report.IsComplete) ? 0 : DataError;
        });
        return verb;
    }

    private static void Print(Terminal terminal, DataCheckReport report)
    {
        terminal.Out.WriteLine($"{report.Subset} in {report.Root}, {report.FramesPerClip} frames a clip");
        terminal.Screen.Write(TableView.Of(Facts(report)));
        foreach (var mixture in Mixtures(report))
            terminal.Out.WriteLine($"  {mixture}");
        foreach (var note in report.Notes.Take(MostShown))
            terminal.Out.WriteLine($"  note: {note}");
        if (report.Notes.Count > MostShown)
            terminal.Out.WriteLine($"  note: and {report.Notes.Count - MostShown} more (--json has all)");
        foreach (var group in report.Problems.GroupBy(problem => problem.Group))
        {
            foreach (var problem in group.Take(MostShown))
                terminal.Out.WriteLine($"  {problem.Group}: {problem.Sentence}");
            if (group.Count() > MostShown)
                terminal.Out.WriteLine($"  {group.Key}: and {group.Count() - MostShown} more (--json has all)");
        }

        terminal.Out.WriteLine(report.IsComplete ? "  complete" : $"  {report.Problems.Count} thing(s) wrong");
    }

    private static Table Facts(DataCheckReport report)
    {
        IReadOnlyList<string> Row(SplitCount count)
        {
            var name = count.Split.ToString().ToLowerInvariant();
            string[] counts = [name, $"{count.InTable}", $"{count.Whole}", $"{count.Official}"];
            return report.Facts.FirstOrDefault(item => item.Split == count.Split) is { } facts
                ? [.. counts, $"{facts.Frames}", $"{facts.Masks}", Percent(facts.MaskArea), $"{facts.EmptyMasks}", Kinds(facts.MaskKinds), Seconds(facts), Kinds(facts.SoundKinds), Range(facts)]
                : [.. counts, "-", "-", "-", "-", "-", "-", "-", "-"];
        }

        return new Table(
            ["split", "clips", "whole", "AVSBench", "frames", "masks", "covered", "empty", "kind", "sound s", "kind of sound", "log-mel"],
            [.. report.Splits.Select(Row)]);
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    private static string Kinds(IReadOnlyDictionary<string, int> kinds) => kinds.Count switch
    {
        0 => "-",
        1 => kinds.Keys.First(),
        _ => "mixed", // Mixtures says of what
    };

    private static IEnumerable<string> Mixtures(DataCheckReport report) => report.Facts
        .SelectMany(facts => new[] { (What: "masks", facts.Split, Kinds: facts.MaskKinds), (What: "sounds", facts.Split, Kinds: facts.SoundKinds) })
        .Where(item => item.Kinds.Count > 1)
        .Select(item => $"{item.What} of {item.Split.ToString().ToLowerInvariant()}: {string.Join("; ", item.Kinds.Select(kind => $"{kind.Value} of {kind.Key}"))}");

    private static string Seconds(SplitFacts facts) => facts.ShortestSeconds is not { } shortest ? "-" : shortest == facts.LongestSeconds
        ? string.Create(CultureInfo.InvariantCulture, $"{shortest:0.00}")
        : string.Create(CultureInfo.InvariantCulture, $"{shortest:0.00} to {facts.LongestSeconds:0.00}");

    private static string Range(SplitFacts facts) => string.Create(CultureInfo.InvariantCulture, $"{facts.LowestLogMel:0.0} to {facts.HighestLogMel:0.0}");

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
            facts = report.Facts.Select(facts => new
            {
                split = facts.Split.ToString().ToLowerInvariant(),
                frames = facts.Frames,
                plain_frames = facts.PlainFrames,
                masks = facts.Masks,
                empty_masks = facts.EmptyMasks,
                full_masks = facts.FullMasks,
                mask_area = Math.Round(facts.MaskArea, 6),
                mask_kinds = facts.MaskKinds,
                sounds = facts.Sounds,
                silent_sounds = facts.SilentSounds,
                other_pickles = facts.OtherPickles,
                sound_kinds = facts.SoundKinds,
                seconds = facts.MedianSeconds is null ? null : new[] { facts.ShortestSeconds, facts.MedianSeconds, facts.LongestSeconds },
                log_mel = new[] { Math.Round(facts.LowestLogMel, 4), Math.Round(facts.HighestLogMel, 4) },
            }),
            problems = report.Problems.Select(problem => new { group = problem.Group, sentence = problem.Sentence }),
            notes = report.Notes,
        }),
    });
}
