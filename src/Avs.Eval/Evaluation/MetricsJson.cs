using System.Text.Json;
using System.Text.Json.Serialization;
using Avs.Core;
using Avs.Eval.Metrics;

namespace Avs.Eval.Evaluation;

/// <summary>
/// `metrics.json`: an evaluation as `avs eval --json` prints and `--out` writes it; docs/metrics.md describes the keys. All scores are from
/// 0 to 1, unrounded; null where there is none.
/// </summary>
public sealed record MetricsJson(
    string Schema, int Version, string Run, string Checkpoint, string Model, MetricsJson.DataPart Data, MetricsJson.SettingsPart Settings,
    MetricsJson.SecondsPart Seconds, IReadOnlyDictionary<string, MetricsJson.ConditionPart> Conditions,
    MetricsJson.RobustnessPart? Robustness, IReadOnlyDictionary<string, string> LeftOut)
{
    /// <summary>What <see cref="Schema"/> says.</summary>
    public const string SchemaName = "avs.metrics";

    /// <summary>Goes up when a key changes its meaning or goes; new keys may come without.</summary>
    public const int CurrentVersion = 1;

    public static MetricsJson From(EvaluationReport report)
    {
        var (subject, results) = (report.Subject, report.Results);
        var own = results[0];
        return new MetricsJson(
            SchemaName, CurrentVersion, subject.Run, subject.Checkpoint, subject.Model,
            new DataPart(own.Dataset, subject.Root, subject.Subset, subject.Split, own.Scores.Clips.Count, own.Scores.Frames),
            new SettingsPart(
                subject.Device, subject.ImageSize, subject.Latent, subject.Samples, subject.Flip, own.Scores.ClipsPerCall,
                FrameScore.BetaSquared, FScoreThresholds.Count, report.Draws, EvaluationReport.BootstrapSeed, Bootstrap.Level,
                ConditionedSound.Seed),
            new SecondsPart(own.Times.All, own.Times.Network, own.Times.Waiting, own.Times.Scoring),
            results.Select((result, i) => (result.Audio, Part: ConditionPart.From(result, report.Intervals.ElementAtOrDefault(i))))
                .ToDictionary(pair => pair.Audio.Name(), pair => pair.Part),
            report.Robustness is { } robustness ? RobustnessPart.From(robustness) : null,
            report.LeftOut.ToDictionary(pair => pair.Key.Name(), pair => pair.Value));
    }

    /// <summary>Reads a file that `avs eval --out` wrote.</summary>
    /// <exception cref="DataException">It is missing or damaged, or of another version.</exception>
    public static MetricsJson Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(WholeFile.Read(path), MetricsJsonContext.Default.MetricsJson)
                is { Schema: SchemaName, Version: CurrentVersion, Conditions: not null } metrics
                ? metrics
                : throw new DataException($"{path} is not of the schema {SchemaName} {CurrentVersion}, which 'avs eval --out' writes");
        }
        catch (JsonException e)
        {
            throw new DataException($"{path} is not what 'avs eval --out' writes: {e.Message}", e);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, MetricsJsonContext.Default.MetricsJson);

    public sealed record DataPart(string Name, string Root, string Subset, string Split, int Clips, int Frames);

    public sealed record SettingsPart(
        string Device, int ImageSize, string Latent, int Samples, bool Flip, int ClipsPerCall, double BetaSquared, int Thresholds,
        int BootstrapDraws, long BootstrapSeed, double Confidence, long SoundSeed);

    public sealed record SecondsPart(double All, double Network, double Waiting, double Scoring);

    public sealed record ProtocolPart(double? Miou, double? FScore, double[]? MiouInterval, double[]? FScoreInterval)
    {
        internal static IReadOnlyDictionary<string, ProtocolPart> From(
            Scores scores, IReadOnlyDictionary<Protocol, ProtocolInterval>? intervals = null) =>
            scores.ByProtocol.ToDictionary(pair => pair.Key.Name(), pair => new ProtocolPart(
                Finite(pair.Value.Miou), Finite(pair.Value.FScore), Ends(intervals?[pair.Key].Miou), Ends(intervals?[pair.Key].FScore)));

        private static double[]? Ends(Interval? interval) => interval is { } ends ? [ends.Low, ends.High] : null;
    }

    public sealed record SubsetPart(int Clips, IReadOnlyDictionary<string, ProtocolPart> Protocols)
    {
        internal static SubsetPart? From(Scores? scores) => scores is null ? null : new(scores.Clips.Count, ProtocolPart.From(scores));
    }

    public sealed record WithoutTargetPart(int Frames, double? Miou, double? Exact);

    public sealed record QualityPart(double SMeasure, double Mae, double BoundaryF);

    public sealed record CategoryPart(int Clips, double? Miou, double? FScore);

    public sealed record ConditionPart(
        string Sound, string Truth, IReadOnlyDictionary<string, ProtocolPart> Protocols, double ActiveShare, double? MaskF, double MaskE,
        double MaximumE, WithoutTargetPart WithoutTarget, QualityPart? Quality, IReadOnlyDictionary<string, CategoryPart> Categories,
        SubsetPart? AgainstOwnMasks, SubsetPart? UnheardRecordings)
    {
        internal static ConditionPart From(EvaluationResult result, IReadOnlyDictionary<Protocol, ProtocolInterval>? intervals)
        {
            var scores = result.Scores;
            var empty = scores.EmptyFrames;
            return new ConditionPart(
                result.Audio.Describe(), result.Audio.DescribeTruth(), ProtocolPart.From(scores, intervals), scores.ActiveShare,
                Finite(scores.MaskF), scores.MaskE, scores.MaximumE,
                new WithoutTargetPart(empty.Frames, Finite(empty.Miou), Finite(empty.Exact)),
                scores.Quality is { } quality ? new QualityPart(quality.SMeasure, quality.Mae, quality.BoundaryF) : null,
                scores.Categories.ToDictionary(
                    entry => entry.Key,
                    entry => new CategoryPart(entry.Value.Clips, Finite(entry.Value.Miou), Finite(entry.Value.FScore))),
                SubsetPart.From(result.AgainstOriginal), SubsetPart.From(result.UnheardRecordings));
        }
    }

    public sealed record NegativePart(
        double Miou, double FScore, double FalsePositiveRate, double GMiou, [property: JsonPropertyName("g_f")] double GF,
        double AucNegative, double FPia, double FAuc);

    public sealed record RobustnessPart(
        double GMiou, [property: JsonPropertyName("g_f")] double GF, double Ciou, double AucPositive, double? FPia, double? FAuc,
        IReadOnlyDictionary<string, NegativePart> Negatives)
    {
        internal static RobustnessPart From(RobustnessScores scores) => new(
            scores.GMiou, scores.GF, scores.Ciou, scores.AucPositive, Finite(scores.FPia), Finite(scores.FAuc),
            scores.Negatives.ToDictionary(n => n.Audio.Name(), n => new NegativePart(
                n.Miou, n.FScore, n.FalsePositiveRate, n.GMiou, n.GF, n.AucNegative, n.FPia, n.FAuc)));
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(MetricsJson))]
internal sealed partial class MetricsJsonContext : JsonSerializerContext;
