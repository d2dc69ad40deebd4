using System.CommandLine;
using System.Globalization;
using Avs.Cli.Json;
using Avs.Core;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;

namespace Avs.Cli;

/// <summary>`avs compare`: two evaluations, clip by clip.</summary>
internal static class CompareCommand
{
    public static Command Create(Terminal terminal)
    {
        var first = new Argument<string>("FIRST") { Description = "A folder that 'avs eval --out' made." };
        var second = new Argument<string>("SECOND") { Description = "Another, of the same clips." };
        var json = CommonOptions.Json("the comparison");
        var verb = new Verb("compare",
            "Compare two evaluations of the same clips: the difference with its 95 % interval (bootstrap over clips) and how likely it is "
            + "by chance (permutation test).",
            "avs compare scores/ecmvae scores/tpavi",
            "avs compare scores/a scores/b --json") { first, second, json };
        verb.SetAction(parse =>
        {
            var (one, two) = (EvaluatedClips.Read(parse.GetValue(first)!), EvaluatedClips.Read(parse.GetValue(second)!));
            var compared = Compare(one, two);
            if (parse.GetValue(json))
            {
                JsonOutput.Write(terminal, new ComparisonJson(one.Folder, two.Folder, one.Dataset, compared.ToDictionary(
                    pair => pair.Condition, pair => ComparisonJson.From(pair.Scores))), JsonOutput.Default.ComparisonJson);
            }
            else
            {
                Print(terminal, one, two, compared);
            }
        });
        return verb;
    }

    private static IReadOnlyList<(string Condition, IReadOnlyList<PairedScore> Scores)> Compare(EvaluatedClips one, EvaluatedClips two)
    {
        if (one.Dataset != two.Dataset)
            throw new UsageException($"{one.Folder} is of '{one.Dataset}' and {two.Folder} of '{two.Dataset}', expected the same clips");
        string[] both = [.. one.ByCondition.Keys.Where(two.ByCondition.ContainsKey)];
        if (both.Length == 0)
            throw new UsageException($"{one.Folder} and {two.Folder} have no sound in common: "
                + $"{string.Join(", ", one.ByCondition.Keys)} and {string.Join(", ", two.ByCondition.Keys)}");
        return [.. both.Select(condition =>
        {
            var (clips, others) = (one.ByCondition[condition], two.ByCondition[condition]);
            RequireSame(one, clips, two, others);
            RequireSame(two, others, one, clips);
            var byName = others.ToDictionary(clip => clip.Clip, StringComparer.Ordinal);
            foreach (var clip in clips)
                RequireSameTruth(one, clip, two, byName[clip.Clip]);
            return (condition, PairedComparison.Run(clips, [.. clips.Select(clip => byName[clip.Clip])]));
        })];
    }

    // Sets that were composed apart may give their clips the same names.
    private static void RequireSameTruth(EvaluatedClips one, ComparedClip clip, EvaluatedClips two, ComparedClip other)
    {
        if ((clip.Frames, clip.Target) != (other.Frames, other.Target))
        {
            throw new UsageException($"the true masks of the clip '{clip.Clip}' have {clip.Target} pixels in {clip.Frames} frames in "
                + $"{one.Folder} and {other.Target} in {other.Frames} in {two.Folder}, expected the same masks");
        }
    }

    private static void RequireSame(
        EvaluatedClips here, IReadOnlyList<ComparedClip> clips, EvaluatedClips there, IReadOnlyList<ComparedClip> others)
    {
        if (clips.Select(clip => clip.Clip).Except(others.Select(clip => clip.Clip), StringComparer.Ordinal).FirstOrDefault() is { } alone)
            throw new UsageException($"the clip '{alone}' is in {here.Folder} and not in {there.Folder}, expected the same clips");
    }

    private static void Print(
        Terminal terminal, EvaluatedClips one, EvaluatedClips two,
        IReadOnlyList<(string Condition, IReadOnlyList<PairedScore> Scores)> compared)
    {
        terminal.Out.WriteLine($"{one.Dataset}: {one.Folder} minus {two.Folder}, {compared[0].Scores.Count} measures, "
            + $"{one.ByCondition[compared[0].Condition].Count} clips");
        static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
        MeasureTables.Write(terminal, null, ["sound", "measure", "first", "second", "difference", "95 %", "p"],
            compared.SelectMany(pair => pair.Scores.Select(score => (IReadOnlyList<string>)
            [
                pair.Condition, score.Measure, Number(score.First), Number(score.Second), Number(score.First - score.Second),
                $"{Number(score.Difference.Low)} to {Number(score.Difference.High)}",
                score.P.ToString("0.0000", CultureInfo.InvariantCulture),
            ])));
        if (one.HasClasses)
            terminal.Out.WriteLine("all of the foreground: where anything sounds, whatever its class");
        terminal.Out.WriteLine($"95 %: bootstrap over clips; p: permutation test; {PairedComparison.UsualDraws} draws each");
    }
}
