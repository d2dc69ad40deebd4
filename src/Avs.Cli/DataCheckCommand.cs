using System.CommandLine;
using System.Globalization;
using Avs.Cli.Json;
using Avs.Data.AvsBench;
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
        var folder = new Argument<string>("DIR")
        {
            Description = "A folder with an AVSBench data set, or one that holds Single-source, Multi-sources or Semantic-labels.",
        };
        var json = CommonOptions.Json("what was found");
        var verb = new Verb("check",
            "Say whether a folder is a complete S4, MS3 or AVSS, reading every file: what is wrong, what is unusual, what the files are " +
            "like, and what different splits share. Exits 3 if anything is wrong.",
            "avs data check data/avs-stamps",
            "avs data check data/AVSBench --json") { folder, json };
        verb.SetAction(parse =>
        {
            var reports = ProgressView.Run(terminal, view =>
                DataCheck.Run(parse.GetValue(folder)!, Environment.ProcessorCount, view.Count("clips")));
            if (parse.GetValue(json))
            {
                JsonOutput.Write(terminal, DataCheckJson.From(reports), JsonOutput.Default.DataCheckJson);
            }
            else
            {
                foreach (var report in reports)
                    Print(terminal, report);
            }
            return reports.All(report => report.IsComplete) ? 0 : DataError;
        });
        return verb;
    }

    private static void Print(Terminal terminal, DataCheckReport report)
    {
        terminal.Out.WriteLine($"{report.Subset} in {report.Root}, {report.FramesPerClip} frames a clip");
        terminal.Screen.Write(TableView.Create(Facts(report)));
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
                ? [
                    .. counts, $"{facts.Frames}", $"{facts.Masks}", Percent(facts.MaskArea), $"{facts.EmptyMasks}", Kinds(facts.MaskKinds),
                    Seconds(facts), Kinds(facts.SoundKinds), Range(facts),
                ]
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
        _ => "mixed", // see Mixtures
    };

    private static IEnumerable<string> Mixtures(DataCheckReport report)
    {
        foreach (var facts in report.Facts)
        {
            var split = facts.Split.ToString().ToLowerInvariant();
            foreach (var (what, kinds) in new[] { ("masks", facts.MaskKinds), ("sounds", facts.SoundKinds) })
            {
                if (kinds.Count > 1)
                    yield return $"{what} of {split}: {string.Join("; ", kinds.Select(kind => $"{kind.Value} of {kind.Key}"))}";
            }
        }
    }

    private static string Seconds(SplitFacts facts) => facts.ShortestSeconds is not { } shortest ? "-" : shortest == facts.LongestSeconds
        ? string.Create(CultureInfo.InvariantCulture, $"{shortest:0.00}")
        : string.Create(CultureInfo.InvariantCulture, $"{shortest:0.00} to {facts.LongestSeconds:0.00}");

    private static string Range(SplitFacts facts) =>
        string.Create(CultureInfo.InvariantCulture, $"{facts.LowestLogMel:0.0} to {facts.HighestLogMel:0.0}");
}
