using System.Text.Json;
using Avs.Eval.Prediction;

namespace Avs.Eval.Tests.Reports;

public class EvalJsonTests
{
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
