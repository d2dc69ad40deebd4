using System.Text.Json.Serialization;
using Avs.Data.AvsBench;
using Avs.Data.Images;
using Avs.Data.Prepare;
using Avs.Train.Segmentation;

namespace Avs.Cli.Json;

/// <summary>What `avs data check --json` prints.</summary>
internal sealed record DataCheckJson(IReadOnlyList<DataCheckJson.SubsetJson> Subsets)
{
    public static DataCheckJson From(IReadOnlyList<DataCheckReport> reports) => new([.. reports.Select(FromReport)]);

    private static SubsetJson FromReport(DataCheckReport report) => new(
        Lower(report.Subset),
        report.Root,
        report.FramesPerClip,
        report.IsComplete,
        [.. report.Splits.Select(count => new Count(Lower(count.Split), count.InTable, count.Whole, count.Official))],
        [.. report.Facts.Select(FromFacts)],
        [.. report.Problems.Select(problem => new Problem(problem.Group, problem.Sentence))],
        report.Notes);

    private static SplitFactsJson FromFacts(SplitFacts facts) => new(
        Lower(facts.Split),
        facts.Frames,
        facts.PlainFrames,
        facts.Masks,
        facts.EmptyMasks,
        facts.FullMasks,
        Math.Round(facts.MaskArea, 6),
        facts.MaskKinds,
        facts.Sounds,
        facts.SilentSounds,
        facts.OtherPickles,
        facts.SoundKinds,
        facts.MedianSeconds is null ? null : [facts.ShortestSeconds, facts.MedianSeconds, facts.LongestSeconds],
        [Math.Round(facts.LowestLogMel, 4), Math.Round(facts.HighestLogMel, 4)]);

    private static string Lower(Enum value) => value.ToString().ToLowerInvariant();

    internal sealed record SubsetJson(
        [property: JsonPropertyName("subset")] string Name, string Root, int FramesPerClip, bool Complete,
        IReadOnlyList<Count> Splits, IReadOnlyList<SplitFactsJson> Facts, IReadOnlyList<Problem> Problems, IReadOnlyList<string> Notes);

    internal sealed record Count(string Split, int InTable, int Whole, int Official);

    internal sealed record Problem(string Group, string Sentence);

    /// <param name="Seconds">The shortest, the median and the longest sound; null where no sound has a length.</param>
    /// <param name="LogMel">The lowest and the highest value.</param>
    internal sealed record SplitFactsJson(
        string Split, int Frames, int PlainFrames, int Masks, int EmptyMasks, int FullMasks, double MaskArea,
        IReadOnlyDictionary<string, int> MaskKinds, int Sounds, int SilentSounds, int OtherPickles,
        IReadOnlyDictionary<string, int> SoundKinds, IReadOnlyList<double?>? Seconds, IReadOnlyList<double> LogMel);
}

/// <summary>What `avs data prepare --json` prints.</summary>
internal sealed record DataPrepareJson(
    string Root, string Subset, int Prepared, int Kept, IReadOnlyList<DataPrepareJson.Failure> Failures,
    IReadOnlyList<DataPrepareJson.ClipNote> Notes, bool HasMasks, string Journal)
{
    public static DataPrepareJson From(PrepareReport report) => new(
        report.Root,
        report.Subset.ToString().ToLowerInvariant(),
        report.Prepared,
        report.Kept,
        [.. report.Failures.Select(remark => new Failure(remark.Clip, remark.Sentence))],
        [.. report.Notes.Select(remark => new ClipNote(remark.Clip, remark.Sentence))],
        report.HasMasks,
        report.Journal);

    internal sealed record Failure(string Clip, string Reason);

    internal sealed record ClipNote(string Clip, string Note);
}

/// <summary>What `avs data cache --json` prints.</summary>
internal sealed record DataCacheJson(IReadOnlyList<DataCacheJson.Cache> Caches)
{
    public static DataCacheJson From(IReadOnlyList<MadeCache> made) =>
        new([.. made.Select(cache => new Cache(cache.Name, cache.Path, cache.Clips, cache.Bytes, cache.Bad, cache.Embedding))]);

    internal sealed record Cache(string Name, string Path, int Clips, long Bytes, int BadClips, string? Embedding);
}

/// <summary>What `avs data images NAME --json` prints.</summary>
internal sealed record ImageSetJson(IReadOnlyList<ImageSetJson.Split> Splits)
{
    public static ImageSetJson From(IReadOnlyList<IImageDataset> splits) => new([.. splits.Select(split => new Split(
        split.Name,
        split.Count,
        split.Height,
        split.Width,
        split.Channels,
        split.Classes.Zip(CountClasses(split)).ToDictionary(item => item.First, item => item.Second),
        split.Attributes))]);

    /// <summary>Number of images of each class.</summary>
    public static int[] CountClasses(IImageDataset split)
    {
        var counts = new int[split.Classes.Count];
        for (var i = 0; i < split.Count && counts.Length > 0; i++)
            counts[split.Label(i)]++;
        return counts;
    }

    /// <param name="Classes">Number of images of each class.</param>
    internal sealed record Split(
        string Name, int Images, int Height, int Width, int Channels, IReadOnlyDictionary<string, int> Classes,
        IReadOnlyList<string> Attributes);
}

/// <summary>What `data images NAME --json` prints of a set with several images an example.</summary>
internal sealed record MultimodalSetJson(IReadOnlyList<MultimodalSetJson.SplitJson> Splits)
{
    public static SplitJson From(MultimodalTensors split) => new(
        split.Name,
        split.Count,
        [.. split.Modalities.Select(modality => new ModalityJson(modality.Name, [.. modality.Values.shape.Skip(1)]))],
        [.. split.Factors.Select(factor => new FactorJson(
            factor.Name,
            factor.Modality is { } modality ? split.Modalities[modality].Name : null,
            factor.Classes.Select((name, c) => (name, c)).ToDictionary(
                item => item.name, item => factor.Labels.Count(label => label == item.c))))]);

    internal sealed record SplitJson(
        string Name, int Examples, IReadOnlyList<ModalityJson> Modalities, IReadOnlyList<FactorJson> Factors);

    /// <param name="Shape">Channels, height, width.</param>
    internal sealed record ModalityJson(string Name, IReadOnlyList<long> Shape);

    /// <param name="Modality">The one that it belongs to; null of what all modalities share.</param>
    /// <param name="Classes">Number of examples of each value.</param>
    internal sealed record FactorJson(string Name, string? Modality, IReadOnlyDictionary<string, int> Classes);
}
