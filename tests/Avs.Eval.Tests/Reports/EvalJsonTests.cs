using System.Text.Json;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Prediction;

namespace Avs.Eval.Tests.Reports;

public class EvalJsonTests
{
    [Fact]
    public void An_evaluation_has_its_scores_and_null_where_there_are_none()
    {
        var clip = new ClipScore(new ClipInfo("a", "dog", Split.Test, null), 0.5, 0.25, [0.5, 0.5]);
        var scores = new Scores(
            EvalMode.Reference, 1.0 / 3, double.NaN, [clip], new Dictionary<string, CategoryScore> { ["Dog Barking"] = new(0.5, 0.25, 1) });

        var json = EvaluationJson.From(new EvaluationResult("S4 test", AudioCondition.Real, scores, null, null, 2)).ToJson();

        Assert.Equal(
            """
            {"dataset":"S4 test","audio":"real","mode":"reference","clips":1,"frames":2,"miou":0.333333,"f_score":null,"miou_unheard":null,
            "miou_against_original":null,"seconds":2,"categories":{"Dog Barking":{"miou":0.5,"f_score":0.25,"clips":1}}}
            """.ReplaceLineEndings(""), json);
    }

    [Fact]
    public void A_prediction_has_its_files_and_masks()
    {
        var mask = new TimedMask(1, 1.9375, 0.123456789, 0.25, -12.344, "masks/film_1.png");
        var result = new PredictionResult("out", [mask], 64, 48, 2, true) { StatedSeconds = 2.0004, Notes = ["a note"] };

        var root = JsonDocument.Parse(PredictionJson.From(result).ToJson()).RootElement;

        Assert.Equal(
            "folder width height seconds stated_seconds has_sound notes overlay strip table masks",
            string.Join(' ', root.EnumerateObject().Select(property => property.Name)));
        Assert.Equal(
            """{"from":1,"frame":1.9375,"area":0.123457,"mean_probability":0.25,"sound_db":-12.34,"file":"masks/film_1.png"}""",
            root.GetProperty("masks")[0].GetRawText());
        Assert.Equal(2, root.GetProperty("stated_seconds").GetDouble());
    }
}
