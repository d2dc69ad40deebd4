using System.Globalization;
using Avs.Eval.Evaluation;
using Spectre.Console;

namespace Avs.Cli;

/// <summary>The scores of an evaluation as a table.</summary>
internal static class ScoreTable
{
    public static void Print(IAnsiConsole screen, EvaluationResult result)
    {
        var table = new Table().AddColumns("clips", "number").AddColumns("mIoU", "F-score").Border(TableBorder.Simple);
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        void Row(string what, int clips, double miou, double fScore) =>
            table.AddRow(Markup.Escape(what), $"{clips}", Number(miou), Number(fScore));
        void ScoresRow(string what, Scores scores) => Row(what, scores.Clips.Count, scores.Miou, scores.FScore);

        ScoresRow($"{result.Dataset}, {DescribeSound(result.Audio)}", result.Scores);
        if (result.UnheardRecordings is { } unheard)
            ScoresRow("  of these, recordings that are not in training", unheard);
        if (result.AgainstOriginal is { } original)
            ScoresRow("  the same predictions against the first object", original);
        var categories = result.Scores.Categories.Where(entry => entry.Key.Length > 0).OrderBy(entry => entry.Key, StringComparer.Ordinal);
        foreach (var (name, category) in categories)
            Row($"  {name}", category.Clips, category.Miou, category.FScore);
        screen.Write(table);
        var mode = result.Scores.Mode.ToString().ToLowerInvariant();
        screen.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mode {mode}, {result.Seconds:0.0} s"));
    }

    private static string Number(double score) => score.ToString("0.000", CultureInfo.InvariantCulture);

    private static string DescribeSound(AudioCondition audio) => audio switch
    {
        AudioCondition.Real => "their own sound",
        AudioCondition.Muted => "silence",
        AudioCondition.Swapped => "another clip's sound",
        _ => "the other object's sound, against that object",
    };
}
