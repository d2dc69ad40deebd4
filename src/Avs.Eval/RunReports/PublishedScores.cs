using Avs.Eval.Evaluation;

namespace Avs.Eval.RunReports;

/// <summary>What a paper prints for a split, by the protocol avsbench, 0 to 1.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Family">The family of this program's networks that it is, by the beginning of their presets' names.</param>
/// <param name="Backbone">By its name in configurations.</param>
/// <param name="Subset">s4, ms3 or avss; the figures are of its test split.</param>
/// <param name="Source">Where the figures stand.</param>
public sealed record PublishedScore(
    string Method, string Family, string Backbone, string Subset, double Miou, double FScore, string Source);

/// <summary>Published figures of the methods that are here; 224 px, VGGish, backbones that ImageNet taught.</summary>
public static class PublishedScores
{
    private const string Cavp = "README of CAVP", SteppingStones = "README of Stepping-Stones", AvssPaper = "arXiv 2301.13190";
    private const int S4TestClips = 740, MS3TestClips = 64, AvssTestClips = 1554, Side = 224;

    public static IReadOnlyList<PublishedScore> All { get; } =
    [
        new("ECMVAE", "ecmvae", "resnet50", "s4", 0.7633, 0.865, Cavp),
        new("ECMVAE", "ecmvae", "resnet50", "ms3", 0.4869, 0.607, Cavp),
        new("ECMVAE", "ecmvae", "pvt_v2_b5", "s4", 0.8174, 0.901, SteppingStones),
        new("ECMVAE", "ecmvae", "pvt_v2_b5", "ms3", 0.5784, 0.708, SteppingStones),
        new("TPAVI", "tpavi", "resnet50", "s4", 0.7279, 0.848, Cavp),
        new("TPAVI", "tpavi", "resnet50", "ms3", 0.4788, 0.578, Cavp),
        new("TPAVI", "tpavi", "pvt_v2_b5", "s4", 0.7874, 0.879, SteppingStones),
        new("TPAVI", "tpavi", "pvt_v2_b5", "ms3", 0.5400, 0.645, SteppingStones),
        new("TPAVI", "tpavi", "resnet50", "avss", 0.2018, 0.252, AvssPaper),
        new("TPAVI", "tpavi", "pvt_v2_b5", "avss", 0.2977, 0.352, AvssPaper),
    ];

    /// <summary>The figure that a run can be held against; null where it is measured on something else.</summary>
    /// <param name="backbone">The run's, by its name in configurations.</param>
    /// <param name="isComposed">Whether the clips are of scenes that were composed (AVS-Stamps).</param>
    public static PublishedScore? Find(MetricsJson metrics, string backbone, bool isComposed) => FindMisfit(metrics, isComposed) is not null
        ? null
        : All.FirstOrDefault(score => score.Backbone == backbone && score.Subset == metrics.Data.Subset
            && (metrics.Model == $"{score.Family}_{backbone}" || metrics.Model == $"{score.Family}_{backbone}_reference"));

    /// <summary>Why no published figure stands beside a run's, in one sentence.</summary>
    public static string ExplainAbsence(MetricsJson metrics, string backbone, bool isComposed) =>
        $"No published figures beside these: {FindMisfit(metrics, isComposed)
            ?? $"none is known for the model {metrics.Model} with the backbone {backbone}"}.";

    // A subset of the clips, or a composed set in the same layout, is another measurement.
    private static string? FindMisfit(MetricsJson metrics, bool isComposed)
    {
        var data = metrics.Data;
        if (isComposed)
            return "the clips are composed (AVS-Stamps), and papers measure on AVSBench";
        if (data.Split != "test")
            return $"papers measure on the test split, this is {data.Split}";
        var clips = data.Subset switch { "s4" => S4TestClips, "ms3" => MS3TestClips, "avss" => AvssTestClips, _ => 0 };
        if (clips == 0)
            return $"none are kept here for the subset {data.Subset}";
        if (data.Clips != clips)
            return $"AVSBench's {data.Subset} has {clips} test clips, these are {data.Clips}";
        return metrics.Settings.ImageSize == Side ? null : $"papers use pictures of {Side} px, this network {metrics.Settings.ImageSize}";
    }
}
