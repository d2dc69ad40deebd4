using System.Globalization;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Reports;
using Avs.Train.Segmentation;

namespace Avs.Cli.Demo;

/// <summary>The page of pictures: a dozen test clips, each with its truth and with what the model finds under different sounds.</summary>
public sealed class DemoPage(Segmenter segmenter, EvaluationOptions options, IClipDataset test)
{
    /// <summary>Name of the picture in the run's folder.</summary>
    public const string PictureFile = "pictures.png";

    private const string PageFile = "pictures.html";
    private const int Worst = 3, Spread = 9;

    private static readonly string[] Columns =
        ["frame", "truth", "prediction", "in silence", "with the other's sound", "truth of the other"];

    /// <param name="folder">The run's folder.</param>
    /// <param name="scores">The test clips' scores with their own sound.</param>
    /// <param name="figures">The figures for the table above the pictures.</param>
    /// <returns>The path of the web page.</returns>
    public string Write(string folder, IReadOnlyList<ClipScore> scores, DemoFigures figures)
    {
        var chosen = Choose(scores);
        var scenes = chosen.Select(score => score.Clip.Scene).ToHashSet();
        var clips = ClipSubset.Where(test, info => scenes.Contains(info.Scene));
        var predictions = Predictions(clips, [AudioCondition.Real, AudioCondition.Muted, AudioCondition.Other]);
        var (real, muted, other) =
            (predictions[AudioCondition.Real], predictions[AudioCondition.Muted], predictions[AudioCondition.Other]);

        SheetRow Row(ClipScore score)
        {
            var index = real[score.Clip.Id].Index;
            var clip = clips.Load(index);
            var withOther = other[score.Clip.Id];
            var otherInfo = withOther.SoundFrom;
            var otherClip = clips.Load(Enumerable.Range(0, clips.Clips.Count).First(i => clips.Clips[i].Id == otherInfo.Id));
            var frame = clip.Frames / 2;
            string Iou(ClipPrediction prediction) =>
                string.Create(CultureInfo.InvariantCulture, $"IoU {prediction.Frames.Average(f => f.Iou):0.00}");
            return new SheetRow(score.Clip.Id,
            [
                ClipCells.Frame(clip, frame, $"{score.Clip.Category} sounds"),
                ClipCells.Truth(clip, frame, ""),
                ClipCells.Prediction(clip, real[score.Clip.Id], frame, Iou(real[score.Clip.Id])),
                ClipCells.Prediction(clip, muted[score.Clip.Id], frame, ""),
                ClipCells.Prediction(clip, withOther, frame, Iou(withOther)),
                ClipCells.Truth(otherClip, frame, $"{otherInfo.Category} sounds"),
            ]);
        }

        var rule = $"{chosen.Count} test clips by a fixed rule, each in its middle frame: evenly spread from best to worst, " +
            $"then the {Worst} worst of all.";
        var sheet = new Sheet("What sounds here?", rule, Columns, [.. chosen.Select(Row)]);
        new ContactSheet().Write(Path.Combine(folder, PictureFile), sheet);
        var page = Path.Combine(folder, PageFile);
        HtmlPage.Write(page, sheet, figures.ToTable());
        return page;
    }

    // Clips at even ranks from the best down, then the worst of all; one clip a scene.
    private static List<ClipScore> Choose(IReadOnlyList<ClipScore> scores)
    {
        var ranked = scores.OrderByDescending(score => score.Iou).ThenBy(score => score.Clip.Id, StringComparer.Ordinal).ToArray();
        var chosen = new List<ClipScore>();
        void Take(IEnumerable<ClipScore> from, int upTo) =>
            chosen.AddRange(from.Where(score => chosen.All(taken => taken.Clip.Scene != score.Clip.Scene))
                .DistinctBy(score => score.Clip.Scene).Take(Math.Max(0, upTo - chosen.Count)).ToArray());

        Take(ranked.Reverse(), Worst);
        for (var i = 0; i < Spread; i++)
            Take(ranked.Skip(i * ranked.Length / Spread), Worst + i + 1);
        return [.. chosen.Skip(Worst), .. chosen.Take(Worst).Reverse()];
    }

    private Dictionary<AudioCondition, Dictionary<string, ClipPrediction>> Predictions(
        IClipDataset clips, IReadOnlyList<AudioCondition> conditions)
    {
        var seen = conditions.ToDictionary(audio => audio, _ => new Dictionary<string, ClipPrediction>(StringComparer.Ordinal));
        Evaluator.Run(
            segmenter, clips, options with { Observe = prediction => seen[prediction.Audio][prediction.Clip.Id] = prediction }, conditions);
        return seen;
    }
}
