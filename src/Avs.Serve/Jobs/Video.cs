namespace Avs.Serve.Jobs;

/// <summary>Where the pictures of a job come from.</summary>
/// <param name="Name">As the page shows it; never a part of a path.</param>
/// <param name="Clip">A clip's place in the data set; null for an upload.</param>
/// <param name="File">The uploaded file; null for a clip.</param>
public sealed record Video(string Id, string Name, int? Clip, string? File);

public enum SoundKind
{
    /// <summary>The video's or the clip's.</summary>
    Own,

    /// <summary>Silence.</summary>
    Muted,

    /// <summary>That of a clip of the data set.</summary>
    Clip,

    /// <summary>That of an uploaded file.</summary>
    File,
}

/// <summary>What the model hears in a job.</summary>
/// <param name="Label">As the page shows it.</param>
/// <param name="Clip">Of <see cref="SoundKind.Clip"/>: its place in the data set.</param>
/// <param name="File">Of <see cref="SoundKind.File"/>: the uploaded file.</param>
public sealed record Sound(SoundKind Kind, string Label, int? Clip = null, string? File = null);
