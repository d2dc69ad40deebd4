using Avs.Eval.Prediction;

namespace Avs.Serve.Jobs;

public enum JobState
{
    Queued,
    Reading,
    Running,
    Ready,
    Failed,
}

/// <summary>How far a job is.</summary>
/// <param name="Done">Seconds of the video, of <paramref name="All"/>.</param>
/// <param name="Error">Of a failed one: why, in a sentence.</param>
/// <param name="Outcome">Of a ready one.</param>
public sealed record JobStatus(JobState State, int Done = 0, int All = 0, string? Error = null, Outcome? Outcome = null)
{
    public bool IsOver => State is JobState.Ready or JobState.Failed;
}

/// <summary>What a job made.</summary>
/// <param name="Files">What the page plays.</param>
/// <param name="Masks">One a second.</param>
/// <param name="Iou">Of each second with a true mask, where the model heard the clip's own sound; else null.</param>
/// <param name="Notes">What a person should know, a sentence each.</param>
public sealed record Outcome(
    PlaybackFiles Files, IReadOnlyList<TimedMask> Masks, int Width, int Height, IReadOnlyList<double?> Iou, IReadOnlyList<string> Notes);

/// <summary>A video with a sound, on its way through the model. The worker writes the status, requests read it.</summary>
public sealed class Job(string id, Video video, Sound sound)
{
    private readonly CancellationTokenSource cancel = new();
    private volatile JobStatus status = new(JobState.Queued);

    public string Id => id;

    public Video Video => video;

    public Sound Sound => sound;

    public JobStatus Status
    {
        get => status;
        set => status = value;
    }

    /// <summary>Is cancelled when nobody wants the job any more.</summary>
    public CancellationToken Cancelled => cancel.Token;

    public void Cancel() => cancel.Cancel();
}
