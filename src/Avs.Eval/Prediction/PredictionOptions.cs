using Avs.Eval.Metrics;

namespace Avs.Eval.Prediction;

/// <summary>Which video is segmented, and how.</summary>
/// <param name="Video">A video file, or a folder of frames.</param>
/// <param name="Folder">The folder to make; it may exist if it is empty.</param>
public sealed record PredictionOptions(string Video, string Folder)
{
    /// <summary>A video or sound file whose sound is taken; null: the video's own, or the only wav file in the folder of frames.</summary>
    public string? Sound { get; init; }

    /// <summary>Whether the model is given silence instead of any sound.</summary>
    public bool Muted { get; init; }

    /// <summary>What a video has to keep to that somebody else sent; null: nothing.</summary>
    public UploadLimits? Upload { get; init; }

    /// <summary>
    /// Whether the masks' frames, overlays and the sound are written, each a file for a page to play (<see cref="PlaybackFiles"/>), instead
    /// of the overlay video, the strip and the figures.
    /// </summary>
    public bool ForPlayback { get; init; }

    /// <summary>Frames a second of a folder of frames.</summary>
    public double FramesPerSecond { get; init; } = 1;

    /// <summary>T, the seconds that the model sees together.</summary>
    public int Window { get; init; } = 5;

    /// <summary>Masks a second. Models learn one; more follow quick movement better, each made of a second of sound of its own.</summary>
    public int Rate { get; init; } = 1;

    /// <summary>A pixel belongs to the mask when its probability is above this; of classes it is of the most probable.</summary>
    public double Threshold { get; init; } = MaskThreshold.Usual;
}
