using System.Text.Json.Serialization;
using Avs.Data.Clips;
using Avs.Serve.Jobs;

namespace Avs.Serve.Http;

/// <summary>What the page asks first.</summary>
/// <param name="HearsSound">Whether the masks depend on the sound at all.</param>
/// <param name="Data">The name of the data set; empty where it is not here.</param>
internal sealed record RunJson(
    string Name, string Model, int ImageSize, bool HearsSound, string Data, IReadOnlyList<ClipJson> Clips,
    long MostBytes, int LongestSeconds)
{
    public static RunJson From(ServedRun run, ServeOptions options) => new(
        run.Name, run.Model, run.Evaluation.ImageSize, run.HearsSound, run.Clips?.Name ?? "",
        [.. run.Clips?.Clips.Select(ClipJson.From) ?? []], options.MostBytes, options.LongestSeconds);
}

/// <param name="Sounds">What sounds, where the data set says so; else empty.</param>
/// <param name="Scene">Clips of one scene show the same picture; null where that is not known.</param>
internal sealed record ClipJson(string Id, string Sounds, string? Scene)
{
    public static ClipJson From(ClipInfo clip) => new(clip.Id, (clip.SoundingObject ?? clip.Category).Replace('_', ' '), clip.Scene);

    [JsonIgnore]
    public string Title => Sounds.Length > 0 ? $"{char.ToUpperInvariant(Sounds[0])}{Sounds[1..]} ({Id})" : $"The sound of {Id}";
}

/// <param name="Clip">The clip's place in the data set; null for an upload.</param>
internal sealed record VideoJson(string Id, string Name, int? Clip, IReadOnlyList<JobJson> Jobs)
{
    /// <param name="jobs">One or more of the video.</param>
    public static VideoJson From(JobQueue queue, IReadOnlyList<Job> jobs) => new(
        jobs[0].Video.Id, jobs[0].Video.Name, jobs[0].Video.Clip, [.. jobs.Select(job => JobJson.From(job, queue.PositionOf(job)))]);
}

/// <param name="Position">In the queue, from 1; 0 when it has begun.</param>
/// <param name="Done">Seconds of the video, of <paramref name="All"/>.</param>
internal sealed record JobJson(
    string Id, string Label, string State, int Position, int Done, int All, string? Error, int Width, int Height,
    IReadOnlyList<SecondJson> Seconds, IReadOnlyList<string> Notes)
{
    public static JobJson From(Job job, int position)
    {
        var status = job.Status;
        var outcome = status.Outcome;
        return new JobJson(
            job.Id, job.Sound.Label, status.State.ToString().ToLowerInvariant(), position, status.Done, status.All, status.Error,
            outcome?.Width ?? 0, outcome?.Height ?? 0,
            [.. outcome?.Masks.Zip(outcome.Iou, (mask, iou) => new SecondJson(
                Math.Round(mask.Area, 6), Math.Round(mask.Decibels, 1), iou is { } value ? Math.Round(value, 4) : null)) ?? []],
            outcome?.Notes ?? []);
    }
}

/// <param name="Area">Share of the picture that the mask covers.</param>
/// <param name="Decibels">Loudness below full scale; -100 in silence.</param>
/// <param name="Iou">With the true mask; null where that is not known.</param>
internal sealed record SecondJson(double Area, double Decibels, double? Iou);

internal sealed record ErrorJson(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunJson))]
[JsonSerializable(typeof(VideoJson))]
[JsonSerializable(typeof(ErrorJson))]
internal sealed partial class ServeJsonContext : JsonSerializerContext;
