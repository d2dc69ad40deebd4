using Avs.Data.Clips;

namespace Avs.Bench;

/// <summary>The files of a clip by kind.</summary>
internal sealed record ClipFiles(IReadOnlyList<string> Frames, IReadOnlyList<string> Masks, string Sound)
{
    public static ClipFiles From(ICacheSource source, int index)
    {
        var files = source.FilesOf(index).ToArray(); // frames, then masks, then the sound
        return new ClipFiles(files[..source.FramesPerClip], files[source.FramesPerClip..^1], files[^1]);
    }

    public IEnumerable<string> All() => [.. Frames, .. Masks, Sound];
}
