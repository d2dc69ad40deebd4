using System.Globalization;
using System.Text.Json;
using Avs.Eval.Evaluation;
using Spectre.Console;

namespace Avs.Cli;

/// <summary>Scores as a table and as JSON.</summary>
internal static class ScoreText
{
    public static string Number(double score) => score.ToString("0.000", CultureInfo.InvariantCulture);

    public static void Print(IAnsiConsole screen, EvaluationResult result)
    {
        var table = new Table().AddColumns("clips", "number").AddColumns("mIoU", "F-score").Border(TableBorder.Simple);
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        void Row(string what, Scores scores) => table.AddRow(Markup.Escape(what), $"{scores.Clips.Count}", Number(scores.Miou), Number(scores.FScore));

        Row($"{result.Dataset}, {Heard(result.Audio)}", result.Scores);
        if (result.UnheardRecordings is { } unheard)
            Row("  of these, recordings never heard in training", unheard);
        if (result.AgainstOriginal is { } original)
            Row("  the same predictions against the first object", original);
        foreach (var (name, category) in result.Scores.Categories.Where(entry => entry.Key.Length > 0).OrderBy(entry => entry.Key, StringComparer.Ordinal))
            table.AddRow($"  {Markup.Escape(name)}", $"{category.Clips}", Number(category.Miou), Number(category.FScore));
        screen.Write(table);
        screen.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mode {result.Scores.Mode.ToString().ToLowerInvariant()}, {result.Seconds:0.0} s"));
    }

    public static string Json(EvaluationResult result) => JsonSerializer.Serialize(new
    {
        dataset = result.Dataset,
        audio = result.Audio.ToString().ToLowerInvariant(),
        mode = result.Scores.Mode.ToString().ToLowerInvariant(),
        clips = result.Scores.Clips.Count,
        frames = result.Scores.Frames,
        miou = Round(result.Scores.Miou),
        f_score = Round(result.Scores.FScore),
        miou_unheard = Round(result.UnheardRecordings?.Miou),
        miou_against_original = Round(result.AgainstOriginal?.Miou),
        seconds = Round(result.Seconds),
        categories = result.Scores.Categories.ToDictionary(
            entry => entry.Key, entry => new { miou = Round(entry.Value.Miou), f_score = Round(entry.Value.FScore), clips = entry.Value.Clips }),
    });

    private static string Heard(AudioCondition audio) => audio switch
    {
        AudioCondition.Real => "their own sound",
        AudioCondition.Muted => "silence",
        AudioCondition.Swapped => "another clip's sound",
        _ => "the other object's sound, against that object",
    };

    private static double? Round(double? value) => value is { } number && double.IsFinite(number) ? Math.Round(number, 6) : null;
}
