using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Reports;
using Avs.Eval.RunReports;
using Avs.Train.Reporting;

namespace Avs.Cli.Demo;

/// <summary>The page of pictures: a dozen test clips, each with its truth and with what the model finds under different sounds.</summary>
public sealed class DemoPage(Segmenter segmenter, EvaluationOptions options, IClipDataset test)
{
    /// <summary>Name of the picture in the run's folder.</summary>
    public const string PictureFile = "pictures.png";

    private const string PageFile = "pictures.html";
    private const int Worst = 3, Spread = 9;

    /// <param name="folder">The run's folder.</param>
    /// <param name="scores">The test clips' scores with their own sound.</param>
    /// <param name="figures">The figures for the table above the pictures.</param>
    /// <returns>The path of the web page.</returns>
    public string Write(string folder, IReadOnlyList<ClipScore> scores, DemoFigures figures)
    {
        ScoredClip[] clips = [.. scores.Select((score, i) => ScoredClip.From(i, score))];
        var worst = ClipChoice.Worst(clips, Worst);
        int[] chosen = [.. ClipChoice.Spread(clips, Spread, worst), .. worst.Reverse()];
        var rule = $"{chosen.Length} test clips by a fixed rule, each in its middle frame: evenly spread from best to worst, " +
            $"then the {Worst} worst of all.";
        var sheet = new SoundSheet(segmenter, options, test).Create("What sounds here?", rule, chosen);
        new ContactSheet().Write(Path.Combine(folder, PictureFile), sheet);
        var page = Path.Combine(folder, PageFile);
        HtmlPage.Write(page, sheet, figures.ToTable());
        return page;
    }
}
