using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Avs.Core;
using Avs.Eval.Reports;

namespace Avs.Cli.Demo;

/// <summary>
/// What the demo measured on the test split; all scores from 0 to 1. Unless said, on the clips whose recordings training had, in new
/// pictures, places, speeds and gains.
/// </summary>
public sealed record DemoFigures
{
    /// <summary>Mean IoU, the clips' own sound.</summary>
    public required double Miou { get; init; }

    /// <summary>F-score, the clips' own sound.</summary>
    public required double FScore { get; init; }

    /// <summary>Mean IoU in silence, against what would sound.</summary>
    public required double MiouMuted { get; init; }

    /// <summary>Mean IoU with the sound of a clip of another scene and object.</summary>
    public required double MiouSwapped { get; init; }

    /// <summary>Mean IoU with the sound of another object in the picture, against that object.</summary>
    public required double MiouOther { get; init; }

    /// <summary>Mean IoU of the same predictions against the object that sounded before.</summary>
    public required double MiouOtherAgainstOriginal { get; init; }

    /// <summary>Mean IoU on the clips whose recordings were never in training; null where the data set has none.</summary>
    public required double? MiouUnheard { get; init; }

    /// <summary>F-score on the same clips.</summary>
    public required double? FScoreUnheard { get; init; }

    /// <summary>Mean IoU of the answer "nothing sounds".</summary>
    public required double MiouBackground { get; init; }

    /// <summary>Mean IoU of the answer "every object sounds": the union of all objects.</summary>
    public required double MiouEveryObject { get; init; }

    /// <summary>Mean IoU of one of the objects, drawn at random.</summary>
    public required double MiouRandomObject { get; init; }

    /// <summary>Number of test clips whose recordings training had.</summary>
    public required int Clips { get; init; }

    /// <summary>Number of test clips whose recordings it never had.</summary>
    public required int ClipsUnheard { get; init; }

    /// <summary>How frames became one number.</summary>
    public required string Protocol { get; init; }

    public required long Steps { get; init; }

    /// <summary>Seconds of composing the data set; 0 where it was there already.</summary>
    public required double SecondsCompose { get; init; }

    /// <summary>Seconds of training.</summary>
    public required double SecondsTrain { get; init; }

    /// <summary>Seconds of the whole demo.</summary>
    public required double Seconds { get; init; }

    /// <summary>The file of pictures, relative to the run's folder.</summary>
    public required string Pictures { get; init; }

    /// <summary>The figures as JSON with keys in snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DemoJson.Default.DemoFigures) + "\n";

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Write(string path) => AtomicFile.WriteAllText(path, ToJson());

    public Table ToTable()
    {
        static string Score(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "";
        return new Table(["on the test split", "mIoU", "F-score"],
        [
            ["the clip's own sound", Score(Miou), Score(FScore)],
            ["  a recording that training never had", Score(MiouUnheard), Score(FScoreUnheard)],
            ["the other object's sound, against that object", Score(MiouOther), ""],
            ["  the same answers against the first object", Score(MiouOtherAgainstOriginal), ""],
            ["silence", Score(MiouMuted), ""],
            ["the sound of an unrelated clip", Score(MiouSwapped), ""],
            ["no model: nothing sounds", Score(MiouBackground), ""],
            ["no model: every object sounds", Score(MiouEveryObject), ""],
            ["no model: one object, drawn at random", Score(MiouRandomObject), ""],
        ]);
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(FourDigits)])]
[JsonSerializable(typeof(DemoFigures))]
internal sealed partial class DemoJson : JsonSerializerContext;

internal sealed class FourDigits : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Math.Round(value, 4));
}
